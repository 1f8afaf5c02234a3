/* Scores of rows by centroids, x.c - |c|^2 / 2: the highest is the nearest, and |x - c|^2 = |x|^2 - 2 score. Centroids are
   multiplied with in blocks that are packed for it: whole groups of them, or parts of a group. */
#ifndef KMEANS_KMEANS_SCORES_H
#define KMEANS_KMEANS_SCORES_H

#include "kmeans_rows.h"

/* `groups` groups of K centroids of n numbers each. */
typedef struct kmeans_shape {
    int64_t groups, K, n;
} kmeans_shape;

typedef struct kmeans_scores {
    backend *be;
    kmeans_shape shape;
    tensor W, b;     /* (groups K, n), (1, groups K) */
    tensor scratch;  /* of nearest_rows */
    tensor y;        /* (workers KMEANS_CHUNK, widest block); kmeans_scores_chunk() alone wants it */
    int64_t widest;  /* centroids of a block */
    int64_t groups;  /* that the blocks were made for; 0: none */
    int64_t count;   /* of blocks */
    tensor *weights; /* (count) the blocks */
} kmeans_scores;

/* Memory for all centroids. with_chunks: for kmeans_scores_chunk() instead of kmeans_scores_nearest(). CLUDI_ERROR_MEMORY;
   kmeans_scores_clear is needed after an error too. */
cludi_status kmeans_scores_init(kmeans_scores *scores, backend *be, kmeans_shape shape, bool with_chunks,
                                cludi_error *error);
void kmeans_scores_clear(kmeans_scores *scores);

/* Makes the centroids (count, n) the ones from `first` on. Several threads may set different ones. */
void kmeans_scores_set(kmeans_scores *scores, int64_t first, int64_t count, const float *centroids);

/* Packs the centroids of the first `groups` groups; after every change of theirs. */
void kmeans_scores_pack(kmeans_scores *scores, int64_t groups);

/* The nearest centroid of each row of the loaded block, in each group that was packed. label, score: (groups, capacity); as in
   nearest_rows of backend.h. */
void kmeans_scores_nearest(const kmeans_scores *scores, const kmeans_rows *rows, int32_t *label, float *score);

/* All scores (chunk's rows, groups K) of a chunk of the loaded block by what was packed. */
void kmeans_scores_chunk(const kmeans_scores *scores, const kmeans_rows *rows, int64_t index, int worker, float *out);

#endif
