/* k-means: rows around centers, runs, and the same in double written out plainly. Everything asserts with cmocka. */
#ifndef TESTS_KMEANS_SUPPORT_H
#define TESTS_KMEANS_SUPPORT_H

#include "kmeans.h"

static const char *const KMEANS_BACKENDS[] = {"ref", "onednn"};
enum { BACKEND_COUNT = 2 };

typedef struct problem {
    int64_t M, n;
    int32_t K;
    double noise, offset, unit; /* rows are unit (offset + center + noise normal), centers normal */
} problem;

/* (M, n) row i belongs to center i % K; freed by the caller. Numbers are multiples of 1/64, so that moderate offsets are
   exact. */
float *make_rows(const problem *p);

/* One start, 300 rounds, tolerance 1e-4, seed 3. */
kmeans_args usual_args(backend *be, const cludi_source *X, int32_t K);

/* Runs with be and X put into args. */
kmeans_result run_matrix(const char *name, int threads, const cludi_matrix *X, kmeans_args args);

typedef struct naive {
    const float *data;
    int64_t M, n;
    int32_t K;
    double *centroids; /* (K, n) */
    int32_t *labels;   /* (M) */
    double *squared;   /* (M) */
    int64_t *counts;   /* (K) */
    int rounds;
    double inertia;
} naive;

/* From first centroids (K, n) until no label changes, or `most` rounds. */
naive naive_run(const cludi_matrix *X, const float *initial, int32_t K, int most);
void naive_free(naive *w);

#endif
