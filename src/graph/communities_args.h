/* What communities are asked for. */
#ifndef GRAPH_COMMUNITIES_ARGS_H
#define GRAPH_COMMUNITIES_ARGS_H

#include "graph.h"
#include "message.h"

typedef struct communities_args {
    backend *be;               /* its allocator, threads and stop */
    const callbacks *messages; /* progress ("init", runs of Leiden) may stop it; may be NULL */
    const weighted_graph *graph;
    int32_t clusters; /* K, 1 .. M */
    uint64_t seed;
} communities_args;

#endif
