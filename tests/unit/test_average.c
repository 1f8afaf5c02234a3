/* average.c: against the formula in double; a row alone against all rows; threads. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "average.h"
#include "cmocka_all.h"
#include "graph_support.h"
#include "rows.h"
#include "tensor_support.h"

enum { ROWS = 300, COLS = 37, DEGREE = 9 };

typedef struct fixture {
    backend be;
    unit_rows r;
    neighbor_graph graph;
    int32_t count;
} fixture;

/* Rows with zeros, equal ones, and so few centers that some neighbors are opposite. */
static void begin(fixture *f, int64_t rows, int64_t cols, int32_t degree)
{
    open_backend(&f->be, "ref", 3);
    unit_rows_make(&f->r, rows, cols, cols);
    unit_rows_copy(&f->r, rows / 2, -1);
    unit_rows_copy(&f->r, rows - 1, 0);
    const neighbor_args args = graph_args(&f->be, &f->r, degree);
    f->graph = graph_find(&args);
    f->count = degree;
}

static void end(fixture *f)
{
    neighbors_clear(&f->graph);
    unit_rows_free(&f->r);
    backend_close(&f->be);
}

static float *average(fixture *f)
{
    float *out = malloc((size_t)(f->r.rows * f->r.cols) * sizeof *out);
    assert_non_null(out);
    graph_average(&f->be, &f->r.matrix, &f->graph, f->count, out);
    return out;
}

static void expect_naive(const fixture *f, int64_t i, const float *out)
{
    const unit_rows *r = &f->r;
    double *sum = calloc((size_t)r->cols, sizeof *sum), square = 0;
    assert_non_null(sum);
    for (int32_t k = -1; k < f->count; k++) {
        const int64_t other = k < 0 ? i : f->graph.neighbor[i * f->graph.degree + k];
        const double weight = k < 0 ? 1 : fmax(unit_rows_similarity(r, i, other), 0);
        for (int64_t j = 0; j < r->cols; j++)
            sum[j] += weight * (double)r->data[other * r->cols + j];
    }
    for (int64_t j = 0; j < r->cols; j++)
        square += sum[j] * sum[j];
    for (int64_t j = 0; j < r->cols; j++) /* a sum of `count` products of unit rows, each rounded to float32 */
        expect_close(out[j], square > 0 ? sum[j] / sqrt(square) : 0, 1e-6 * (f->count + 2));
    free(sum);
}

static void test_naive(void **state)
{
    static const int64_t SHAPES[][3] = {{ROWS, COLS, DEGREE}, {2, 1, 1}, {3, 8, 2}, {17, 5, 16}, {40, 64, 30}};
    (void)state;
    for (size_t s = 0; s < sizeof SHAPES / sizeof *SHAPES; s++) {
        fixture f;
        begin(&f, SHAPES[s][0], SHAPES[s][1], (int32_t)SHAPES[s][2]);
        for (f.count = 0; f.count <= f.graph.degree; f.count++) {
            float *out = average(&f);
            for (int64_t i = 0; i < f.r.rows; i++)
                expect_naive(&f, i, out + i * f.r.cols);
            free(out);
        }
        end(&f);
    }
}

/* Negative similarities weigh nothing. */
static void test_weights(void **state)
{
    (void)state;
    const float x[3] = {1, 2, 5};
    float out[3] = {1, 0, 7};
    average_add(out, x, -0.5F, 2);
    assert_true(out[0] == 1 && out[1] == 0 && out[2] == 7);
    average_add(out, x, 0.5F, 2);
    assert_true(out[0] == 1.5F && out[1] == 1 && out[2] == 7);
}

/* One row at a time, on one thread and on three: the same bytes. */
static void test_same_bytes(void **state)
{
    (void)state;
    fixture f;
    begin(&f, ROWS, COLS, DEGREE);
    float *all = average(&f), one[COLS];
    f.be.threads = 1;
    float *one_thread = average(&f);
    assert_memory_equal(all, one_thread, sizeof(float[ROWS][COLS]));
    for (int64_t i = 0; i < ROWS; i++) {
        memcpy(one, f.r.data + i * COLS, sizeof one);
        for (int64_t k = i * DEGREE; k < (i + 1) * DEGREE; k++)
            average_add(one, f.r.data + (int64_t)f.graph.neighbor[k] * COLS, f.graph.similarity[k], COLS);
        (void)rows_unit(one, COLS);
        assert_memory_equal(one, all + i * COLS, sizeof one);
    }
    free(all);
    free(one_thread);
    end(&f);
}

/* Without similarities every neighbor weighs as much as the row. */
static void test_plain_mean(void **state)
{
    (void)state;
    fixture f;
    begin(&f, ROWS, COLS, DEGREE);
    float *similarity = f.graph.similarity, one[COLS];
    f.graph.similarity = NULL;
    float *all = average(&f);
    for (int64_t i = 0; i < ROWS; i++) {
        memcpy(one, f.r.data + i * COLS, sizeof one);
        for (int64_t k = i * DEGREE; k < (i + 1) * DEGREE; k++)
            average_add(one, f.r.data + (int64_t)f.graph.neighbor[k] * COLS, 1, COLS);
        (void)rows_unit(one, COLS);
        assert_memory_equal(one, all + i * COLS, sizeof one);
    }
    f.graph.similarity = similarity;
    free(all);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_naive), cmocka_unit_test(test_weights),
                                       cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_plain_mean)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
