/* A graph of neighbors, what is asked of a search for it, and how far it has come. */
#ifndef NEIGHBORS_NEIGHBOR_ARGS_H
#define NEIGHBORS_NEIGHBOR_ARGS_H

#include <stdbool.h>

#include <cludi/matrix.h>

#include "backend.h"
#include "message.h"
#include "top_lists.h"

typedef struct neighbor_graph {
    const cludi_allocator *allocator;
    int64_t rows;      /* M */
    int32_t degree;    /* k, 1 .. M - 1 */
    int32_t *neighbor; /* (M, k) other rows by falling similarity, equal ones by rising number; owned */
    float *similarity; /* (M, k) cosines, not clipped to 1; owned */
    double seconds;    /* that the search took */
    bool exact;        /* every row was compared with every other */
} neighbor_graph;

typedef struct neighbor_args {
    backend *be;               /* "ref" or "onednn" with products in float32; outlives the graph */
    const callbacks *messages; /* progress ("neighbors", pairs of blocks) may stop the search; may be NULL */
    const cludi_source *X;     /* (M, n) rows of norm 1 or 0; 2 <= M <= NEIGHBOR_MOST_ROWS; read in any order */
    int32_t degree;            /* k */
    uint64_t seed;             /* of the cells; an exact graph does not depend on it */
    int64_t exact_rows;        /* up to so many rows the graph is exact; usual: NEIGHBOR_EXACT_ROWS */
} neighbor_args;

enum { NEIGHBOR_EXACT_ROWS = 200000, NEIGHBOR_MOST_ROWS = INT32_MAX - (1 << 20) };

/* A graph of args->degree neighbors that nobody was offered to yet. CLUDI_ERROR_MEMORY; neighbors_clear is needed after it too. */
cludi_status neighbors_open(neighbor_graph *graph, const neighbor_args *args, cludi_error *error);

/* Frees the lists; an empty graph is allowed. */
void neighbors_clear(neighbor_graph *graph);

/* Its lists, for a search to fill. */
top_lists neighbors_lists(const neighbor_graph *graph);

/* Tells args->messages how far a search is. CLUDI_STOPPED unless all is done. */
cludi_status neighbors_report(const neighbor_args *args, double started, int64_t done, int64_t all, cludi_error *error);

#endif
