/* average.c: against the formula in double; a row alone against all rows; a source against a matrix; threads. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "average.h"
#include "cmocka_all.h"
#include "counting_allocator.h"
#include "expect_error.h"
#include "graph_support.h"
#include "rows.h"
#include "tensor_support.h"

enum { ROWS = 300, COLS = 37, DEGREE = 9 };

typedef struct fixture {
    backend be;
    unit_rows r;
    neighbour_graph graph;
    average_args args;
} fixture;

/* Rows with zeros, equal ones, and so few centres that some neighbours are opposite. */
static void begin(fixture *f, int64_t rows, int64_t cols, int32_t degree)
{
    open_backend(&f->be, "ref", 3);
    unit_rows_make(&f->r, rows, cols, cols);
    unit_rows_copy(&f->r, rows / 2, -1);
    unit_rows_copy(&f->r, rows - 1, 0);
    const neighbour_args args = graph_args(&f->be, &f->r, degree);
    f->graph = graph_find(&args);
    f->args = (average_args){.be = &f->be, .X = &f->r.source, .graph = &f->graph, .count = degree};
}

static void end(fixture *f)
{
    neighbours_clear(&f->graph);
    unit_rows_free(&f->r);
    backend_close(&f->be);
}

static float *average(const fixture *f)
{
    cludi_error error = {0};
    float *out = malloc((size_t)(f->r.rows * f->r.cols) * sizeof *out);
    assert_non_null(out);
    const cludi_status status = graph_average(&f->args, out, &error);
    if (status != CLUDI_OK)
        fail_msg("%s", error.message);
    return out;
}

static void expect_naive(const fixture *f, int64_t i, const float *out)
{
    const unit_rows *r = &f->r;
    double *sum = calloc((size_t)r->cols, sizeof *sum), square = 0;
    assert_non_null(sum);
    for (int32_t k = -1; k < f->args.count; k++) {
        const int64_t other = k < 0 ? i : f->graph.neighbour[i * f->graph.degree + k];
        const double weight = k < 0 ? 1 : fmax(unit_rows_similarity(r, i, other), 0);
        for (int64_t j = 0; j < r->cols; j++)
            sum[j] += weight * (double)r->data[other * r->cols + j];
    }
    for (int64_t j = 0; j < r->cols; j++)
        square += sum[j] * sum[j];
    for (int64_t j = 0; j < r->cols; j++) /* a sum of `count` products of unit rows, each rounded to float32 */
        expect_close(out[j], square > 0 ? sum[j] / sqrt(square) : 0, 1e-6 * (f->args.count + 2));
    free(sum);
}

static void test_naive(void **state)
{
    static const int64_t SHAPES[][3] = {{ROWS, COLS, DEGREE}, {2, 1, 1}, {3, 8, 2}, {17, 5, 16}, {40, 64, 30}};
    (void)state;
    for (size_t s = 0; s < sizeof SHAPES / sizeof *SHAPES; s++) {
        fixture f;
        begin(&f, SHAPES[s][0], SHAPES[s][1], (int32_t)SHAPES[s][2]);
        for (f.args.count = 0; f.args.count <= f.graph.degree; f.args.count++) {
            float *out = average(&f);
            for (int64_t i = 0; i < f.r.rows; i++)
                expect_naive(&f, i, out + i * f.r.cols);
            free(out);
        }
        end(&f);
    }
}

/* Negative similarities weigh nothing, and zeros stay zeros. */
static void test_weights(void **state)
{
    (void)state;
    const float x[2] = {1, 0}, y[2] = {-1, 0}, zero[2] = {0, 0}, z[2] = {0, 1};
    const float *rows[] = {x, z, y};
    const float similarity[] = {0.5F, -1};
    const double norm = sqrt(1.25);
    float out[2];
    graph_average_row(&(average_row){rows, similarity, 2, 2}, out);
    expect_close(out[0], 1 / norm, 1e-7);
    expect_close(out[1], 0.5 / norm, 1e-7);
    rows[0] = zero;
    graph_average_row(&(average_row){rows, (float[]){0, 0}, 2, 2}, out);
    assert_true(out[0] == 0 && out[1] == 0);
}

