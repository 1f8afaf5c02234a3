/* cholesky.c: L^-1 A L^-T is the identity; what has no factor is refused. */
#include <math.h>
#include <stdlib.h>

#include "cholesky.h"
#include "cmocka_all.h"
#include "rng.h"

/* B B^T + 0.1 I, from n x n normal numbers. */
static double *make(int64_t n)
{
    float *b = malloc((size_t)(n * n) * sizeof *b);
    double *A = calloc((size_t)(n * n), sizeof *A);
    assert_true(A && b);
    rng_normal((rng_stream){7, 230, 0}, (uint64_t)n, b, n * n);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            for (int64_t k = 0; k < n; k++)
                A[i * n + j] += (double)b[i * n + k] * (double)b[j * n + k] + (i == j && k == 0 ? 0.1 : 0);
    free(b);
    return A;
}

static double *copy(const double *A, int64_t count)
{
    double *other = malloc((size_t)count * sizeof *other);
    assert_non_null(other);
    for (int64_t i = 0; i < count; i++)
        other[i] = A[i];
    return other;
}

static double element(const double *L, const double *A, int64_t n, int64_t i, int64_t j)
{
    double sum = 0;
    for (int64_t a = 0; a < n; a++)
        for (int64_t b = 0; b < n; b++)
            sum += L[i * n + a] * A[a * n + b] * L[j * n + b];
    return sum;
}

static void test_inverse(void **state)
{
    (void)state;
    static const int64_t SIZES[] = {1, 2, 3, 8, 17, 40};
    for (size_t s = 0; s < sizeof SIZES / sizeof *SIZES; s++) {
        const int64_t n = SIZES[s];
        double *A = make(n), *L = copy(A, n * n);
        assert_true(cholesky_inverse(L, n));
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j < n; j++) {
                assert_true(fabs(element(L, A, n, i, j) - (i == j)) < 1e-9);
                assert_true(j <= i || L[i * n + j] == 0);
            }
        free(A);
        free(L);
    }
}

/* The upper triangle is not looked at. */
static void test_lower_alone(void **state)
{
    (void)state;
    double whole[] = {4, 2, 2, 3}, lower[] = {4, (double)NAN, 2, 3};
    assert_true(cholesky_inverse(whole, 2) && cholesky_inverse(lower, 2));
    assert_memory_equal(whole, lower, sizeof whole);
}

static void test_refused(void **state)
{
    (void)state;
    double negative[] = {1, 2, 2, 1}, zero[] = {0}, nan[] = {1, 0, (double)NAN, 1}, infinite[] = {(double)INFINITY};
    assert_false(cholesky_inverse(negative, 2));
    assert_false(cholesky_inverse(zero, 1));
    assert_false(cholesky_inverse(nan, 2));
    assert_false(cholesky_inverse(infinite, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inverse),
        cmocka_unit_test(test_lower_alone),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
