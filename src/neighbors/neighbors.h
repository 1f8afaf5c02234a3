/* The rows that are most alike: for each row the `degree` others of the largest cosine.

   Rows come as unit rows, so a cosine is a scalar product, and all of them are one matrix product X X^T of which half is
   computed (panel_search.h). M rows of n columns take M^2 n FLOP that way. Above `exact_rows` rows that is too many: the
   rows are cut into about sqrt(M) cells by a spherical k-means on a sample (cells.h), and a row is compared with the rows
   of its own cell and of those around it: about 24 sqrt(M) M n FLOP, and some neighbors are missed
   (cell_neighbors.h). Source of the method: inverted lists, Jegou, Douze and Schmid 2011, doi:10.1109/TPAMI.2010.57,
   without their codes. */
#ifndef NEIGHBORS_NEIGHBORS_H
#define NEIGHBORS_NEIGHBORS_H

#include <stdbool.h>

#include <cludi/matrix.h>

#include "backend.h"
#include "message.h"

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

/* Finds the graph. A row of zeros has similarity 0 with all and the lowest numbers as neighbors where the graph is
   exact. Memory: the graph, 12 bytes a row above exact_rows, and 70 MB of blocks (8 KB a column where rows are longer
   than 10,000 columns). X is read M n / 8,000,000 times (once at least), above exact_rows about 10 times row by row.
   CLUDI_ERROR_ARGUMENT for M or k out of bounds, CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND, CLUDI_STOPPED, what X->read
   returned; the graph is then empty.
   Threads: X->read is called from the calling thread. The number of threads changes no bit. */
cludi_status neighbors_find(const neighbor_args *args, neighbor_graph *graph, cludi_error *error);

/* Frees the lists; an empty graph is allowed. */
void neighbors_clear(neighbor_graph *graph);

/* For the searches: tells args->messages how far they are. CLUDI_STOPPED unless all is done. */
cludi_status neighbors_report(const neighbor_args *args, double started, int64_t done, int64_t all, cludi_error *error);

#endif
