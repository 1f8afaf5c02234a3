/* The directed graph of the neighbors, seen from both ends of its edges, and the undirected one that is made of it. */
#ifndef GRAPH_BOTH_WAYS_H
#define GRAPH_BOTH_WAYS_H

#include "graph.h"

enum { BOTH_WAYS_TASK = 256 }; /* rows that a task takes */

typedef struct both_ways {
    const cludi_allocator *allocator;
    int64_t rows;
    int32_t k;
    int32_t *to;    /* (rows, k) the neighbors of a row by rising number */
    float *value;   /* (rows, k) of the edge to each */
    int64_t *first; /* (rows + 1) */
    int32_t *from;  /* (rows k) first[i] .. first[i + 1]: the rows that have i as a neighbor, by rising number */
    float *back;    /* (rows k) the value of their edge to i */
} both_ways;

/* Row i and an edge of it; out: the value from i's side, 0 where there is none; back: from the other side. */
typedef struct both_ways_edge {
    int32_t column;
    float out, back;
} both_ways_edge;

/* values: (rows, k) of the first k neighbors in the order of the lists; NULL: all 1. Errors: as graph_fuzzy. */
cludi_status both_ways_init(both_ways *b, backend *be, const neighbor_lists *lists, int32_t k, const float *values,
                            cludi_error *error);
void both_ways_clear(both_ways *b);

/* The weight of an edge, > 0. */
typedef float both_ways_weight(const both_ways *b, int64_t row, const both_ways_edge *edge, int32_t power);

/* CLUDI_ERROR_MEMORY, CLUDI_STOPPED; the graph is then empty. */
cludi_status both_ways_unite(const both_ways *b, backend *be, both_ways_weight *weigh, int32_t power,
                             weighted_graph *graph, cludi_error *error);

#endif
