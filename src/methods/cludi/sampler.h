/* Stochastic DDIM (S5: P 6 to P 10): from noise to embeddings of B views of N rows, walking S times from T to 0 and conditioning
   each step on the one before. Everything that depends on the times alone is set up once.

   Rows are independent, so a block of rows of one view is taken through all S steps by one worker, whose activations stay in
   its cache; blocks depend on the shapes and the backend's block_rows alone. On a device one block has all rows of all views. */
#ifndef METHODS_CLUDI_SAMPLER_H
#define METHODS_CLUDI_SAMPLER_H

#include "denoiser.h"

/* The part of the noise that is wanted: rows first .. first + count of a view, at denoising step `step`. */
typedef struct noise_part {
    int64_t view, first, count;
    int32_t step; /* 0 .. S - 1 */
} noise_part;

/* Where eps comes from: fill(self, be, eps, part) fills eps (count, d) with standard normals. Called from several workers
   at once. */
typedef struct noise_source {
    void (*fill)(void *self, backend *be, tensor eps, noise_part part);
    void *self;
} noise_source;

/* What one worker needs for a block. */
typedef struct sampler_worker {
    backend be;
    denoiser net;               /* the same weights on the worker's backend */
    denoiser_features features; /* features.x and features.h stay with the sampler */
    denoiser_pass pass;
    tensor zt, eps; /* (block, d) z_t and noise */
} sampler_worker;

typedef struct sampler {
    const denoiser *net;
    double F;
    int64_t N, B, block; /* rows, views, rows of a block; N and B may be lowered before a run */
    int64_t
        together; /* the first so many rows of all views lie in one block, view after view, in z too; 0: each view in
                            blocks of its own. together * B <= block */
    int32_t S;
    double (*reverse)[3]; /* (S) coefficients of S5; owned */
    denoiser_times times;
    tensor input_scale;   /* (S, 1) 1 / sqrt(ab + (1 - ab) F^2) */
    tensor x;             /* (N, n) rows of norm sqrt(n): fill before sampling */
    tensor h;             /* (N, w) their features */
    tensor z;             /* (B N, d) the result */
    sampler_worker *team; /* (workers), owned */
    int workers;
    const noise_source *noise; /* of the running call */
} sampler;

/* Takes the shapes: N rows, B views, S steps. CLUDI_ERROR_MEMORY. */
cludi_status sampler_begin(sampler *s, const denoiser *net, int64_t N, int64_t B, int32_t S, cludi_error *error);

/* Call in both passes of an arena. */
void sampler_layout(sampler *s, arena *a);

/* Fills the tables; ab: S1, T + 1 numbers. CLUDI_ERROR_MEMORY. */
cludi_status sampler_init(sampler *s, const cludi_config *config, const double *ab, cludi_error *error);

/* Frees what the sampler owns; a zeroed sampler is allowed. */
void sampler_clear(sampler *s);

/* The time path; call after every change of the weights. */
void sampler_prepare(sampler *s);

/* Rows of z that a run fills: B N, or those that lie together, up to a multiple of the backend's rows. */
int64_t sampler_rows(const sampler *s);

/* x and noise -> z */
void sampler_run(sampler *s, const noise_source *noise);

#endif
