/* R4, the first partition: a consensus of many k-means runs.

   The first steps decide a training (after them confidence locks the partition), so it does not start from noise. Each
   init run is k-means from one seeding on rows smoothed by their neighbors (average.h): 12 smoothings in turn, over 2/3, 1, 4/3
   and 2 times `neighbors` neighbors, once, twice and three times. Each run adds to a row a random code of the cluster it put the
   row in (a random projection of the co-assignment matrix, Johnson and Lindenstrauss 1984), and k-means on these sums is the
   consensus. Without a graph the first partition is the best k-means run by inertia instead. */
#ifndef TRAINING_DATA_CONSENSUS_INIT_H
#define TRAINING_DATA_CONSENSUS_INIT_H

#include "neighbors.h"

typedef struct consensus_init_args {
    backend *be;                 /* float32 */
    const callbacks *messages;   /* progress (CLUDI_PHASE_INIT, runs) may stop it */
    const cludi_matrix *X;       /* (S, cols) unit rows */
    const neighbor_graph *graph; /* of X, with at least min(S - 1, 2 neighbors); or NULL */
    int32_t neighbors;
    int32_t clusters;  /* K, 1 .. S */
    int32_t init_runs; /* >= 1 */
    uint64_t seed;
} consensus_init_args;

/* labels: (S). CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND, CLUDI_STOPPED. */
cludi_status consensus_init_find(const consensus_init_args *args, int32_t *labels, cludi_error *error);

#endif
