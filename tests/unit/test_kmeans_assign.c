/* kmeans_assign.c, on every backend, against distances in double: rows among others and alone, ties. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "kmeans_support.h"
#include "rows.h"
#include "tensor_support.h"

/* Labels and distances in double; the same for rows that come alone. */
static void test_assign(void **state)
{
    (void)state;
    const problem p = {311, 19, 40, 1, 3, 1};
    float *data = make_rows(&p);
    const cludi_matrix X = {data, p.M, p.n, p.n}, centroids = {data + 7, p.K, p.n, p.n + 1};
    float *first = calloc((size_t)(p.K * p.n), sizeof *first);
    assert_non_null(first);
    for (int64_t k = 0; k < p.K; k++)
        memcpy(first + k * p.n, centroids.data + k * centroids.stride, (size_t)p.n * sizeof *first);
    naive w = naive_run(&X, first, p.K, 0);
    for (int b = 0; b < BACKEND_COUNT; b++) {
        int32_t labels[311], label;
        double squared[311], alone;
        backend be;
        open_backend(&be, KMEANS_BACKENDS[b], 2);
        const cludi_source source = rows_of_matrix(&X);
        assert_int_equal(kmeans_assign(&be, &centroids, &source, labels, squared, NULL), CLUDI_OK);
        assert_memory_equal(labels, w.labels, sizeof labels);
        for (int64_t i = 0; i < p.M; i++) {
            const cludi_matrix row = {data + i * p.n, 1, p.n, p.n};
            const cludi_source one = rows_of_matrix(&row);
            assert_true(fabs(squared[i] - w.squared[i]) <= 1e-12 * w.squared[i]);
            assert_int_equal(kmeans_assign(&be, &centroids, &one, &label, &alone, NULL), CLUDI_OK);
            assert_int_equal(label, labels[i]);
            assert_true(alone == squared[i]);
        }
        assert_int_equal(kmeans_assign(&be, &centroids, &source, labels, NULL, NULL), CLUDI_OK);
        backend_close(&be);
    }
    naive_free(&w);
    free(first);
    free(data);
}

/* Softmax of -|x - c|^2 / (2 variance) in double; scores are in float32 and are divided by the variance. */
static void test_probabilities(void **state)
{
    (void)state;
    const problem p = {311, 19, 8, 1, 3, 1};
    const double VARIANCES[] = {100, 1, 0.5};
    float *data = make_rows(&p);
    const cludi_matrix X = {data, p.M, p.n, p.n}, centroids = {data + 7, p.K, p.n, p.n + 1};
    const cludi_source source = rows_of_matrix(&X);
    for (int i = 0; i < 3 * BACKEND_COUNT; i++) {
        static float found[311 * 8], alone[8];
        static double squared[8];
        const kmeans_answers out = {.probabilities = found, .variance = VARIANCES[i / BACKEND_COUNT]};
        backend be;
        open_backend(&be, KMEANS_BACKENDS[i % BACKEND_COUNT], 2);
        assert_int_equal(kmeans_answer(&be, &centroids, &source, &out, NULL), CLUDI_OK);
        for (int64_t r = 0; r < p.M; r++) {
            double sum = 0, least = INFINITY;
            for (int k = 0; k < p.K; k++) {
                squared[k] = 0;
                for (int64_t j = 0; j < p.n; j++)
                    squared[k] += pow((double)data[r * p.n + j] - (double)centroids.data[k * centroids.stride + j], 2);
                least = fmin(least, squared[k]);
            }
            for (int k = 0; k < p.K; k++)
                sum += exp((least - squared[k]) / 2 / out.variance);
            for (int k = 0; k < p.K; k++) {
                const double wanted = exp((least - squared[k]) / 2 / out.variance) / sum;
                assert_true(fabs((double)found[r * p.K + k] - wanted) < 1e-5 / out.variance);
            }
            const cludi_matrix row = {data + r * p.n, 1, p.n, p.n};
            const cludi_source one = rows_of_matrix(&row);
            const kmeans_answers own = {.probabilities = alone, .variance = out.variance};
            assert_int_equal(kmeans_answer(&be, &centroids, &one, &own, NULL), CLUDI_OK);
            assert_memory_equal(alone, found + r * p.K, sizeof alone);
        }
        backend_close(&be);
    }
    free(data);
}

/* The lowest k of equal ones, among few and among many. */
static void test_ties(void **state)
{
    (void)state;
    float centroids[60][2];
    const float rows[3][2] = {{5, 5}, {-1, -1}, {0, 0}};
    for (int32_t K = 6; K <= 60; K += 54)
        for (int b = 0; b < BACKEND_COUNT; b++) {
            int32_t labels[3];
            backend be;
            for (int k = 0; k < K; k++)
                centroids[k][0] = centroids[k][1] = (float)(k % 3 - 1);
            const cludi_matrix X = {rows[0], 3, 2, 2}, C = {centroids[0], K, 2, 2};
            const cludi_source source = rows_of_matrix(&X);
            open_backend(&be, KMEANS_BACKENDS[b], 1);
            assert_int_equal(kmeans_assign(&be, &C, &source, labels, NULL, NULL), CLUDI_OK);
            assert_true(labels[0] == 2 && labels[1] == 0 && labels[2] == 1);
            backend_close(&be);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_assign),
        cmocka_unit_test(test_probabilities),
        cmocka_unit_test(test_ties),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
