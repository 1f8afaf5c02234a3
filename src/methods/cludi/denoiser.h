/* The denoiser zt(z_t, x, t, sc) of S3: a residual network whose layer norms are modulated by the time and whose
   residual stream starts from the projected features.

     h  = Dropout(W2 silu(W1 x))                      features, once per row
     e  = silu(We sincos(t)),  [a b g]_i = A_i e      times, once per distinct t
     v  = h + Win [sc ; z_t / sqrt(ab + (1 - ab) F^2)]
     R times:  v += (1 + g) V2 silu(V1 (LN(v) (1 + a) + b))
     zt = sqrt(d) unit(Wo LN(v))

   Shapes: rows = B N; x (N or rows, n); h (N or rows, w); v (rows, w); zt (rows, d); times (times, 128). */
#ifndef METHODS_CLUDI_DENOISER_H
#define METHODS_CLUDI_DENOISER_H

#include <cludi/config.h>

#include "config_table.h"
#include "linear.h"

enum { DENOISER_MAX_BLOCKS = CONFIG_MOST_BLOCKS, DENOISER_MAX_PARAMS = 14 + 6 * DENOISER_MAX_BLOCKS };

/* The network bound to a parameter set. */
typedef struct denoiser {
    backend *be;
    int32_t d, w, R;
    int64_t n, K;
    linear_layer x1, x2, zin, te, out;
    linear_layer ada[DENOISER_MAX_BLOCKS], f1[DENOISER_MAX_BLOCKS], f2[DENOISER_MAX_BLOCKS];
    tensor L, dL; /* (K, d) logit directions, S4 */
    tensor E;     /* (K, d) fixed unit codes, S6 */
} denoiser;

/* The list of tensors for n features and K clusters, in the order of the model file. specs holds
   DENOISER_MAX_PARAMS; returns the count. */
int denoiser_specs(param_spec *specs, int64_t n, int32_t K, const cludi_config *config);

/* Points the network at a parameter set made from denoiser_specs(). */
void denoiser_bind(denoiser *net, const param_set *set, int64_t n, int32_t K, const cludi_config *config);

/* The feature path for `rows` rows. */
typedef struct denoiser_features {
    tensor x;      /* (rows, n) rows of norm sqrt(n), filled by the caller */
    tensor pre, s; /* (rows, w) W1 x (training only) and silu of it */
    tensor h;      /* (rows, w) */
} denoiser_features;

/* The time path for a list of times. */
typedef struct denoiser_times {
    tensor table;                           /* (times, 128) sincos of the times, filled by the caller */
    tensor pre, e;                          /* (times, w) */
    tensor modulation[DENOISER_MAX_BLOCKS]; /* (times, 3 w) */
} denoiser_times;

/* The residual stream. Without training the per-block tensors share one place. */
typedef struct denoiser_pass {
    tensor input;                          /* (rows, 2 d) [sc ; scaled z_t], filled by the caller */
    tensor v[DENOISER_MAX_BLOCKS + 1];     /* (rows, w) */
    tensor stats[DENOISER_MAX_BLOCKS + 1]; /* (rows, 2); absent without training */
    tensor u[DENOISER_MAX_BLOCKS + 1];     /* (rows, w) modulated norms, the last one plain */
    tensor pre[DENOISER_MAX_BLOCKS];       /* (rows, w); absent without training */
    tensor f[DENOISER_MAX_BLOCKS];         /* (rows, w) */
    tensor o[DENOISER_MAX_BLOCKS];         /* (rows, w) */
    tensor raw;                            /* (rows, d) Wo LN(v) */
    tensor z;                              /* (rows, d) the result zt */
} denoiser_pass;

/* Gradients that flow back through one pass; scratch of the backward. */
typedef struct denoiser_gradients {
    tensor dz;                               /* (rows, d) by zt, filled by the caller */
    tensor draw;                             /* (rows, d) by the outputs of the layers: out */
    tensor dzin, dx2, dx1;                   /* (rows, w) zin, x2, x1 */
    tensor df1[DENOISER_MAX_BLOCKS];         /* (rows, w) f1 */
    tensor df2[DENOISER_MAX_BLOCKS];         /* (rows, w) f2 */
    tensor dv, du;                           /* (workers' rows, w) scratch */
    tensor part[DENOISER_MAX_BLOCKS];        /* (parts, 3 w) dmodulation of some rows of a view */
    tensor dmodulation[DENOISER_MAX_BLOCKS]; /* (times, 3 w) */
    tensor de, de_part;                      /* (times, w) */
} denoiser_gradients;

/* Layouts: call in both passes of an arena. */
void denoiser_features_layout(denoiser_features *f, arena *a, const denoiser *net, int64_t rows, bool training);
void denoiser_times_layout(denoiser_times *t, arena *a, const denoiser *net, int64_t times);
void denoiser_pass_layout(denoiser_pass *p, arena *a, const denoiser *net, int64_t rows, bool training);
void denoiser_gradients_layout(denoiser_gradients *g, arena *a, const denoiser *net, int64_t rows, int64_t times);

/* Forward, part by part. */
void denoiser_features_forward(const denoiser *net, denoiser_features *f);
void denoiser_times_forward(const denoiser *net, denoiser_times *t);

/* Rows first .. first + rows of each tensor. */
denoiser_features denoiser_features_rows(const denoiser *net, const denoiser_features *f, int64_t first, int64_t rows);
denoiser_pass denoiser_pass_rows(const denoiser *net, const denoiser_pass *p, int64_t first, int64_t rows);

/* Which rows of the time path a pass uses: `count` of them, one for each run of rows / count pass rows. */
typedef struct time_rows {
    int64_t first, count;
} time_rows;

/* h: (rows, w), or (N, w) repeated for every view. */
void denoiser_forward(const denoiser *net, denoiser_pass *p, const denoiser_times *t, time_rows times, tensor h);

/* The dropout that was applied to h. */
typedef struct denoiser_dropout {
    tensor uniform; /* (rows, w) */
    double probability;
} denoiser_dropout;

/* Backward of all three parts, for a training pass with an h for each row that used every row of the time path. Fills
   every gradient of the set but L's. */
void denoiser_backward(const denoiser *net, denoiser_gradients *g, const denoiser_pass *p, const denoiser_times *t,
                       const denoiser_features *f, const denoiser_dropout *dropout);

#endif
