/* silhouette.c: values by hand and by formula, samples, one thread against several, and what it refuses. */
#include <math.h>
#include <stdlib.h>

#include <cludi/cludi.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "expect_error.h"
#include "rng.h"

enum { ROWS = 700, COLS = 13, CLUSTERS = 5 };

static cludi_context *context;
static float numbers[ROWS * (COLS + 3)];
static int32_t labels[ROWS];
static const cludi_matrix X = {numbers, ROWS, COLS, COLS + 3};

static int setup(void **state)
{
    rng_normal((rng_stream){3, RNG_INIT, 0}, 0, numbers, ROWS * (COLS + 3));
    for (int i = 0; i < ROWS; i++)
        labels[i] = i * i % CLUSTERS * 1000 - 7;
    context = blobs_context("ref", 3, 1);
    (void)state;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    cludi_context_free(context);
    return 0;
}

static double silhouette_of(cludi_context *in, const cludi_matrix *rows, const int32_t *of, int64_t sample)
{
    cludi_error error;
    double mean = NAN;
    if (cludi_silhouette(in, rows, of, sample, &mean, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    return mean;
}

/* Rousseeuw's definition, row by row. */
static double naive(void)
{
    double total = 0;
    for (int i = 0; i < ROWS; i++) {
        double sum[CLUSTERS] = {0}, count[CLUSTERS] = {0}, b = INFINITY;
        int own = (labels[i] + 7) / 1000;
        for (int j = 0; j < ROWS; j++) {
            double square = 0;
            for (int k = 0; k < COLS; k++)
                square += pow((double)numbers[i * (COLS + 3) + k] - (double)numbers[j * (COLS + 3) + k], 2);
            sum[(labels[j] + 7) / 1000] += sqrt(square);
            count[(labels[j] + 7) / 1000]++;
        }
        for (int k = 0; k < CLUSTERS; k++)
            b = k == own || count[k] <= 0 ? b : fmin(b, sum[k] / count[k]);
        double a = sum[own] / (count[own] - 1);
        total += (b - a) / fmax(a, b);
    }
    return total / ROWS;
}

static void test_formula(void **state)
{
    (void)state;
    assert_float_equal(silhouette_of(context, &X, labels, 0), naive(), 1e-14);
}

static void test_by_hand(void **state)
{
    static const float line[] = {0, 1, 10, 12, 100};
    static const int32_t of[] = {-5, -5, 8, 8, 3};
    static const float same[] = {2, 2, 2, 2, 2};
    /* (11 - 1) / 11, (10 - 1) / 10, (9.5 - 2) / 9.5, (11.5 - 2) / 11.5, alone */
    const double wanted = (10 / 11.0 + 9 / 10.0 + 7.5 / 9.5 + 9.5 / 11.5 + 0) / 5;
    (void)state;
    assert_float_equal(silhouette_of(context, &(cludi_matrix){line, 5, 1, 1}, of, 0), wanted, 1e-15);
    assert_float_equal(silhouette_of(context, &(cludi_matrix){same, 5, 1, 1}, of, 0), 0, 0);
}

/* Where expanded products have lost everything. */
static void test_far_from_zero(void **state)
{
    static const float line[] = {1e6F, 1e6F + 1, 1e6F + 10, 1e6F + 12, 3e38F, -3e38F};
    static const int32_t of[] = {0, 0, 1, 1, 2, 3};
    const double wanted = (10 / 11.0 + 9 / 10.0 + 7.5 / 9.5 + 9.5 / 11.5) / 4;
    (void)state;
    assert_float_equal(silhouette_of(context, &(cludi_matrix){line, 4, 1, 1}, of, 0), wanted, 1e-15);
    assert_float_equal(silhouette_of(context, &(cludi_matrix){line, 6, 1, 1}, of, 0), wanted * 4 / 6, 1e-15);
}

static void test_sample(void **state)
{
    cludi_context *other = blobs_context("ref", 1, 2);
    const double all = silhouette_of(context, &X, labels, 0), some = silhouette_of(context, &X, labels, 300);
    (void)state;
    assert_true(silhouette_of(context, &X, labels, ROWS) == all &&
                silhouette_of(context, &X, labels, INT64_MAX) == all);
    assert_true(some != all && fabs(some - all) < 0.05);
    assert_true(silhouette_of(context, &X, labels, 300) == some);
    assert_true(silhouette_of(other, &X, labels, 300) != some);
    cludi_context_free(other);
}

static void test_threads(void **state)
{
    cludi_context *one = blobs_context("ref", 1, 1);
    (void)state;
    assert_true(silhouette_of(one, &X, labels, 0) == silhouette_of(context, &X, labels, 0));
    cludi_context_free(one);
}

static void test_refused(void **state)
{
    static const int32_t equal[ROWS];
    static float bad[ROWS * (COLS + 3)];
    const cludi_matrix spoilt = {bad, ROWS, COLS, COLS + 3};
    double mean = 7;
    (void)state;
    bad[5 * (COLS + 3) + 2] = NAN;
    EXPECT_ARGUMENT("context is NULL.", cludi_silhouette, NULL, &X, labels, 0, &mean);
    EXPECT_ARGUMENT("X is NULL; ", cludi_silhouette, context, NULL, labels, 0, &mean);
    EXPECT_ARGUMENT("labels is NULL.", cludi_silhouette, context, &X, NULL, 0, &mean);
    EXPECT_ARGUMENT("silhouette is NULL.", cludi_silhouette, context, &X, labels, 0, NULL);
    EXPECT_ARGUMENT("sample is -1; ", cludi_silhouette, context, &X, labels, -1, &mean);
    EXPECT_ARGUMENT("The 700 rows looked at are all in one cluster; ", cludi_silhouette, context, &X, equal, 0, &mean);
    EXPECT_ARGUMENT("The 1 rows looked at are all in one cluster; ", cludi_silhouette, context, &X, labels, 1, &mean);
    EXPECT(CLUDI_ERROR_DATA, "row 5", cludi_silhouette, context, &spoilt, labels, 0, &mean);
    assert_true(mean == 7);
}

static int stop_now(void *user)
{
    ++*(int *)user;
    return 1;
}

static void test_stops(void **state)
{
    int asked = 0;
    double mean = 7;
    cludi_context *stopped;
    cludi_context_options options;
    (void)state;
    cludi_context_options_init(&options);
    options.stop = stop_now;
    options.stop_user = &asked;
    assert_int_equal(cludi_context_new(&options, &stopped, NULL), CLUDI_OK);
    assert_int_equal(cludi_silhouette(stopped, &X, labels, 0, &mean, NULL), CLUDI_STOPPED);
    assert_true(mean == 7 && asked > 0);
    cludi_context_free(stopped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formula), cmocka_unit_test(test_by_hand), cmocka_unit_test(test_far_from_zero),
        cmocka_unit_test(test_sample),  cmocka_unit_test(test_threads), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_stops),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
