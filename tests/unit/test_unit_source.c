/* unit_source.c, on every backend: rows of norm 1 against double, bit for bit those of the trainer's operation, in the
   order asked for, whatever the size of the blocks they are read in; errors of the source; memory. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "counting_allocator.h"
#include "expect_error.h"
#include "rng.h"
#include "rows.h"
#include "tensor_support.h"
#include "unit_source.h"

enum { ROWS = 700, COLS = 900 }; /* three blocks of 2^18 numbers */

static float data[ROWS * COLS], units_of[ROWS * COLS], moved[ROWS * COLS];

/* Rows of many sizes; some so large or small that their squares are not in float32; one of zeros. */
static cludi_source fill_data(cludi_matrix *X)
{
    static const float SIZES[] = {1, 1e-30F, 1e30F, 3, 1e-3F};
    for (int i = 0; i < ROWS; i++) {
        rng_normal((rng_stream){6, 6, 6}, (uint64_t)i, data + i * COLS, COLS);
        for (int j = 0; j < COLS; j++)
            data[i * COLS + j] *= i == 17 ? 0 : SIZES[i % 5];
    }
    *X = (cludi_matrix){data, ROWS, COLS, COLS};
    return rows_of_matrix(X);
}

static void read_all(backend *be, const cludi_source *X, const int64_t *order, float *out)
{
    unit_source units;
    assert_int_equal(unit_source_init(&units, be, X, order, NULL), CLUDI_OK);
    const cludi_source rows = unit_source_rows(&units);
    assert_true(rows.rows == ROWS && rows.cols == COLS && !rows.sequential);
    assert_int_equal(rows_read(&rows, 0, ROWS, out, NULL), CLUDI_OK);
    unit_source_clear(&units);
}

/* As load_batch() of trainer.c does it. */
static void expect_trainer_row(backend *be, int64_t row)
{
    float numbers[COLS];
    tensor x = {.rows = 1, .cols = COLS};
    memcpy(numbers, data + row * COLS, sizeof numbers);
    rows_scale(numbers, COLS);
    x.data = be->ops.allocate(be, backend_bytes(be, x));
    assert_non_null(x.data);
    be->ops.copy_in(be, x, HOST_F32, numbers);
    be->ops.unit_rows(be, x, x, 1);
    be->ops.copy_out(be, HOST_F32, numbers, x);
    be->ops.release(be, x.data);
    assert_memory_equal(numbers, units_of + row * COLS, sizeof numbers);
}

static void test_rows(void **state)
{
    (void)state;
    cludi_matrix X;
    const cludi_source source = fill_data(&X);
    for (int b = 0; float_backend(b); b++) {
        backend be;
        open_backend(&be, float_backend(b), 2);
        read_all(&be, &source, NULL, units_of);
        for (int i = 0; i < ROWS; i++) {
            double length = 0;
            for (int j = 0; j < COLS; j++)
                length += (double)data[i * COLS + j] * (double)data[i * COLS + j];
            length = i == 17 ? 1 : sqrt(length);
            for (int j = 0; j < COLS; j++)
                assert_true(fabs((double)units_of[i * COLS + j] - (double)data[i * COLS + j] / length) < 3e-7);
        }
        for (int64_t i = 0; i < ROWS; i += 13)
            expect_trainer_row(&be, i);
        backend_close(&be);
    }
}

static void test_order_and_blocks(void **state)
{
    (void)state;
    int64_t order[ROWS];
    cludi_matrix X;
    backend be;
    unit_source units;
    const cludi_source source = fill_data(&X);
    for (int64_t i = 0; i < ROWS; i++)
        order[i] = (i * 37 + 11) % ROWS;
    open_backend(&be, "ref", 2);
    read_all(&be, &source, NULL, units_of);
    read_all(&be, &source, order, moved);
    for (int64_t i = 0; i < ROWS; i++)
        assert_memory_equal(moved + i * COLS, units_of + order[i] * COLS, COLS * sizeof(float));
    assert_int_equal(unit_source_init(&units, &be, &source, order, NULL), CLUDI_OK);
    const cludi_source rows = unit_source_rows(&units);
    for (int64_t first = 0; first < ROWS; first += 299) { /* a block is 291 rows */
        const int64_t count = ROWS - first < 299 ? ROWS - first : 299;
        memset(units_of, 0, sizeof units_of);
        assert_int_equal(rows_read(&rows, first, count, units_of, NULL), CLUDI_OK);
        assert_memory_equal(units_of, moved + first * COLS, (size_t)(count * COLS) * sizeof(float));
    }
    unit_source_clear(&units);
    backend_close(&be);
}

static cludi_status refuse_row(void *user, int64_t first, int64_t count, float *out, cludi_error *error)
{
    (void)user;
    (void)error;
    memset(out, 0, (size_t)(count * COLS) * sizeof *out);
    return first <= 5 && first + count > 5 ? CLUDI_ERROR_FILE : CLUDI_OK;
}

/* The source's own row is named, not its place in the order. */
static void test_errors(void **state)
{
    (void)state;
    const cludi_source X = {.rows = 8, .cols = COLS, .read = refuse_row};
    const int64_t order[8] = {7, 6, 5, 4, 3, 2, 1, 0};
    float out[8 * COLS];
    backend be;
    unit_source units;
    counting_allocator counter = {.fail_at = 1};
    open_backend(&be, "ref", 1);
    assert_int_equal(unit_source_init(&units, &be, &X, order, NULL), CLUDI_OK);
    const cludi_source rows = unit_source_rows(&units);
    EXPECT(CLUDI_ERROR_FILE, "could not read rows 5 to 5 ", rows_read, &rows, 0, 8, out);
    assert_int_equal(rows_read(&rows, 3, 5, out, NULL), CLUDI_OK);
    unit_source_clear(&units);
    unit_source_clear(&units);
    const cludi_allocator kept = be.allocator;
    be.allocator = counting_allocator_table(&counter);
    assert_int_equal(unit_source_init(&units, &be, &X, NULL, NULL), CLUDI_ERROR_MEMORY);
    unit_source_clear(&units);
    assert_int_equal(counter.live, 0);
    be.allocator = kept;
    backend_close(&be);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_order_and_blocks),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