/* One row at a time, from the matrix, from a source, on one thread and on three: the same bytes. */
static void test_same_bytes(void **state)
{
    (void)state;
    fixture f;
    begin(&f, ROWS, COLS, DEGREE);
    const size_t bytes = (size_t)(ROWS * COLS) * sizeof(float);
    float *from_source = average(&f), one[COLS];
    f.args.matrix = &f.r.matrix;
    f.args.X = NULL;
    float *from_matrix = average(&f);
    f.be.threads = 1;
    float *one_thread = average(&f);
    assert_memory_equal(from_source, from_matrix, bytes);
    assert_memory_equal(from_source, one_thread, bytes);
    for (int64_t i = 0; i < ROWS; i++) {
        const float *rows[1 + DEGREE] = {f.r.data + i * COLS};
        for (int k = 0; k < DEGREE; k++)
            rows[1 + k] = f.r.data + (int64_t)f.graph.neighbour[i * DEGREE + k] * COLS;
        graph_average_row(&(average_row){rows, f.graph.similarity + i * DEGREE, DEGREE, COLS}, one);
        assert_memory_equal(one, from_source + i * COLS, sizeof one);
    }
    free(from_source);
    free(from_matrix);
    free(one_thread);
    end(&f);
}

/* Several blocks: 4 MiB hold 104 rows of 10,000 columns. */
static void test_blocks(void **state)
{
    (void)state;
    enum { LONG = 10000 };
    fixture f;
    begin(&f, 250, LONG, 2);
    float *out = average(&f);
    for (int64_t i = 0; i < 250; i++)
        expect_naive(&f, i, out + i * LONG);
    free(out);
    end(&f);
}

static void test_arguments(void **state)
{
    (void)state;
    fixture f;
    float out[4 * 5];
    begin(&f, 4, 5, 2);
    f.args.count = 3;
    EXPECT_ARGUMENT("3 neighbours were to be averaged; the graph has 0 to 2", graph_average, &f.args, out);
    f.args.count = -1;
    EXPECT_ARGUMENT("-1 neighbours were to be averaged", graph_average, &f.args, out);
    f.args.count = 2;
    f.r.source.rows = 3;
    EXPECT_ARGUMENT("X has 3 rows; the graph of their neighbours has 4", graph_average, &f.args, out);
    f.args.X = NULL;
    EXPECT_ARGUMENT("X is NULL", graph_average, &f.args, out);
    end(&f);
}

static int stop_at_once(void *user, const cludi_progress *progress)
{
    assert_string_equal(progress->phase, "average");
    assert_int_equal(progress->steps, *(const int64_t *)user);
    return 1;
}

static void test_stop_and_memory(void **state)
{
    (void)state;
    fixture f;
    cludi_error error = {0};
    int64_t rows = 5000;
    begin(&f, rows, 3, 2);
    float *out = average(&f);
    const messenger messages = {.progress = stop_at_once, .progress_user = &rows};
    f.args.messages = &messages;
    f.args.matrix = &f.r.matrix;
    io_expect_error(&error, graph_average(&f.args, out, &error), CLUDI_STOPPED, "stopped after row 4096 of 5000");
    f.args.messages = NULL;
    f.args.matrix = NULL;
    for (int n = 1; n <= 2; n++) {
        counting_allocator counter = {.fail_at = n};
        const cludi_allocator kept = f.be.allocator;
        f.be.allocator = counting_allocator_table(&counter);
        io_expect_error(&error, graph_average(&f.args, out, &error), CLUDI_ERROR_MEMORY, "rows and their neighbours");
        f.be.allocator = kept;
        assert_int_equal(counter.live, 0);
    }
    free(out);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_naive),      cmocka_unit_test(test_weights),
                                       cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_blocks),
                                       cmocka_unit_test(test_arguments),  cmocka_unit_test(test_stop_and_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
