/* Stochastic DDIM (S5): from noise to embeddings of B views of N rows, walking S times from T to 0 and conditioning
   each step on the one before. Everything that depends on the times alone is set up once. */
#ifndef CLUSTER_SAMPLER_H
#define CLUSTER_SAMPLER_H

#include "denoiser.h"

/* Where eps comes from: get(self, i) returns (B N, d) standard normals for denoising step i = 0 .. S - 1. The tensor
   need only live until the next call. */
typedef struct noise_source {
    tensor (*get)(void *self, int32_t step);
    void *self;
} noise_source;

typedef struct sampler {
    const denoiser *net;
    double F;
    int32_t S;
    double (*reverse)[3];       /* (S) coefficients of S5; owned */
    denoiser_features features; /* fill features.x (N, n), rows of norm sqrt(n), before sampling */
    denoiser_times times;
    denoiser_pass pass; /* pass.z is the result (B N, d) */
    tensor z;           /* (B N, d) z_t */
    tensor input_scale; /* (S, 1) 1 / sqrt(ab + (1 - ab) F^2) */
} sampler;

/* Shapes for N rows and B views with S steps; call in both passes of an arena. */
void sampler_layout(sampler *s, arena *a, const denoiser *net, int64_t N, int64_t B, int32_t S);

/* Fills the tables; ab: S1, T + 1 numbers. CLUDI_ERROR_MEMORY. */
cludi_status sampler_init(sampler *s, const cludi_config *config, const double *ab, cludi_error *error);
void sampler_clear(sampler *s);

/* The time path; call after every change of the weights. */
void sampler_prepare(sampler *s);

/* features.x and noise -> pass.z */
void sampler_run(sampler *s, const noise_source *noise);

#endif
