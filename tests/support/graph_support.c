#include "graph_support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "rows.h"

enum { CENTERS = 20, AXES = 6 };

/* float32 sums of n products of unit rows: far below this even for 10,000 columns. */
static const double TOLERANCE = 2e-6;

void expect_close(double a, double b, double most)
{
    if (!(fabs(a - b) <= most))
        fail_msg("%.9g is not %.9g", a, b);
}

static void begin(unit_rows *r, int64_t rows, int64_t cols)
{
    r->rows = rows;
    r->cols = cols;
    r->data = calloc((size_t)(rows * cols), sizeof *r->data);
    assert_non_null(r->data);
    r->matrix = (cludi_matrix){r->data, rows, cols, cols};
    r->source = rows_of_matrix(&r->matrix);
}

static void make_unit(float *row, int64_t n)
{
    double sum = 0;
    for (int64_t j = 0; j < n; j++)
        sum += (double)row[j] * (double)row[j];
    for (int64_t j = 0; j < n; j++)
        row[j] = (float)(row[j] / sqrt(sum));
}

void unit_rows_make(unit_rows *r, int64_t rows, int64_t cols, int64_t wide)
{
    begin(r, rows, cols);
    float *center = malloc((size_t)wide * sizeof *center);
    assert_non_null(center);
    for (int64_t i = 0; i < rows; i++) {
        float *row = r->data + i * cols;
        rng_normal((rng_stream){7, RNG_INIT, 0}, (uint64_t)(i * 31 % CENTERS), center, wide);
        rng_normal((rng_stream){7, RNG_INIT, 1}, (uint64_t)i, row, wide);
        for (int64_t j = 0; j < wide; j++)
            row[j] += center[j];
        make_unit(row, wide);
    }
    free(center);
}

void unit_rows_axes(unit_rows *r, int64_t rows, int64_t cols)
{
    begin(r, rows, cols);
    for (int64_t i = 0; i < rows; i++)
        if (i % (AXES + 1) < AXES)
            r->data[i * cols + i % (AXES + 1)] = 1;
}

void unit_rows_copy(unit_rows *r, int64_t to, int64_t from)
{
    if (from < 0)
        memset(r->data + to * r->cols, 0, (size_t)r->cols * sizeof *r->data);
    else
        memcpy(r->data + to * r->cols, r->data + from * r->cols, (size_t)r->cols * sizeof *r->data);
}

void unit_rows_free(unit_rows *r)
{
    free(r->data);
}

double unit_rows_similarity(const unit_rows *r, int64_t a, int64_t b)
{
    double sum = 0;
    for (int64_t j = 0; j < r->cols; j++)
        sum += (double)r->data[a * r->cols + j] * (double)r->data[b * r->cols + j];
    return sum;
}

neighbor_args graph_args(backend *be, const unit_rows *r, int32_t degree)
{
    return (neighbor_args){.be = be, .X = &r->source, .degree = degree, .exact_rows = r->rows};
}

neighbor_graph graph_find(const neighbor_args *args)
{
    neighbor_graph graph;
    cludi_error error = {0};
    const cludi_status status = neighbors_find(args, &graph, &error);
    if (status != CLUDI_OK)
        fail_msg("%s", error.message);
    assert_int_equal(graph.rows, args->X->rows);
    assert_int_equal(graph.degree, args->degree);
    assert_true(graph.exact == (args->X->rows <= args->exact_rows));
    assert_true(graph.seconds > 0);
    return graph;
}

void graph_expect_lists(const neighbor_graph *graph, const unit_rows *r)
{
    int64_t *seen = malloc((size_t)r->rows * sizeof *seen);
    assert_non_null(seen);
    for (int64_t i = 0; i < r->rows; i++)
        seen[i] = -1;
    for (int64_t i = 0; i < r->rows; i++)
        for (int64_t k = i * graph->degree; k < (i + 1) * graph->degree; k++) {
            const int32_t other = graph->neighbor[k];
            assert_in_range(other, 0, r->rows - 1);
            assert_int_not_equal(other, i);
            assert_int_not_equal(seen[other], i);
            seen[other] = i;
            expect_close(graph->similarity[k], unit_rows_similarity(r, i, other), TOLERANCE);
            if (k > i * graph->degree)
                assert_true(graph->similarity[k - 1] > graph->similarity[k] ||
                            (graph->similarity[k - 1] == graph->similarity[k] && graph->neighbor[k - 1] < other));
        }
    free(seen);
}

static int compare_falling(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? 1 : x > y ? -1 : 0;
}

void graph_expect_best(const neighbor_graph *graph, const unit_rows *r)
{
    double *all = malloc((size_t)r->rows * sizeof *all);
    assert_non_null(all);
    graph_expect_lists(graph, r);
    for (int64_t i = 0; i < r->rows; i++) {
        for (int64_t j = 0; j < r->rows; j++)
            all[j] = j == i ? -2 : unit_rows_similarity(r, i, j);
        qsort(all, (size_t)r->rows, sizeof *all, compare_falling);
        for (int32_t k = 0; k < graph->degree; k++)
            expect_close(graph->similarity[i * graph->degree + k], all[k], TOLERANCE);
    }
    free(all);
}

void graph_expect_same(const neighbor_graph *a, const neighbor_graph *b)
{
    const size_t numbers = (size_t)(a->rows * a->degree);
    assert_int_equal(a->rows, b->rows);
    assert_int_equal(a->degree, b->degree);
    assert_memory_equal(a->neighbor, b->neighbor, numbers * sizeof *a->neighbor);
    assert_memory_equal(a->similarity, b->similarity, numbers * sizeof *a->similarity);
}

double graph_recall(const neighbor_graph *a, const neighbor_graph *b)
{
    int64_t found = 0;
    for (int64_t i = 0; i < b->rows; i++)
        for (int32_t k = 0; k < b->degree; k++)
            for (int32_t l = 0; l < a->degree; l++)
                found += a->neighbor[i * a->degree + l] == b->neighbor[i * b->degree + k];
    return (double)found / (double)(b->rows * b->degree);
}
