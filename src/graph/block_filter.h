/* A block of vectors times a Chebyshev polynomial of S = D^-1/2 W D^-1/2. */
#ifndef GRAPH_BLOCK_FILTER_H
#define GRAPH_BLOCK_FILTER_H

#include "graph.h"

enum { FILTER_LANES = 16 }; /* vectors that a task takes through all products */

typedef struct block_filter {
    backend *be;
    const weighted_graph *graph;
    float *scaled; /* (entries) of S */
    float *lanes;  /* (threads, 2, M, FILTER_LANES) */
} block_filter;

/* CLUDI_ERROR_MEMORY; block_filter_clear() is right after it too. */
cludi_status block_filter_init(block_filter *f, backend *be, const weighted_graph *graph, cludi_error *error);
void block_filter_clear(block_filter *f);

/* X = T_degree((S - c) / e) X with [c - e, c + e] = [-1, cut], where it stays within -1 .. 1; X: (M, p), degree >= 1.
   CLUDI_STOPPED. */
cludi_status block_filter_apply(const block_filter *f, float *X, int64_t p, double cut, int degree, cludi_error *error);

/* X = S X. */
cludi_status block_filter_multiply(const block_filter *f, float *X, int64_t p, cludi_error *error);

#endif
