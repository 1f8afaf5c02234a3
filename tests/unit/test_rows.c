/* rows.c: what is no matrix or source of finite numbers, with its place; one pass over a source; the scaling of extreme
   rows. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "cmocka_all.h"
#include "counting_allocator.h"
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
    assert_true(rows_is_zero(data[0], 2) && rows_is_zero(data[1], 2));
    assert_false(rows_is_zero(data[2], 2) || rows_is_zero(data[3], 2));
}

static void test_unit(void **state)
{
    (void)state;
    float data[3][19] = {{0, 3, 0, -4, 9}, {0, -0.0F, 0}, {0}};
    double norm = 0;
    assert_true(rows_unit(data[0], 4));
    assert_true(data[0][1] == 0.6F && data[0][3] == -0.8F && data[0][4] == 9);
    assert_false(rows_unit(data[1], 3));
    for (int j = 0; j < 19; j++)
        data[2][j] = 1e15F * (float)(j - 3);
    assert_true(rows_unit(data[2], 19));
    for (int j = 0; j < 19; j++)
        norm += (double)data[2][j] * (double)data[2][j];
    assert_true(fabs(norm - 1) < 1e-6);
}

/* Rows whose squares would overflow or vanish come out scaled by a power of two; all others, zeros too, as they are. */
static void test_extreme_rows(void **state)
{
    static const float SCALES[] = {1e-44F, 1e-38F, 1e-20F, 1e-13F, 1e-11F, 1, 1e11F, 1e13F, 1e30F, 8e37F};
    (void)state;
    for (int s = 0; s < 10; s++) {
        const float data[4] = {3 * SCALES[s], -4 * SCALES[s], 0, SCALES[s] / 2};
        float out[4], norm = 0;
        memcpy(out, data, sizeof out);
        rows_scale(out, 4);
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
    float zeros[3] = {0, -0.0F, 0};
    rows_scale(zeros, 3);
    assert_true(zeros[0] == 0 && zeros[1] == 0 && zeros[2] == 0);
}

/* A source whose number (i, j) is i + j / 4, with one that may be NaN, and which may fail. */
typedef struct made_rows {
    int64_t cols, next, nan_row, fail_row;
    int reads;
    cludi_status status;
    const char *sentence;
} made_rows;

static cludi_status make_rows(void *user, int64_t first, int64_t count, float *out, cludi_error *error)
{
    made_rows *made = user;
    assert_non_null(error);
    assert_true(count >= 1);
    made->reads++;
    for (int64_t i = first; i < first + count; i++) {
        if (i == made->fail_row) {
            snprintf(error->message, sizeof error->message, "%s", made->sentence);
            return made->status;
        }
        for (int64_t j = 0; j < made->cols; j++)
            out[(i - first) * made->cols + j] = i == made->nan_row && j == 1 ? NAN : (float)i + (float)j / 4;
    }
    return CLUDI_OK;
}

static void visit(void *user, int64_t row, const float *numbers)
{
    made_rows *made = user;
    assert_int_equal(row, made->next++);
    for (int64_t j = 0; j < made->cols; j++)
        assert_true(numbers[j] == (float)row + (float)j / 4);
}

static const made_rows SOUND = {.nan_row = -1, .fail_row = -1};

static cludi_status visit_all(made_rows *made, int64_t rows, int64_t cols, cludi_error *error)
{
    counting_allocator counter = {0};
    const cludi_allocator allocator = counting_allocator_table(&counter);
    made->cols = cols;
    made->next = 0;
    const cludi_status status =
        rows_visit(&(cludi_source){rows, cols, make_rows, made, 1, NULL}, &allocator, visit, made, error);
    assert_int_equal(counter.live, 0);
    return status;
}

/* Once each and in order, in blocks of at most 2^18 numbers, or of one row. */
static void test_visit(void **state)
{
    static const struct {
        int64_t rows, cols;
        int reads;
    } CASES[] = {{1, 1, 1}, {7, 3, 1}, {4, 1 << 16, 1}, {5, 1 << 16, 2}, {9, 1 << 17, 5}, {3, (1 << 18) + 1, 3}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        made_rows made = SOUND;
        assert_int_equal(visit_all(&made, CASES[i].rows, CASES[i].cols, NULL), CLUDI_OK);
        assert_int_equal(made.next, CASES[i].rows);
        assert_int_equal(made.reads, CASES[i].reads);
    }
}

static void test_visit_fails(void **state)
{
    (void)state;
    cludi_error error = {0};
    made_rows made = SOUND;
    made.nan_row = 7; /* in the second block */
    io_expect_error(&error, visit_all(&made, 9, 1 << 16, &error), CLUDI_ERROR_DATA, "X has NaN in row 7, column 1 ");
    assert_int_equal(made.next, 7);
    made = SOUND;
    made.fail_row = 5;
    made.status = CLUDI_ERROR_FILE;
    made.sentence = "The tape tore.";
    io_expect_error(&error, visit_all(&made, 9, 1 << 16, &error), CLUDI_ERROR_FILE, "The tape tore.");
    assert_int_equal(made.next, 4);
    assert_int_equal(visit_all(&made, 9, 1 << 16, NULL), CLUDI_ERROR_FILE);
    made.sentence = "";
    io_expect_error(&error, visit_all(&made, 9, 1 << 16, &error), CLUDI_ERROR_FILE,
                    "The source of X could not read rows 4 to 7 (counted from 0).");
    counting_allocator none = {.fail_at = 1};
    const cludi_allocator allocator = counting_allocator_table(&none);
    io_expect_error(&error,
                    rows_visit(&(cludi_source){1, 1, make_rows, &made, 0, NULL}, &allocator, NULL, NULL, &error),
                    CLUDI_ERROR_MEMORY, "not enough memory for a block of rows");
}

static void test_matrix_as_source(void **state)
{
    (void)state;
    const float data[3 * 4] = {1, 2, 9, 9, 3, 4, 9, 9, 5, 6, 9, 9};
    const cludi_matrix X = {data, 3, 2, 4};
    const cludi_source rows = rows_of_matrix(&X);
    float out[5] = {7, 7, 7, 7, 7};
    assert_true(rows.rows == 3 && rows.cols == 2 && rows.sequential == 0);
    assert_int_equal(rows_read(&rows, 1, 2, out, NULL), CLUDI_OK);
    assert_memory_equal(out, ((float[]){3, 4, 5, 6, 7}), sizeof out);
}

static void test_source_shapes(void **state)
{
    (void)state;
    cludi_error error;
    const cludi_source good = {3, 4, make_rows, NULL, 0, NULL};
    cludi_source X = good;
    assert_int_equal(rows_check_source(&X, 3, &error), CLUDI_OK);
    io_expect_error(&error, rows_check_source(NULL, 1, &error), CLUDI_ERROR_ARGUMENT, "X is NULL; a source");
    io_expect_error(&error, rows_check_source(&X, 4, &error), CLUDI_ERROR_ARGUMENT, "X has 3 rows; at least 4");
    X.read = NULL;
    io_expect_error(&error, rows_check_source(&X, 1, &error), CLUDI_ERROR_ARGUMENT, "X->read is NULL;");
    X = good;
    X.cols = 0;
    io_expect_error(&error, rows_check_source(&X, 1, &error), CLUDI_ERROR_ARGUMENT, "X has 0 columns;");
    X.cols = (1 << 26) + 1;
    io_expect_error(&error, rows_check_source(&X, 1, &error), CLUDI_ERROR_ARGUMENT, "columns; at most");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_every_place),
        cmocka_unit_test(test_most_columns),
        cmocka_unit_test(test_is_zero),
        cmocka_unit_test(test_unit),
        cmocka_unit_test(test_extreme_rows),
        cmocka_unit_test(test_visit),
        cmocka_unit_test(test_visit_fails),
        cmocka_unit_test(test_matrix_as_source),
        cmocka_unit_test(test_source_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
