/* How well a partition fits a graph, without labels. */
#ifndef GRAPH_CLUSTER_SCORES_H
#define GRAPH_CLUSTER_SCORES_H

#include "graph.h"

typedef struct cluster_scores {
    double inside; /* mean over the rows of the share of a row's weight that stays in its cluster; 0 .. 1 */
    double
        modularity; /* sum over clusters of in_c / w - (S_c / w)^2 with in_c the weight of its entries inside, S_c of all its
                          entries, w of all (Newman and Girvan 2004, doi:10.1103/PhysRevE.69.026113); -1/2 .. 1 */
} cluster_scores;

/* labels: (graph->rows) 0 .. clusters - 1; strength: (clusters) room. A row without edges has all its weight inside. Cost: one
   look at each edge. */
cluster_scores graph_cluster_scores(const weighted_graph *graph, const int32_t *labels, int32_t clusters,
                                    double *strength);

#endif
