/* Scores of rows by centroids, x.c - |c|^2 / 2: the highest is the nearest, and |x - c|^2 = |x|^2 - 2 score. Products in
   the backend, a chunk of rows at a time on any worker. */
#ifndef KMEANS_KMEANS_SCORES_H
#define KMEANS_KMEANS_SCORES_H

#include "kmeans_rows.h"

typedef struct kmeans_scores {
    backend *be;
    tensor W, b;    /* (centroids, n), (1, centroids) */
    int64_t widest; /* most centroids of one product */
    tensor y;       /* (workers * KMEANS_CHUNK, widest) */
    float *out;     /* the same for the host */
} kmeans_scores;

/* Memory for `centroids` of n numbers, at most `widest` in a product. CLUDI_ERROR_MEMORY; kmeans_scores_clear is needed
   after an error too. */
typedef struct kmeans_shape {
    int64_t centroids, n, widest;
} kmeans_shape;
cludi_status kmeans_scores_init(kmeans_scores *scores, backend *be, kmeans_shape shape, cludi_error *error);
void kmeans_scores_clear(kmeans_scores *scores);

/* Makes the centroids (count, n) the ones from `first` on. Several threads may set different ones. */
void kmeans_scores_set(kmeans_scores *scores, int64_t first, int64_t count, const float *centroids);

/* Scores (KMEANS_CHUNK, count) of a chunk of the loaded block by centroids first .. first + count - 1; the worker's until
   its next call. */
const float *kmeans_scores_chunk(const kmeans_scores *scores, const kmeans_rows *rows, int64_t index, int worker,
                                 int64_t first, int64_t count);

/* The highest of K scores; the first of several. */
int32_t kmeans_scores_best(const float *scores, int64_t K);

#endif
