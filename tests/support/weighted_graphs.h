/* Small weighted graphs whose partitions and eigenvalues are known, and lists of neighbors. Everything asserts with cmocka. */
#ifndef TESTS_WEIGHTED_GRAPHS_H
#define TESTS_WEIGHTED_GRAPHS_H

#include "graph.h"

typedef struct graph_edge {
    int32_t a, b;
    double weight;
} graph_edge;

/* Freed with graph_clear(). */
weighted_graph graph_of_edges(int64_t rows, const graph_edge *edges, int64_t count);

/* Zachary's karate club: 34 rows, 78 edges of weight 1 (Zachary 1977, J. Anthropol. Res. 33). */
weighted_graph karate_graph(void);

/* Row i joined with row i + 1, the last with the first. */
weighted_graph ring_graph(int64_t rows);

/* Rows c size .. c size + size - 1 all joined; `bridge` is the weight between the last row of a clique and the first of the next,
   0: none. */
weighted_graph cliques_graph(int64_t cliques, int64_t size, double bridge);

/* Sum over clusters of in_c / w - g (S_c / w)^2, naively. */
double naive_quality(const weighted_graph *graph, const int32_t *labels, double resolution);

/* Unit rows around `groups` axes, row i around axis i % groups, and their nearest neighbors, found naively. */
neighbor_lists blob_lists(int64_t rows, int32_t groups, int32_t degree, double noise);
void lists_free(neighbor_lists *lists);

/* The same to the bit. */
void expect_same_graphs(const weighted_graph *a, const weighted_graph *b);

/* Every edge is there from both sides with the same bits; columns rise; no row is joined with itself. */
void expect_symmetric(const weighted_graph *graph);

/* The weight between two rows, 0 where no edge is. */
double weight_between(const weighted_graph *graph, int32_t a, int32_t b);

/* A stop watch that says stop at the n-th question; 0: never. */
typedef struct stop_after {
    stop_request watch;
    int64_t asked, at;
} stop_after;
void stop_after_begin(stop_after *s, backend *be, int64_t at);

#endif
