/* The numbers of a network: a list of named tensors, and their place in a backend's memory. Values, gradients and the
   two moments of the optimizer are one block each, so that a gradient can be summed over processes in one call.

   In host memory (and in model files) the values are one flat float array, tensor after tensor in the order of the
   list. */
#ifndef NN_PARAM_SET_H
#define NN_PARAM_SET_H

#include <stdbool.h>

#include "arena.h"

/* Products that a weight is worth preparing for after each change. */
typedef enum param_products {
    PARAM_FEW = 0, /* it meets few rows */
    PARAM_FORWARD, /* it meets many, and nothing needs the gradient by these */
    PARAM_BOTH
} param_products;

/* One named tensor. */
typedef struct param_spec {
    char name[24];
    int64_t rows, cols; /* a vector has rows = 1 */
    bool matrix;        /* two-dimensional: weight decay applies */
    bool trained;       /* false: fixed after initialization */
    param_products products;
    double deviation; /* of its initial normal numbers; 0: starts at zero */
    bool unit;        /* initial rows are scaled to norm 1 */
} param_spec;

/* One tensor in the backend. */
typedef struct param_tensors {
    tensor value;
    tensor gradient; /* absent without training, as are the moments */
    tensor m, v;
} param_tensors;

typedef struct param_set {
    backend *be;
    const param_spec *specs; /* (count), borrowed */
    param_tensors *items;    /* (count), owned */
    int count;
    arena values, gradients, moments;
    tensor *prepared; /* the values worth preparing: (both), then (forward); owned */
    int both, forward;
    tensor value_all;    /* (1, all): every value, and zeros between them */
    tensor gradient_all; /* (1, all): every gradient */
    tensor square_sums;  /* (count, 1) */
} param_set;

/* How many numbers the list has. */
int64_t param_specs_total(const param_spec *specs, int count);

/* Flat initial values: N(0, deviation^2), stream (seed, RNG_INIT, index of the tensor, row). be gives threads; once the call is
   to stop, rows are left out. */
void param_specs_initialize(backend *be, const param_spec *specs, int count, uint64_t seed, float *flat);

/* Allocates; training adds gradients and moments (zeroed). CLUDI_ERROR_MEMORY. */
cludi_status param_set_init(param_set *set, backend *be, const param_spec *specs, int count, bool training,
                            cludi_error *error);
void param_set_clear(param_set *set);

/* Between the flat host array (float32 or double) and the backend. */
void param_set_copy_in(param_set *set, host_type type, const void *flat);
void param_set_copy_out(param_set *set, host_type type, void *flat);

/* The same for the two moments of the optimizer: m, v flat like the values; untouched where nothing is trained. */
void param_set_moments_in(param_set *set, host_type type, const void *m, const void *v);
void param_set_moments_out(param_set *set, host_type type, void *m, void *v);

/* Lets the backend prepare the values that are worth it; call after the values changed. */
void param_set_prepare(param_set *set);

/* Clips every trained tensor's gradient by its own norm and takes one AdamW step; decay on matrices only. */
void param_set_update(param_set *set, const adamw_args *args);

#endif
