/* rows.c: what is no matrix of finite numbers, with its place; gathering, and the scaling of extreme rows. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "cmocka_all.h"
#include "io_support.h"
#include "rows.h"

static void expect_refused(cludi_matrix X, int64_t least, cludi_status wanted, const char *words)
{
    cludi_error error = {0};
    io_expect_error(&error, rows_check(&X, least, &error), wanted, words);
    assert_int_equal(rows_check(&X, least, NULL), wanted);
}

static void test_shapes(void **state)
{
    (void)state;
    const float data[12] = {0};
    const cludi_matrix X = {data, 3, 4, 4};
    cludi_error error;
    assert_int_equal(rows_check(&X, 3, &error), CLUDI_OK);
    io_expect_error(&error, rows_check(NULL, 1, &error), CLUDI_ERROR_ARGUMENT, "X is NULL");
    expect_refused((cludi_matrix){NULL, 3, 4, 4}, 1, CLUDI_ERROR_ARGUMENT, "X is NULL");
    expect_refused((cludi_matrix){data, 3, 0, 4}, 1, CLUDI_ERROR_ARGUMENT, "X has 0 columns and a stride of 4");
    expect_refused((cludi_matrix){data, 3, 4, 3}, 1, CLUDI_ERROR_ARGUMENT, "X has 4 columns and a stride of 3");
    expect_refused(X, 4, CLUDI_ERROR_ARGUMENT, "X has 3 rows; at least 4 are wanted");
    expect_refused((cludi_matrix){data, -7, 4, 4}, 1, CLUDI_ERROR_ARGUMENT, "X has -7 rows");
}

/* Every place in turn, in a matrix whose gaps hold NaN. */
static void test_every_place(void **state)
{
    (void)state;
    enum { ROWS = 5, COLS = 18, STRIDE = 20 };
    static const float BAD[] = {NAN, INFINITY, -INFINITY};
    float data[ROWS * STRIDE];
    for (int i = 0; i < ROWS * STRIDE; i++)
        data[i] = i % STRIDE < COLS ? (i % 2 ? FLT_MAX : -FLT_MAX) : NAN;
    const cludi_matrix X = {data, ROWS, COLS, STRIDE};
    assert_int_equal(rows_check(&X, 1, NULL), CLUDI_OK);
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLS; j++)
            for (int b = 0; b < 3; b++) {
                char words[100];
                const float kept = data[i * STRIDE + j];
                data[i * STRIDE + j] = BAD[b];
                snprintf(words, sizeof words, "%s in row %d, column %d (counted from 0)", b ? "" : "X has NaN", i, j);
                expect_refused(X, 1, CLUDI_ERROR_DATA, words);
                data[i * STRIDE + j] = kept;
            }
    assert_int_equal(rows_check(&X, 1, NULL), CLUDI_OK);
}

static void test_most_columns(void **state)
{
    (void)state;
    const float number = 0;
    expect_refused((cludi_matrix){&number, 1, (1 << 26) + 1, (1 << 26) + 1}, 1, CLUDI_ERROR_ARGUMENT,
                   "columns; at most");
}

static void test_is_zero(void **state)
{
    (void)state;
    const float data[4][3] = {{0, 0, 9}, {0, -0.0F, 9}, {0, 1e-45F, 0}, {1, 0, 0}};
    const cludi_matrix X = {data[0], 4, 2, 3};
    assert_true(rows_is_zero(&X, 0) && rows_is_zero(&X, 1));
    assert_false(rows_is_zero(&X, 2) || rows_is_zero(&X, 3));
}

static void test_gather(void **state)
{
    (void)state;
    const float data[2 * 5] = {9, 9, 9, 9, 9, 1, -2, 3.5F, 0, 9};
    float out[5] = {7, 7, 7, 7, 7};
    rows_gather(out, &(cludi_matrix){data, 2, 4, 5}, 1);
    assert_memory_equal(out, data + 5, 4 * sizeof *out);
    assert_true(out[4] == 7);
}

/* Rows whose squares would overflow or vanish come out scaled by a power of two; all others, zeros too, as they are. */
static void test_extreme_rows(void **state)
{
    static const float SCALES[] = {1e-44F, 1e-38F, 1e-20F, 1e-13F, 1e-11F, 1, 1e11F, 1e13F, 1e30F, 8e37F};
    (void)state;
    for (int s = 0; s < 10; s++) {
        const float data[4] = {3 * SCALES[s], -4 * SCALES[s], 0, SCALES[s] / 2};
        float out[4], norm = 0;
        rows_gather(out, &(cludi_matrix){data, 1, 4, 4}, 0);
        for (int j = 0; j < 4; j++)
            norm += out[j] * out[j];
        assert_true(norm > 1e-23F && norm < 1e25F);
        const double factor = (double)out[1] / (double)data[1];
        int exponent;
        assert_true(frexp(factor, &exponent) == 0.5);
        for (int j = 0; j < 4; j++)
            assert_true((double)out[j] == factor * (double)data[j]);
        if (SCALES[s] > 1e-12F && SCALES[s] < 1e12F)
            assert_true(factor == 1);
    }
    const float zeros[3] = {0, -0.0F, 0};
    float out[3] = {1, 1, 1};
    rows_gather(out, &(cludi_matrix){zeros, 1, 3, 3}, 0);
    assert_true(out[0] == 0 && out[1] == 0 && out[2] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),  cmocka_unit_test(test_every_place), cmocka_unit_test(test_most_columns),
        cmocka_unit_test(test_is_zero), cmocka_unit_test(test_gather),      cmocka_unit_test(test_extreme_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
