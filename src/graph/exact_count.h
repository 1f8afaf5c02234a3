/* A partition of a graph brought to exactly K clusters.

   Too many: the two clusters with the largest w_ab / (S_a S_b), the weight between them relative to all of theirs, become one, which
   is where falling resolutions would join them; where no weight is left between clusters, the two of least weight. Too few: the
   cluster with the most rows is cut in two by 2-means of its second eigenvector (of D^-1 W within it). */
#ifndef GRAPH_EXACT_COUNT_H
#define GRAPH_EXACT_COUNT_H

#include "communities_args.h"

/* labels: (M) 0 .. found - 1, none empty; then 0 .. K - 1 in the order of their first rows. CLUDI_ERROR_MEMORY, CLUDI_STOPPED. */
cludi_status exact_count(const communities_args *args, int32_t *labels, int64_t found, cludi_error *error);

#endif
