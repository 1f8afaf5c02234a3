/* symmetric_eigen.c: matrices with known eigenvalues, and the equations that eigenvectors fulfil. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "rng.h"
#include "symmetric_eigen.h"
#include "weighted_graphs.h"

enum { MOST = 70 };

static double A[MOST * MOST], values[MOST], vectors[MOST * MOST], scratch[2 * MOST];

static cludi_status solve(int64_t n, const double *matrix, stop_request *stop)
{
    const symmetric_eigen s = {n, A, values, vectors, scratch};
    memcpy(A, matrix, (size_t)(n * n) * sizeof *A);
    return symmetric_eigen_solve(&s, stop, NULL);
}

/* matrix v = value v, and orthonormal vectors, within 1e-12 times the size of the numbers. */
static void expect_eigen(int64_t n, const double *matrix, double most)
{
    for (int64_t v = 0; v < n; v++) {
        assert_true(v == 0 || values[v] <= values[v - 1]);
        for (int64_t i = 0; i < n; i++) {
            double product = 0, dot = 0;
            for (int64_t j = 0; j < n; j++) {
                product += matrix[i * n + j] * vectors[v * n + j];
                dot += vectors[i * n + j] * vectors[v * n + j];
            }
            assert_true(fabs(product - values[v] * vectors[v * n + i]) <= most);
            assert_true(fabs(dot - (i == v)) <= 1e-12);
        }
    }
}

static void test_random(void **state)
{
    static const int64_t SIZES[] = {1, 2, 3, 4, 9, 33, MOST};
    static double matrix[MOST * MOST];
    (void)state;
    for (size_t s = 0; s < sizeof SIZES / sizeof *SIZES; s++) {
        const int64_t n = SIZES[s];
        for (int64_t i = 0; i < n; i++) {
            float row[MOST];
            rng_normal((rng_stream){7, 232, (uint32_t)s}, (uint64_t)i, row, n);
            for (int64_t j = 0; j <= i; j++)
                matrix[i * n + j] = matrix[j * n + i] = row[j];
        }
        assert_int_equal(solve(n, matrix, NULL), CLUDI_OK);
        expect_eigen(n, matrix, 1e-11);
    }
}

/* 2 on the diagonal, -1 beside it: 2 - 2 cos(pi k / (n + 1)). */
static void test_known(void **state)
{
    enum { N = 40 };
    static double matrix[N * N];
    (void)state;
    for (int64_t i = 0; i < N; i++) {
        matrix[i * N + i] = 2;
        if (i > 0)
            matrix[i * N + i - 1] = matrix[(i - 1) * N + i] = -1;
    }
    assert_int_equal(solve(N, matrix, NULL), CLUDI_OK);
    for (int k = 1; k <= N; k++)
        assert_true(fabs(values[N - k] - (2 - 2 * cos(acos(-1.0) * k / (N + 1)))) < 1e-13);
    expect_eigen(N, matrix, 1e-13);
}

/* Equal eigenvalues, zeros, and a diagonal that is in no order. */
static void test_degenerate(void **state)
{
    enum { N = 12 };
    static double matrix[N * N];
    (void)state;
    assert_int_equal(solve(N, matrix, NULL), CLUDI_OK);
    expect_eigen(N, matrix, 0);
    for (int64_t i = 0; i < N; i++)
        matrix[i * N + i] = (double)(i * 5 % 4);
    assert_int_equal(solve(N, matrix, NULL), CLUDI_OK);
    expect_eigen(N, matrix, 0);
    for (int64_t i = 0; i < N * N; i++)
        matrix[i] = 1; /* N once, 0 else */
    assert_int_equal(solve(N, matrix, NULL), CLUDI_OK);
    expect_eigen(N, matrix, 1e-13);
    assert_true(fabs(values[0] - N) < 1e-13 && fabs(values[1]) < 1e-13);
}

static void test_stop(void **state)
{
    enum { N = 20 };
    static double matrix[N * N];
    stop_after stop;
    backend be = {0};
    int64_t at = 1;
    (void)state;
    for (int64_t i = 0; i < N; i++)
        for (int64_t j = 0; j < N; j++)
            matrix[i * N + j] = 1 / (double)(i + j + 1);
    for (stop_after_begin(&stop, &be, at); solve(N, matrix, &stop.watch) == CLUDI_STOPPED;
         stop_after_begin(&stop, &be, ++at))
        assert_int_equal(stop.asked, at);
    assert_true(at > 2 * N);
    expect_eigen(N, matrix, 1e-13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random), cmocka_unit_test(test_known),
                                       cmocka_unit_test(test_degenerate), cmocka_unit_test(test_stop)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
