/* Whether neighbors tell clusters: Cohen's kappa between a row's cluster and that of its nearest neighbor,

       kappa = (a - c) / (1 - c),   a the share of rows whose nearest neighbor is in their cluster, c the sum over clusters
                                    of share^2: what a would be if neighbors were drawn at random

   1: always, 0: no more often than by chance (Cohen 1960, doi:10.1177/001316446002000104). */
#ifndef NEIGHBORS_AGREEMENT_H
#define NEIGHBORS_AGREEMENT_H

#include "neighbor_args.h"

/* labels: (graph->rows) clusters 0 .. clusters - 1; counts: (clusters) room. 1 where all rows share one cluster.
   The graph has at least one neighbor for each row. */
double graph_agreement(const neighbor_graph *graph, const int32_t *labels, int32_t clusters, int64_t *counts);

#endif
