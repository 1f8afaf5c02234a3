/* neighbors.c, exact_neighbors.c, panel_search.c, top_lists.h: the exact graph against a naive one in double, at the
   edges of slices, blocks and panels; ties; threads; what goes wrong. */
#include <stdio.h>
#include <string.h>

#include "cmocka_all.h"
#include "counting_allocator.h"
#include "expect_error.h"
#include "graph_support.h"
#include "rows.h"
#include "tensor_support.h"

/* So many columns that a panel is one block. */
enum { LONG = 5600 };

static void check_naive(const char *backend_name)
{
    static const struct {
        int64_t rows, cols, wide;
        int32_t degree;
    } CASES[] = {{2, 1, 1, 1},      {2, 3, 3, 1},      {3, 5, 5, 2},       {31, 7, 7, 30},
                 {32, 16, 16, 1},   {95, 9, 9, 4},     {96, 9, 9, 5},      {97, 9, 9, 6},
                 {383, 12, 12, 30}, {384, 33, 33, 29}, {385, 33, 33, 3},   {480, 8, 8, 2},
                 {768, 10, 10, 7},  {769, 10, 10, 8},  {1153, 17, 17, 13}, {800, LONG, 8, 10}};
    backend be;
    open_backend(&be, backend_name, 2);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        unit_rows r, bf16;
        unit_rows_make(&r, CASES[i].rows, CASES[i].cols, CASES[i].wide);
        const neighbor_args args = graph_args(&be, &r, CASES[i].degree);
        neighbor_graph graph = graph_find(&args);
        unit_rows_make(&bf16, CASES[i].rows, CASES[i].wide, CASES[i].wide); /* without the zeros behind */
        graph_expect_best(&graph, &bf16);
        unit_rows_free(&bf16);
        neighbors_clear(&graph);
        unit_rows_free(&r);
    }
    backend_close(&be);
}

static void test_naive_ref(void **state)
{
    (void)state;
    check_naive("ref");
}

static void test_naive_onednn(void **state)
{
    (void)state;
    check_naive("onednn");
}

/* Axes: the neighbors of a row are the lowest numbers of its own axis, then the lowest numbers of all others; those of
   zeros are the lowest numbers. */
static void expect_axes(const neighbor_graph *graph, const unit_rows *r)
{
    for (int64_t i = 0; i < r->rows; i++) {
        int32_t k = 0;
        for (int want = 1; want >= 0; want--)
            for (int64_t j = 0; j < r->rows && k < graph->degree; j++)
                if (j != i && (int)unit_rows_similarity(r, i, j) == want) {
                    assert_int_equal(graph->neighbor[i * graph->degree + k], j);
                    assert_true(graph->similarity[i * graph->degree + k++] == (float)want);
                }
        assert_int_equal(k, graph->degree);
    }
}

static void test_ties(void **state)
{
    static const int64_t SHAPES[][2] = {{9, 6}, {100, 6}, {900, 6}, {900, LONG}};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        unit_rows r, bf16;
        backend be;
        open_backend(&be, i % 2 && has_backend("onednn") ? "onednn" : "ref", 2);
        unit_rows_axes(&r, SHAPES[i][0], SHAPES[i][1]);
        unit_rows_axes(&bf16, SHAPES[i][0], 6);
        const neighbor_args args = graph_args(&be, &r, SHAPES[i][0] > 30 ? 30 : 8);
        neighbor_graph graph = graph_find(&args);
        expect_axes(&graph, &bf16);
        neighbors_clear(&graph);
        unit_rows_free(&r);
        unit_rows_free(&bf16);
        backend_close(&be);
    }
}

