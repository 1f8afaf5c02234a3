/* The mean silhouette coefficient: Rousseeuw (1987), Silhouettes, doi:10.1016/0377-0427(87)90125-7.

   With d the Euclidean distance, a(i) the mean of d(i, j) over the other rows j of row i's cluster, and b(i) the smallest, over
   the other clusters, of the mean of d(i, j) over their rows: s(i) = (b - a) / max(a, b), and 0 where a cluster has one row or
   all distances are 0. Distances are sums in double of squared differences, so that near rows far from zero keep theirs. */
#ifndef EVAL_SILHOUETTE_H
#define EVAL_SILHOUETTE_H

#include <cludi/matrix.h>

#include "backend.h"

/* labels (rows): any values; only equality matters.
   sample: how many rows, drawn by the seed, stand for all; 0 or at least the rows: all of them.
   Errors: CLUDI_ERROR_ARGUMENT (fewer than 2 clusters among those rows), CLUDI_ERROR_MEMORY, CLUDI_STOPPED.
   Cost: O(S^2 n) for S rows; 16 bytes for each row of X, 8 for each of the sample. */
CLUDI_MUST_CHECK cludi_status silhouette_mean(backend *be, const cludi_matrix *X, const int32_t *labels, int64_t sample,
                                              uint64_t seed, double *mean, cludi_error *error);

#endif
