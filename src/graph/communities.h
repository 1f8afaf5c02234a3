/* As many communities as are wanted: Leiden (leiden.h) at the resolution that gives K of them, found by halving its logarithm; where
   no resolution tried gives K, the nearest result, merged or split until there are K (exact_count.h). */
#ifndef GRAPH_COMMUNITIES_H
#define GRAPH_COMMUNITIES_H

#include "communities_args.h"

typedef struct communities_facts {
    double resolution; /* of the result that was taken */
    int64_t found;     /* communities that it had, before it was merged or split */
    int32_t runs;      /* of Leiden */
} communities_facts;

/* labels: (M) 0 .. K - 1, each with a row at least, numbered in the order of their first rows; facts may be NULL.
   CLUDI_ERROR_ARGUMENT (K), CLUDI_ERROR_MEMORY, CLUDI_STOPPED. Memory: 16 bytes times the entries and 140 times the rows. Cost: up to
   24 runs of about 20 looks at each entry, on one thread. */
cludi_status graph_communities(const communities_args *args, int32_t *labels, communities_facts *facts,
                               cludi_error *error);

#endif
