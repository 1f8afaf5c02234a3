/* The matrix products of a training step, and how fast each of them is alone: operands already in the precision of the
   products, in a core's cache, cut into blocks of rows as the step cuts them, nothing else to do. */
#ifndef BENCH_PRODUCT_RATES_H
#define BENCH_PRODUCT_RATES_H

#include "backend.h"

#include <cludi/config.h>

typedef enum product_kind {
    PRODUCT_OF_ROWS,    /* y = x W^T */
    PRODUCT_BY_INPUT,   /* dx = dy W */
    PRODUCT_BY_WEIGHTS, /* dW = dy^T x */
    PRODUCT_KINDS
} product_kind;

/* "linear", "linear_dx", "linear_dw" */
const char *product_rates_name(product_kind kind);

typedef struct step_product {
    product_kind kind;
    int64_t rows, in, out; /* rows of one product; W is (out, in) */
    double flop;           /* of all of a step's products of this shape */
} step_product;

enum { PRODUCT_RATES_MOST = 24 };

/* The products of a step with n features; list holds PRODUCT_RATES_MOST. teacher_block: rows the sampler takes at a time.
   Returns how many. Their flop add up to what cost.h says. */
int product_rates_list(step_product *list, const cludi_config *config, int64_t n, int64_t teacher_block);

/* FLOP per second of one of them on all threads, over some milliseconds. */
double product_rates_alone(backend *be, const step_product *product);

/* The single figure: 1024 rows of float32 times a 384 x 384 weight through `linear`, which rounds the rows itself. */
double product_rates_plain(backend *be);

#endif
