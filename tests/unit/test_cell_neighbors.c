/* cell_neighbors.c, cells.c: the graph by cells against the exact one; threads and seeds; rows that find too few others;
   cells that are too large. */
#include <stdlib.h>
#include <string.h>

#include <cludi/cludi.h>

#include "average.h"
#include "cmocka_all.h"
#include "graph_support.h"
#include "rows.h"
#include "tensor_support.h"

/* Part of the exact neighbors that the cells find. */
static double find_recall(const unit_rows *r, int32_t degree, uint64_t seed)
{
    backend be;
    open_backend(&be, has_backend("onednn") ? "onednn" : "ref", 2);
    neighbor_args args = graph_args(&be, r, degree);
    neighbor_graph exact = graph_find(&args);
    args.exact_rows = r->rows - 1;
    args.seed = seed;
    neighbor_graph cells = graph_find(&args);
    graph_expect_lists(&cells, r);
    const double recall = graph_recall(&cells, &exact);
    print_message("recall of %lld x %lld, degree %d, seed %llu: %.4f; %.3f s, exact %.3f s\n", (long long)r->rows,
                  (long long)r->cols, degree, (unsigned long long)seed, recall, cells.seconds, exact.seconds);
    neighbors_clear(&cells);
    neighbors_clear(&exact);
    backend_close(&be);
    return recall;
}

static void test_recall(void **state)
{
    (void)state;
    unit_rows r;
    unit_rows_make(&r, 5000, 32, 32);
    for (uint64_t seed = 0; seed < 3; seed++)
        assert_true(find_recall(&r, 10, seed) >= 0.9);
    unit_rows_free(&r);
}

/* DINO features of 2,500 photographs. */
static void test_recall_of_features(void **state)
{
    (void)state;
    cludi_context *context;
    cludi_dataset *dataset;
    unit_rows r;
    assert_int_equal(cludi_context_new(NULL, &context, NULL), CLUDI_OK);
    if (cludi_dataset_read(context, CLUDI_SHARED_DATA "/imagenet50_val_dino_vits16.npy", &dataset, NULL) != CLUDI_OK) {
        cludi_context_free(context);
        skip();
    }
    const cludi_matrix X = cludi_dataset_get_matrix(dataset);
    unit_rows_make(&r, X.rows, X.cols, 1);
    for (int64_t i = 0; i < X.rows; i++) {
        memcpy(r.data + i * X.cols, X.data + i * X.stride, (size_t)X.cols * sizeof *r.data);
        assert_true(rows_unit(r.data + i * X.cols, X.cols));
    }
    for (uint64_t seed = 0; seed < 2; seed++)
        assert_true(find_recall(&r, 20, seed) >= 0.9);
    unit_rows_free(&r);
    cludi_dataset_free(dataset);
    cludi_context_free(context);
}

static void check_same(const char *name)
{
    unit_rows r;
    backend be[2];
    neighbor_graph graph[3];
    open_backend(&be[0], name, 1);
    open_backend(&be[1], name, 3);
    unit_rows_make(&r, 1500, 24, 24);
    neighbor_args args = graph_args(&be[0], &r, 9);
    args.exact_rows = 0;
    graph[0] = graph_find(&args);
    args.seed = 1;
    graph[1] = graph_find(&args);
    args.seed = 0;
    args.be = &be[1];
    graph[2] = graph_find(&args);
    graph_expect_same(&graph[0], &graph[2]);
    assert_true(graph_recall(&graph[0], &graph[1]) < 1); /* other cells miss others */
    for (int i = 0; i < 3; i++)
        neighbors_clear(&graph[i]);
    backend_close(&be[0]);
    backend_close(&be[1]);
    unit_rows_free(&r);
}

static void test_threads_and_seeds(void **state)
{
    (void)state;
    check_same("ref");
    if (has_backend("onednn"))
        check_same("onednn");
}

/* Few rows, and so many neighbors that a row's cells do not have them all. */
static void test_small(void **state)
{
    (void)state;
    static const int32_t SHAPES[][2] = {{2, 1}, {3, 2}, {4, 1}, {5, 4}, {10, 9}, {60, 59}, {400, 399}, {401, 150}};
    backend be;
    open_backend(&be, has_backend("onednn") ? "onednn" : "ref", 2);
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        unit_rows r;
        unit_rows_make(&r, SHAPES[i][0], 11, 11);
        neighbor_args args = graph_args(&be, &r, SHAPES[i][1]);
        args.exact_rows = 1;
        neighbor_graph graph = graph_find(&args);
        graph_expect_lists(&graph, &r);
        if (graph.degree == r.rows - 1)
            graph_expect_best(&graph, &r);
        neighbors_clear(&graph);
        unit_rows_free(&r);
    }
    backend_close(&be);
}

/* Most rows are equal, or zero: their cell is cut up, and the others are as before. */
static void test_equal_rows(void **state)
{
    (void)state;
    for (int zeros = 0; zeros < 2; zeros++) {
        unit_rows r;
        backend be;
        open_backend(&be, has_backend("onednn") ? "onednn" : "ref", 2);
        unit_rows_make(&r, 3000, 16, 16);
        for (int64_t i = 1; i < r.rows; i++)
            if (i % 3)
                unit_rows_copy(&r, i, zeros ? -1 : 0);
        neighbor_args args = graph_args(&be, &r, 7);
        args.exact_rows = 0;
        neighbor_graph graph = graph_find(&args);
        graph_expect_lists(&graph, &r);
        for (int64_t i = 0; i < r.rows; i++)
            if (i % 3)
                expect_close(graph.similarity[i * graph.degree + 6], zeros ? 0 : 1, 1e-6);
            else
                assert_true(graph.similarity[i * graph.degree] > 0.5F);
        neighbors_clear(&graph);
        unit_rows_free(&r);
        backend_close(&be);
    }
}

/* Most rows are zero and alike to all cells, so they come to the first one, and other zero centers stay empty. A few rows
   opposite to the rest find those empty cells the nearest, where too few rows are: they are held against all. */
static void test_lonely_rows(void **state)
{
    (void)state;
    enum { ROWS = 400, COLS = 6, DEGREE = 10, LONELY = 5, LIVELY = 75 };
    backend be;
    unit_rows r;
    open_backend(&be, has_backend("onednn") ? "onednn" : "ref", 2);
    unit_rows_axes(&r, ROWS, COLS);
    for (int64_t i = LONELY + LIVELY; i < ROWS; i++)
        unit_rows_copy(&r, i, -1);
    for (int64_t i = 1; i < LONELY + LIVELY; i++)
        unit_rows_copy(&r, i, 0);
    for (int64_t i = 0; i < LONELY; i++)
        r.data[i * COLS] = -1;
    neighbor_args args = graph_args(&be, &r, DEGREE);
    args.exact_rows = 0;
    for (args.seed = 0; args.seed < 30; args.seed++) {
        neighbor_graph graph = graph_find(&args);
        graph_expect_lists(&graph, &r);
        for (int64_t i = 0; i < LONELY; i++)
            for (int32_t k = 0; k < DEGREE; k++)
                expect_close(graph.similarity[i * DEGREE + k], k < LONELY - 1 ? 1 : 0, 0);
        neighbors_clear(&graph);
    }
    unit_rows_free(&r);
    backend_close(&be);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_recall),
                                       cmocka_unit_test(test_recall_of_features),
                                       cmocka_unit_test(test_threads_and_seeds),
                                       cmocka_unit_test(test_small),
                                       cmocka_unit_test(test_equal_rows),
                                       cmocka_unit_test(test_lonely_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
