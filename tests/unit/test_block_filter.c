/* block_filter.c beside the polynomial in double: columns that fill lanes and some that do not; threads. */
#include <math.h>
#include <string.h>

#include "block_filter.h"
#include "cmocka_all.h"
#include "rng.h"
#include "tensor_support.h"
#include "weighted_graphs.h"

enum { ROWS = 34, MOST = 2 * FILTER_LANES + 3, DEGREE = 5 };
static const double CUT = 0.3;

static void fill(float *X, int64_t p)
{
    for (int64_t i = 0; i < ROWS; i++)
        rng_normal((rng_stream){6, 233, 0}, (uint64_t)i, X + i * p, p);
}

/* S_ij of the club. */
static double scaled(const weighted_graph *g, int32_t i, int32_t j)
{
    const double degrees =
        (double)(g->offset[i + 1] - g->offset[i]) * (double)(g->offset[j + 1] - g->offset[j]); /* all weights are 1 */
    return weight_between(g, i, j) / sqrt(degrees);
}

/* x = T_degree((S - c) / e) x of one column. */
static void naive_filter(const weighted_graph *g, double *x, double center, double half, int degree)
{
    double before[ROWS], now[ROWS], next[ROWS];
    memcpy(now, x, sizeof now);
    for (int k = 1; k <= degree; k++) {
        for (int32_t i = 0; i < ROWS; i++) {
            double sum = -center * now[i];
            for (int32_t j = 0; j < ROWS; j++)
                sum += scaled(g, i, j) * now[j];
            next[i] = k == 1 ? sum / half : 2 * sum / half - before[i];
        }
        memcpy(before, now, sizeof now);
        memcpy(now, next, sizeof now);
    }
    memcpy(x, now, sizeof now);
}

static void expect_filtered(const weighted_graph *g, const float *got, int64_t p, double cut, int degree)
{
    static float X[ROWS * MOST];
    fill(X, p);
    for (int64_t c = 0; c < p; c++) {
        double x[ROWS], size = 1;
        for (int64_t i = 0; i < ROWS; i++)
            x[i] = X[i * p + c];
        naive_filter(g, x, (cut - 1) / 2, (cut + 1) / 2, degree);
        for (int64_t i = 0; i < ROWS; i++)
            size = fmax(size, fabs(x[i]));
        for (int64_t i = 0; i < ROWS; i++) /* float32: degree products of a few dozen terms */
            if (!(fabs(got[i * p + c] - x[i]) <= 2e-6 * degree * size))
                fail_msg("row %d, column %d: %g instead of %g", (int)i, (int)c, (double)got[i * p + c], x[i]);
    }
}

static void test_polynomial(void **state)
{
    static const int64_t WIDTHS[] = {1, FILTER_LANES, MOST};
    static float first[ROWS * MOST], X[ROWS * MOST];
    weighted_graph graph = karate_graph();
    (void)state;
    for (int threads = 1; threads <= 5; threads += 2) {
        backend be;
        block_filter f;
        open_backend(&be, "ref", threads);
        assert_int_equal(block_filter_init(&f, &be, &graph, NULL), CLUDI_OK);
        for (int w = 0; w < 3; w++) {
            fill(X, WIDTHS[w]);
            assert_int_equal(block_filter_multiply(&f, X, WIDTHS[w], NULL), CLUDI_OK);
            expect_filtered(&graph, X, WIDTHS[w], 1, 1); /* center 0, half 1 */
            fill(X, WIDTHS[w]);
            assert_int_equal(block_filter_apply(&f, X, WIDTHS[w], CUT, DEGREE, NULL), CLUDI_OK);
            expect_filtered(&graph, X, WIDTHS[w], CUT, DEGREE);
        }
        if (threads == 1)
            memcpy(first, X, sizeof X);
        assert_memory_equal(first, X, sizeof X);
        block_filter_clear(&f);
        backend_close(&be);
    }
    graph_clear(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_polynomial)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
