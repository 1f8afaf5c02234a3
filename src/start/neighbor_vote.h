/* Each row takes the cluster that most of the weight of its edges goes to, all rows at once, a few times. */
#ifndef START_NEIGHBOR_VOTE_H
#define START_NEIGHBOR_VOTE_H

#include "graph.h"

/* labels: (M) 0 .. clusters - 1. On ties the lowest cluster; a row without edges stays. A round that would empty a cluster is not
   taken and is the last. CLUDI_ERROR_MEMORY, CLUDI_STOPPED. Memory: 4 bytes a row, 8 a cluster and thread. Cost of a round: one look at
   each edge. The number of threads changes no bit. */
cludi_status neighbor_vote(backend *be, const weighted_graph *graph, int32_t clusters, int32_t rounds, int32_t *labels,
                           cludi_error *error);

#endif
