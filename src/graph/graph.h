/* Weighted graphs of the rows, made from the lists of their nearest neighbors.

   With A(i) the first k neighbors of row i, an edge joins i and j where j is in A(i) or i in A(j). Its weight is one of
     fuzzy   a + t - a t, a = exp(-max(d_ij - d_i, 0) / s_i) where j is in A(i), else 0, t the same from j's side; d = 1 - cosine,
             d_i the distance of i's nearest neighbor, s_i such that the sum of a over A(i) is log2(k + 1)
             (UMAP: McInnes, Healy and Melville 2018, arXiv:1802.03426)
     shared  (|N(i) and N(j)| / |N(i) or N(j)|)^power, N(i) = A(i) and i itself (Jarvis and Patrick 1973,
             doi:10.1109/T-C.1973.223640)

   Weights are the same from both sides, to the bit. The number of threads changes no bit. */
#ifndef GRAPH_GRAPH_H
#define GRAPH_GRAPH_H

#include "backend.h"

/* Rows in compressed form: edge (row, column[e]) of weight weight[e] for offset[row] <= e < offset[row + 1]. */
typedef struct weighted_graph {
    const cludi_allocator *allocator;
    int64_t rows;    /* M */
    int64_t entries; /* twice the edges */
    int64_t *offset; /* (M + 1) owned */
    int32_t *column; /* (entries) rising within a row, never the row itself; owned */
    float *weight;   /* (entries) > 0; owned */
} weighted_graph;

/* For each row the `degree` others that are most alike. Borrowed. */
typedef struct neighbor_lists {
    int64_t rows;            /* M, 2 .. INT32_MAX */
    int32_t degree;          /* neighbors that are stored for a row */
    const int32_t *neighbor; /* (M, degree) other rows, none twice, by falling similarity */
    const float *similarity; /* (M, degree) cosines */
} neighbor_lists;

/* k: neighbors that are used, 1 .. lists->degree; power: 1 or 2. CLUDI_ERROR_ARGUMENT (k, power, a list that names a row twice,
   its own or one that is not there), CLUDI_ERROR_MEMORY, CLUDI_STOPPED; the graph is then empty. Memory: 24 bytes times M k, and
   the graph, 16 bytes times M k at most. Cost: about 40 M k exponentials; 4 M k^2 comparisons. */
cludi_status graph_fuzzy(backend *be, const neighbor_lists *lists, int32_t k, weighted_graph *graph,
                         cludi_error *error);
cludi_status graph_shared(backend *be, const neighbor_lists *lists, int32_t k, int32_t power, weighted_graph *graph,
                          cludi_error *error);

/* Frees the graph; an empty one is allowed. */
void graph_clear(weighted_graph *graph);

/* Islands, the parts that no edge joins: island (M) gets numbers from 0 in the order of the lowest rows. How many there are.
   Cost: one look at each edge. */
int64_t graph_islands(const weighted_graph *graph, int32_t *island);

#endif
