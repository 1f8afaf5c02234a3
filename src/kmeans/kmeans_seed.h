/* First centroids by greedy k-means++, for all starts at once. */
#ifndef KMEANS_KMEANS_SEED_H
#define KMEANS_KMEANS_SEED_H

#include "kmeans_args.h"
#include "kmeans_rows.h"

/* centroids: (starts, K, n) out, in the space of rows, which were measured. Start s draws its trials from stream
   (seed, RNG_KMEANS, step = centroid), row s. A row that is a centroid has distance 0 to it, so none is taken twice unless
   every row lies on a centroid. CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND, CLUDI_STOPPED, what X->read returned. */
cludi_status kmeans_seed(const kmeans_args *args, kmeans_rows *rows, float *centroids, cludi_error *error);

#endif
