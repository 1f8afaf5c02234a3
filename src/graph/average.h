/* A row smoothed by its neighbours: out_i = unit(x_i + sum over the first `count` neighbours j of max(s_ij, 0) x_j).

   Sums are float32, the row itself first, then its neighbours by falling similarity; the norm is a double. So a row has the
   same bits whether it is averaged alone or among all. */
#ifndef GRAPH_AVERAGE_H
#define GRAPH_AVERAGE_H

#include "neighbours.h"

/* Scales a row to norm 1; false, and nothing is done, if it is all zero. */
bool average_unit(float *row, int64_t n);

/* What one row is averaged from. */
typedef struct average_row {
    const float *const *rows; /* (1 + count) addresses of (n) numbers: the row itself, then its neighbours in order */
    const float *similarity;  /* (count) of the neighbours */
    int32_t count;            /* >= 0 */
    int64_t n;
} average_row;

/* out: (n), none of the rows. A sum of zeros stays zero. */
void graph_average_row(const average_row *row, float *out);

typedef struct average_args {
    backend *be;                  /* gives threads and memory; computes nothing */
    const messenger *messages;    /* progress ("average", rows) may stop the call; may be NULL */
    const cludi_source *X;        /* (M, n) the rows of the graph; read row by row, unless matrix is there */
    const cludi_matrix *matrix;   /* (M, n) the same rows in memory, then X may be NULL; or NULL */
    const neighbour_graph *graph; /* of these rows */
    int32_t count;                /* neighbours that are taken, 0 .. graph->degree */
} average_args;

/* Averages all rows. out: (M, n) row-major, the caller's and not the memory of the rows. Cost: M count n multiplications;
   from a source M (1 + count) rows are read and 4 MiB of memory are used, or a row with its neighbours.
   CLUDI_ERROR_ARGUMENT for other shapes than the graph's or a count out of bounds, CLUDI_ERROR_MEMORY, CLUDI_STOPPED, what
   X->read returned. Threads: X->read is called from the calling thread. The number of threads changes no bit. */
cludi_status graph_average(const average_args *args, float *out, cludi_error *error);

#endif
