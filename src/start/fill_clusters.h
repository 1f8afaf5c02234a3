/* Clusters without rows get some: the cluster of most inertia is cut by 2-means, as often as it takes. */
#ifndef START_FILL_CLUSTERS_H
#define START_FILL_CLUSTERS_H

#include "start_run.h"

/* labels: (M) 0 .. K - 1. Stops where all rows of every cluster are equal. Errors: those of start_find(). */
cludi_status fill_clusters(const start_run *r, int32_t *labels, cludi_error *error);

#endif
