/* k-means: K centroids c_k that make the inertia, sum over rows i of min over k of |x_i - c_k|^2, small.

   Seeding: greedy k-means++ (Arthur and Vassilvitskii 2007, SODA; 2 + floor(ln K) trials for each centroid, the one that
   lowers the inertia most is kept, as in scikit-learn). Then rounds of Lloyd (1982, IEEE Trans. Inf. Theory 28): each row
   to its nearest centroid, the lowest k on ties; each centroid to the mean of its rows.

   Distances are |x|^2 - 2 (x.c - |c|^2 / 2), the bracket by matrix products in float32 for all starts at once, on rows
   less the data's mean and scaled by a power of two, so neither a large offset nor a large unit cancels digits. Sums of
   rows are kept in double and change only by the rows that change cluster.

   An empty cluster takes the row farthest from its centroid. It stays empty, where it was, when every row lies on its
   centroid: fewer distinct rows than clusters.

   The result depends on X, its order and the arguments, not on the number of threads. */
#ifndef KMEANS_KMEANS_H
#define KMEANS_KMEANS_H

#include "kmeans_args.h"

typedef struct kmeans_result {
    cludi_allocator allocator; /* of the arrays */
    int32_t *labels;           /* (M) 0 .. K - 1; what kmeans_assign() says of these centroids */
    float *centroids;          /* (K, n) */
    double inertia;            /* of labels and centroids, in double */
    int32_t rounds;            /* of the start that was kept, its last assignment not counted */
    int32_t empty_repaired;    /* clusters that were empty and got a row, in that start */
    int32_t clusters_in_use;   /* clusters with at least one row */
} kmeans_result;

/* CLUDI_ERROR_ARGUMENT (shapes, bounds), CLUDI_ERROR_DATA (NaN or infinity), CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND,
   CLUDI_STOPPED when the progress callback asks for it (phase "fit", step of K + rounds; loss: the lowest inertia per row so
   far, 0 while seeding), what X->read returned. After an error the result is empty.

   Reads all rows once for the mean, twice for each centroid seeded (single rows, in ascending order, and all), once a
   round and once at the end; up to 32 MiB of rows are kept, and read three times in all. Memory: M starts (trials + 4)
   numbers of 4 bytes at most, 24 bytes for each number of the centroids of all starts, two blocks of 32 MiB or 288 rows.
   Rounds allocate nothing. */
cludi_status kmeans_run(const kmeans_args *args, kmeans_result *result, cludi_error *error);
void kmeans_result_clear(kmeans_result *result);

/* What kmeans_answer() finds out about each row; each pointer may be NULL. */
typedef struct kmeans_answers {
    int32_t *labels;      /* (M) the nearest centroid, the lowest k on ties */
    double *squared;      /* (M) squared distance to it, in double */
    float *probabilities; /* (M, K) softmax over k of -|x - c_k|^2 / (2 variance): which of K equally likely spherical
                                 Gaussians around the centroids a row is from */
    double variance;      /* > 0, of one column; used for the probabilities alone */
    int64_t
        *overflowed; /* the first row that a score of is not finite, and whose answers are none; -1: there is none */
} kmeans_answers;

/* centroids: (K, n) finite. What a row gets does not depend on the rows around it. Errors: those of kmeans_run(). */
cludi_status kmeans_answer(backend *be, const cludi_matrix *centroids, const cludi_source *X, const kmeans_answers *out,
                           cludi_error *error);

/* The nearest centroid of each row. labels: (X->rows); squared: (X->rows) squared distance to it, in double, or NULL.
   The rest as in kmeans_answer(). */
cludi_status kmeans_assign(backend *be, const cludi_matrix *centroids, const cludi_source *X, int32_t *labels,
                           double *squared, cludi_error *error);

#endif
