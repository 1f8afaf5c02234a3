/* The clusters' shares of the rows, m = mean of p over the rows, and log m, which the entropy of scan and turtle is made of. */
#ifndef METHODS_HEADS_CLUSTER_SHARE_H
#define METHODS_HEADS_CLUSTER_SHARE_H

#include "backend.h"

typedef struct cluster_share {
    tensor share, log_share; /* (groups, K) m and log m, which is finite whatever the logits; results */
    tensor scratch;          /* (groups, K) */
} cluster_share;

/* Over each group of `rows` rows of p and log_p, (groups rows, K). */
void cluster_share_find(backend *be, const cluster_share *m, tensor p, tensor log_p, int64_t rows);

#endif
