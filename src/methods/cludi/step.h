/* One training step: teacher, student, losses and gradients (S5-S11), then the optimizer.

   The teacher denoises the uncorrupted rows from pure noise; its logits and embeddings are constants. The student sees
   corrupted rows and the re-noised teacher embedding, and must predict the teacher's assignment.

     loss = mean_b w_b (embedding loss + lambda class loss)                      (S11: P 26, P 27)

   All memory is taken when the step is set up; running it allocates nothing. */
#ifndef METHODS_CLUDI_STEP_H
#define METHODS_CLUDI_STEP_H

#include "assignment_head.h"
#include "class_loss.h"
#include "cost.h"
#include "phase_clock.h"
#include "sampler.h"

/* Every random number of a step. Drawn by train_noise_draw(), or filled by a test. */
typedef struct train_noise {
    tensor drop, gauss;   /* (B N, n) uniform, normal: S7 */
    tensor variance;      /* (1, B) uniform: S7 */
    tensor forward;       /* (B N, d) normal: S2 */
    tensor keep;          /* (B N, w) uniform: dropout of S3 */
    noise_source teacher; /* eps of S5; a test may replace it */
    int32_t *t;           /* (B) host: times 1..T of S11; owned */
    bool self_condition;  /* the coin of S11 */
    uint64_t seed;
    uint32_t step;
} train_noise;

typedef struct train_loss {
    double total, embedding, classes; /* S11; its two parts weighted by w, before lambda */
} train_loss;

typedef struct train_step {
    cludi_config config;
    backend *be;
    reducer sum;
    phase_clock *clock; /* parts: step_phase; may be NULL */
    denoiser net;
    param_set params;
    int64_t N;  /* rows of this process: config.batch_size / processes */
    double *ab; /* (T + 1) S1; owned */
    arena memory;
    train_noise noise;
    tensor x;           /* (N, n) unit rows of the batch for the teacher, filled by the caller */
    tensor views;       /* (B N, n) unit rows for the student before corruption, filled by the caller */
    tensor init_logits; /* (N, K) what takes the teacher's place when `given` is set, filled by the caller */
    bool given;
    sampler teacher;
    assignment_head head;
    head_pass teacher_head, student_head;
    denoiser_features features; /* of the student */
    denoiser_times times;
    denoiser_pass pass;
    denoiser_gradients gradients;
    class_loss classes;
    tensor zt;                                /* (B N, d) re-noised embedding, S2 */
    tensor alpha, sigma, input_scale, weight; /* (1, B): sqrt(ab), sqrt(1 - ab) F, S3's scale, w of S11 */
    tensor row_loss;                          /* (B N, 1) */
    tensor losses;                            /* (2, 1) embedding, class */
    tensor dl, du;                            /* (B N, K) */
    tensor de;                                /* (B N, d) */
    tensor mean_u;                            /* (N, K) teacher probabilities, mean over views */
    float *host_u;                            /* (N, K) the same in host memory; owned */
    tensor counts;                            /* (1, K) rows of the batch per cluster */
} train_step;

typedef struct train_shape {
    int64_t n;
    int32_t K;
    const param_spec *specs; /* from denoiser_specs(), borrowed */
    int count;
    const reducer *sum; /* copied; NULL: one process */
    phase_clock *clock; /* may be NULL */
} train_shape;

/* Allocates everything. CLUDI_ERROR_MEMORY. */
cludi_status train_step_init(train_step *s, backend *be, const train_shape *shape, const cludi_config *config,
                             cludi_error *error);
void train_step_clear(train_step *s);

/* Draws the noise of training step `step`. */
void train_noise_draw(train_step *s, uint64_t seed, uint32_t step);

/* Loss and gradients at s->x and s->noise. CLUDI_ERROR_BACKEND. */
cludi_status train_step_gradient(train_step *s, train_loss *loss, cludi_error *error);

/* Every view of the student sees the teacher's rows: fills views from x. */
void train_step_same_views(train_step *s);

/* The sum of a number over all processes, in the backend's numbers where there are several. */
double train_step_total(train_step *s, double number);

/* counts (K) host: the batch's rows by the teacher's most likely cluster. Returns the mean over the rows of the largest
   probability. Both over all processes; what failed is told by the next train_step_gradient(). */
double train_step_count(train_step *s, double *counts);

/* labels (N) host: most likely clusters of the rows in x by the teacher, with noise that is always the same.
   CLUDI_ERROR_BACKEND, CLUDI_STOPPED. */
cludi_status train_step_assign(train_step *s, int32_t *labels, cludi_error *error);

/* One optimizer step at learning rate lr; step = 1 for the first. */
void train_step_update(train_step *s, double lr, int64_t step);

#endif
