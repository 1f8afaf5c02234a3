/* A row smoothed by its neighbors: out_i = unit(x_i + sum over the first `count` neighbors j of max(s_ij, 0) x_j).

   Sums are float32, the row itself first, then its neighbors by falling similarity; the norm is a double. So a row has the
   same bits whether it is averaged alone or among all. */
#ifndef NEIGHBORS_AVERAGE_H
#define NEIGHBORS_AVERAGE_H

#include "neighbor_args.h"

/* out (n) += max(similarity, 0) x (n): one neighbor of a row that out was begun with. */
void average_add(float *out, const float *x, float similarity, int64_t n);

/* Averages all rows. X: (M, n), the rows of the graph, whose similarity may be NULL: s_ij = 1; count: 0 .. graph->degree; out: (M, n), not
   the memory of X.
   Cost: M count n multiplications. The number of threads changes no bit. */
void graph_average(backend *be, const cludi_matrix *X, const neighbor_graph *graph, int32_t count, float *out);

#endif
