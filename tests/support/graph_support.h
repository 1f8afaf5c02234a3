/* Unit rows for tests of src/neighbors, and what their neighbors must be. Everything asserts with cmocka. */
#ifndef TESTS_GRAPH_SUPPORT_H
#define TESTS_GRAPH_SUPPORT_H

#include "neighbors.h"

/* Fails unless a and b differ by no more than this. */
void expect_close(double a, double b, double most);

typedef struct unit_rows {
    float *data; /* (rows, cols) */
    int64_t rows, cols;
    cludi_matrix matrix;
    cludi_source source;
} unit_rows;

/* Rows around 20 centers in the first `wide` columns, zeros behind. r must stay where it is. */
void unit_rows_make(unit_rows *r, int64_t rows, int64_t cols, int64_t wide);

/* Rows that are one of 6 axes, or zero (row % 7 == 6): similarities are 0 and 1. cols >= 6. */
void unit_rows_axes(unit_rows *r, int64_t rows, int64_t cols);

/* Row `to` becomes a copy of row `from`; from < 0: zeros. */
void unit_rows_copy(unit_rows *r, int64_t to, int64_t from);
void unit_rows_free(unit_rows *r);

/* In double. */
double unit_rows_similarity(const unit_rows *r, int64_t a, int64_t b);

/* Args over these rows, exact, without messages. */
neighbor_args graph_args(backend *be, const unit_rows *r, int32_t degree);

/* neighbors_find, asserted. */
neighbor_graph graph_find(const neighbor_args *args);

/* Every list holds other rows, none twice, by falling similarity and rising number, with the similarity that they have. */
void graph_expect_lists(const neighbor_graph *graph, const unit_rows *r);

/* And nobody else is more alike. */
void graph_expect_best(const neighbor_graph *graph, const unit_rows *r);

void graph_expect_same(const neighbor_graph *a, const neighbor_graph *b);

/* The part of b's neighbors that a has. */
double graph_recall(const neighbor_graph *a, const neighbor_graph *b);

#endif
