/* The inner and the outer step of TURTLE (turtle.c says what they are), for one space of features or several. All memory is taken when
   the step is set up; running it allocates nothing. */
#ifndef METHODS_HEADS_TURTLE_STEP_H
#define METHODS_HEADS_TURTLE_STEP_H

#include "input_map.h"
#include "linear.h"
#include "phase_clock.h"
#include "step_phase.h"

/* Tensors of a space's labeling: v, g, b; and of its classifier. */
enum { TURTLE_DIRECTION, TURTLE_LENGTH, TURTLE_BIAS, TURTLE_PARAMS, TURTLE_LAYER_PARAMS = 2 };

/* What each space of features has. */
typedef struct turtle_space {
    int64_t n;                /* columns; set by the caller */
    tensor given;             /* (N, n) rows, filled by the caller */
    tensor x;                 /* (N, n) of norm sqrt(n), bf16 where products are */
    tensor unit, weight, dW;  /* (K, n) v / |v|, g v / |v|, gradient by that */
    param_tensors *v, *g, *b; /* (K, n), (1, K), (1, K) of the labeling */
    linear_layer classifier;
} turtle_space;

typedef struct turtle_step {
    backend *be;
    int64_t N, K; /* rows of a step, clusters; these, spaces, inner and rate are set by the caller */
    int spaces;
    int inner;          /* steps of a classifier */
    double rate;        /* of Adam, for both */
    phase_clock *clock; /* parts: step_phase; may be NULL */
    turtle_space space[INPUT_MOST_SPACES];
    param_spec specs[INPUT_MOST_SPACES * TURTLE_PARAMS], layer_specs[INPUT_MOST_SPACES * TURTLE_LAYER_PARAMS];
    param_set labeling, classifiers;
    arena memory;
    tensor l, part, log_p;   /* (spaces N, K) logits of either, labeling and classifier of each space */
    tensor q;                /* (N, K) mean of the labelings */
    tensor du, dl;           /* (spaces N, K) gradients by the labelings, or of the inner loss, and by the logits */
    tensor share, log_share; /* (spaces, K) m and log m */
    tensor scratch;          /* (spaces, K) */
    tensor zeros;            /* (1, K) */
    tensor half;             /* - 1 / 2, as many as the widest tensor has columns */
    tensor row_loss, loss;   /* (N, 1), (1, 1) */
} turtle_step;

/* Allocates everything. CLUDI_ERROR_MEMORY; turtle_step_clear is needed after it too. */
cludi_status turtle_step_init(turtle_step *t, cludi_error *error);
void turtle_step_clear(turtle_step *t);

/* First weights of the labeling. */
void turtle_step_begin(turtle_step *t, uint64_t seed);

/* From `given`: x, classifiers that begin anew and learn q, the loss and its gradient by the labeling. CLUDI_ERROR_BACKEND,
   CLUDI_STOPPED. */
cludi_status turtle_step_gradient(turtle_step *t, uint64_t seed, uint32_t step, cludi_error *error);

/* The same from x and the classifiers as they are, for tests. */
void turtle_step_learn(turtle_step *t);

/* One optimizer step; step = 1 for the first. */
void turtle_step_update(turtle_step *t, int64_t step);

/* Host: g v / |v| and b of each space, one after another. */
void turtle_step_copy_out(turtle_step *t, float *values);

#endif
