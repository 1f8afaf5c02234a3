/* A graph whose nodes are groups of rows, as it is while communities are sought: what lies within a node is left out, its strength
   is kept. Level 0 is the graph of the rows. */
#ifndef GRAPH_LEVEL_H
#define GRAPH_LEVEL_H

#include "graph.h"

typedef struct level {
    int64_t nodes;
    const int64_t *offset; /* (nodes + 1) */
    const int32_t *column; /* of the entries */
    const float *weight;
    const double *strength; /* (nodes) all weight of the node's rows */
} level;

/* Room for one level of at most so many nodes and entries. */
typedef struct level_room {
    int64_t *offset;
    int32_t *column;
    float *weight;
    double *strength;
} level_room;

/* What a merging of nodes needs besides. */
typedef struct level_scratch {
    int32_t *first;   /* (nodes + 1) */
    int32_t *members; /* (nodes) by their group */
    int32_t *touched; /* (nodes) */
    double *sum;      /* (nodes), all below 0 between two calls */
} level_scratch;

cludi_status level_room_init(level_room *room, const cludi_allocator *allocator, int64_t nodes, int64_t entries,
                             cludi_error *error);
void level_room_clear(level_room *room, const cludi_allocator *allocator);
cludi_status level_scratch_init(level_scratch *s, const cludi_allocator *allocator, int64_t nodes, cludi_error *error);
void level_scratch_clear(level_scratch *s, const cludi_allocator *allocator);

/* strength: (rows) room. The level of the rows. */
level level_of_rows(const weighted_graph *graph, double *strength);

/* The level whose node g is the group of nodes with group[node] = g, 0 .. groups - 1, in room. Sums are double, stored as
   float. Cost: one look at each entry. */
level level_merge(const level *from, const int32_t *group, int64_t groups, level_room *room, const level_scratch *s);

/* Numbers from 0 in the order of the first nodes that have them; number: (most + 1) room. How many there are. */
int64_t level_renumber(int32_t *group, int64_t nodes, int64_t most, int32_t *number);

#endif
