/* The spectral embedding of a graph: the K leading eigenvectors of D^-1/2 W D^-1/2 (D: sums of the rows of W), row by row, each row
   scaled to length 1 (Ng, Jordan and Weiss 2001, NIPS 14). Clusters that hang together are near each other in it.

   Found as a whole, by subspace iteration with Chebyshev filters (Zhou, Saad, Tiago and Chelikowsky 2006,
   doi:10.1016/j.jcp.2006.03.017): a block of p > K vectors is multiplied by a polynomial that is large above the least Ritz value of
   the block and small below (block_filter.h), and made orthonormal (orthonormal.h), until the sum of the Ritz values stays;
   at last the eigenvectors of the block are taken. Any rotation of the K vectors would do, and gives the same distances. */
#ifndef GRAPH_SPECTRAL_H
#define GRAPH_SPECTRAL_H

#include "graph.h"
#include "message.h"

enum { SPECTRAL_MOST = 2000 }; /* vectors: their Ritz values are found on one thread, K^3 */

typedef struct spectral_args {
    backend *be;               /* float32 */
    const callbacks *messages; /* progress ("init", rounds) may stop it; may be NULL */
    const weighted_graph *graph;
    int32_t vectors; /* K, 1 .. min(M - 1, SPECTRAL_MOST) */
    uint64_t seed;   /* of the first block */
} spectral_args;

typedef struct spectral_facts {
    double last; /* eigenvalue K */
    double next; /* eigenvalue K + 1: near 1 where the graph falls into more than K parts */
    int32_t rounds;
} spectral_facts;

/* rows: (M, K), each of length 1, zeros where a row has no edge. CLUDI_ERROR_ARGUMENT (K), CLUDI_ERROR_MEMORY,
   CLUDI_ERROR_BACKEND, CLUDI_STOPPED. Memory: with p = 1.2 K + 24 or so, 12 M p bytes, 28 p^2, 4 times the entries, and
   128 M for each thread. Cost: a few rounds of 10 to 40 products with the graph, 16 p entries FLOP each in all, and 6 M p^2 FLOP; 6 p^3
   at the end. */
cludi_status graph_spectral(const spectral_args *args, float *rows, spectral_facts *facts, cludi_error *error);

#endif