/* Equal rows at any two places are equally alike to a third, bit for bit, and to each other. */
static void test_equal_rows(void **state)
{
    (void)state;
    enum { ROWS = 900, COLS = 65, DEGREE = 12 };
    static const int64_t PLACES[] = {3, 90, 97, 383, 384, 500, 768, 899};
    for (int b = 0; b < 2; b++) {
        unit_rows r;
        backend be;
        if (b && !has_backend("onednn"))
            continue;
        open_backend(&be, b ? "onednn" : "ref", 2);
        unit_rows_make(&r, ROWS, COLS, COLS);
        for (int i = 1; i < 8; i++)
            unit_rows_copy(&r, PLACES[i], PLACES[0]);
        const neighbor_args args = graph_args(&be, &r, DEGREE);
        neighbor_graph graph = graph_find(&args);
        graph_expect_best(&graph, &r);
        for (int i = 0; i < 8; i++)
            for (int k = 0, other = 0; k < 7; k++, other++) {
                other += other == i;
                assert_int_equal(graph.neighbor[PLACES[i] * DEGREE + k], PLACES[other]);
                assert_true(graph.similarity[PLACES[i] * DEGREE + k] == graph.similarity[PLACES[0] * DEGREE]);
            }
        for (int k = 7; k < DEGREE; k++)
            for (int i = 1; i < 8; i++)
                assert_int_equal(graph.neighbor[PLACES[i] * DEGREE + k], graph.neighbor[PLACES[0] * DEGREE + k]);
        neighbors_clear(&graph);
        unit_rows_free(&r);
        backend_close(&be);
    }
}

/* The number of threads changes no bit; and both rows of a pair have the same. */
static void check_threads(const char *name, int64_t rows, int64_t cols)
{
    enum { RUNS = 3, DEGREE = 15 };
    static const int THREADS[RUNS] = {1, 3, 5};
    unit_rows r;
    backend be[RUNS];
    neighbor_graph graph[RUNS];
    unit_rows_make(&r, rows, cols, 20);
    for (int i = 0; i < RUNS; i++) {
        open_backend(&be[i], name, THREADS[i]);
        const neighbor_args args = graph_args(&be[i], &r, DEGREE);
        graph[i] = graph_find(&args);
        graph_expect_same(&graph[0], &graph[i]);
    }
    for (int64_t i = 0; i < rows * DEGREE; i++) {
        const int64_t other = (int64_t)graph[0].neighbor[i] * DEGREE;
        for (int64_t k = other; k < other + DEGREE; k++)
            if (graph[0].neighbor[k] == i / DEGREE)
                assert_true(graph[0].similarity[k] == graph[0].similarity[i]);
    }
    for (int i = 0; i < RUNS; i++) {
        neighbors_clear(&graph[i]);
        backend_close(&be[i]);
    }
    unit_rows_free(&r);
}

static void test_threads(void **state)
{
    (void)state;
    check_threads("ref", 1500, 40);
    if (has_backend("onednn")) {
        check_threads("onednn", 2500, 40);
        check_threads("onednn", 1000, LONG);
    }
}

/* ---- what goes wrong ---- */

static void test_arguments(void **state)
{
    (void)state;
    backend be;
    unit_rows r;
    neighbor_graph graph;
    open_backend(&be, "ref", 1);
    unit_rows_make(&r, 5, 4, 4);
    neighbor_args args = graph_args(&be, &r, 0);
    EXPECT_ARGUMENT("0 neighbors of each row were asked for; 1 to 4 are possible", neighbors_find, &args, &graph);
    args.degree = 5;
    EXPECT_ARGUMENT("5 neighbors of each row were asked for; 1 to 4 are possible", neighbors_find, &args, &graph);
    args.degree = 1;
    r.source.rows = 1;
    EXPECT_ARGUMENT("X has 1 rows; at least 2 are wanted", neighbors_find, &args, &graph);
    r.source.rows = INT64_C(1) << 31;
    EXPECT_ARGUMENT("X has 2147483648 rows; neighbors are found among at most", neighbors_find, &args, &graph);
    assert_null(graph.neighbor);
    neighbors_clear(&graph);
    unit_rows_free(&r);
    backend_close(&be);
}

static cludi_status read_or_fail(void *user, int64_t first, int64_t count, float *out, cludi_error *error)
{
    (void)user;
    (void)error;
    memset(out, 0, (size_t)(count * 3) * sizeof *out);
    return first + count > 500 ? CLUDI_ERROR_FILE : CLUDI_OK;
}

static void test_source_fails(void **state)
{
    (void)state;
    backend be;
    neighbor_graph graph;
    const cludi_source X = {.rows = 1000, .cols = 3, .read = read_or_fail};
    open_backend(&be, "ref", 1);
    neighbor_args args = {.be = &be, .X = &X, .degree = 2, .exact_rows = 1000};
    EXPECT(CLUDI_ERROR_FILE, "could not read rows", neighbors_find, &args, &graph);
    args.exact_rows = 0;
    EXPECT(CLUDI_ERROR_FILE, "could not read rows", neighbors_find, &args, &graph);
    assert_null(graph.neighbor);
    backend_close(&be);
}

typedef struct listener {
    int64_t calls, stop_at, step, steps;
} listener;

static int listen(void *user, const cludi_progress *progress)
{
    listener *l = user;
    assert_int_equal(progress->phase, CLUDI_PHASE_NEIGHBORS);
    assert_true(progress->step > l->step && progress->step <= progress->steps && progress->seconds >= 0);
    l->step = progress->step;
    l->steps = progress->steps;
    return ++l->calls == l->stop_at;
}

/* Stopped at each call but the last, it stops; exact and by cells. */
static void check_stop(backend *be, const unit_rows *r, int64_t exact_rows)
{
    int64_t calls = 0;
    for (int64_t stop_at = 0; stop_at < 2 || stop_at <= calls; stop_at++) {
        neighbor_graph graph;
        cludi_error error = {0};
        listener l = {.stop_at = stop_at};
        const callbacks messages = {.progress = listen, .progress_user = &l};
        neighbor_args args = graph_args(be, r, 4);
        args.messages = &messages;
        args.exact_rows = exact_rows;
        const cludi_status status = neighbors_find(&args, &graph, &error);
        calls = stop_at ? calls : l.calls;
        if (stop_at > 0 && stop_at < calls) {
            io_expect_error(&error, status, CLUDI_STOPPED, "The search for neighbors was stopped after");
            assert_int_equal(l.calls, stop_at);
            assert_null(graph.neighbor);
        } else {
            assert_int_equal(status, CLUDI_OK);
            assert_int_equal(l.step, l.steps);
        }
        neighbors_clear(&graph);
    }
    assert_true(calls >= 3);
}

static void test_stop(void **state)
{
    (void)state;
    backend be;
    unit_rows r;
    open_backend(&be, has_backend("onednn") ? "onednn" : "ref", 2);
    unit_rows_make(&r, 400, LONG, 6);
    check_stop(&be, &r, 400);
    unit_rows_free(&r);
    unit_rows_make(&r, 300, 6, 6);
    check_stop(&be, &r, 0);
    unit_rows_free(&r);
    backend_close(&be);
}

/* The n-th call for memory fails, for every n; nothing is lost. */
static void check_memory(const char *name, const unit_rows *r, int64_t exact_rows)
{
    cludi_status status = CLUDI_ERROR_MEMORY;
    for (int64_t n = 1; status != CLUDI_OK; n++) {
        counting_allocator counter = {0};
        const cludi_allocator allocator = counting_allocator_table(&counter);
        backend be;
        neighbor_graph graph;
        cludi_error error = {0};
        assert_int_equal(backend_open(&be, name, "f32", 2, &allocator, NULL), CLUDI_OK);
        neighbor_args args = graph_args(&be, r, 3);
        args.exact_rows = exact_rows;
        counter.fail_at = counter.calls + n;
        counter.once = n % 2;
        status = neighbors_find(&args, &graph, &error);
        if (counter.failed)
            io_expect_error(&error, status, CLUDI_ERROR_MEMORY, "memory");
        neighbors_clear(&graph);
        backend_close(&be);
        assert_int_equal(counter.live, 0);
        assert_int_equal(counter.overlap, 0);
        assert_true(n > 8 || counter.failed);
    }
}

static void test_memory(void **state)
{
    (void)state;
    unit_rows r;
    unit_rows_make(&r, 100, 6, 6);
    check_memory("ref", &r, 100);
    check_memory("ref", &r, 0);
    if (has_backend("onednn")) {
        check_memory("onednn", &r, 100);
        check_memory("onednn", &r, 0);
    }
    unit_rows_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_naive_ref),    cmocka_unit_test(test_naive_onednn), cmocka_unit_test(test_ties),
        cmocka_unit_test(test_equal_rows),   cmocka_unit_test(test_threads),      cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_source_fails), cmocka_unit_test(test_stop),         cmocka_unit_test(test_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
