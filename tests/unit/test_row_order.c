/* row_order.c: every row once an epoch, another order each epoch and for each seed, evenly shuffled, and the same
   whatever order the rows are stored in. */
#include <math.h>
#include <string.h>

#include "cmocka_all.h"
#include "counting_allocator.h"
#include "rng.h"
#include "row_order.h"
#include "rows.h"

enum { ROWS = 61, COLS = 3, EPOCHS = 5 };

static float data[ROWS * COLS];

static void fill_data(void)
{
    for (int i = 0; i < ROWS; i++)
        rng_normal((rng_stream){8, 8, 8}, (uint64_t)i, data + i * COLS, COLS);
}

/* Numbers of the rows that come first. */
static void draw(int64_t *order, const cludi_matrix *X, uint64_t seed, int count)
{
    counting_allocator counter = {0};
    const cludi_allocator allocator = counting_allocator_table(&counter);
    row_order rows;
    const cludi_source source = rows_of_matrix(X);
    assert_int_equal(row_order_init(&rows, &allocator, &source, seed, NULL), CLUDI_OK);
    const int64_t calls = counter.calls;
    for (int i = 0; i < count; i++)
        order[i] = rows.canonical[row_order_next(&rows)];
    assert_int_equal(counter.calls, calls); /* drawing allocates nothing */
    row_order_clear(&rows);
    assert_int_equal(counter.live, 0);
}

static void test_epochs(void **state)
{
    (void)state;
    int64_t order[EPOCHS * ROWS];
    fill_data();
    draw(order, &(cludi_matrix){data, ROWS, COLS, COLS}, 1, EPOCHS * ROWS);
    for (int e = 0; e < EPOCHS; e++) {
        int seen[ROWS] = {0};
        for (int i = 0; i < ROWS; i++)
            seen[order[e * ROWS + i]]++;
        for (int i = 0; i < ROWS; i++)
            assert_int_equal(seen[i], 1);
        for (int other = 0; other < e; other++) {
            int same = 0;
            for (int i = 0; i < ROWS; i++)
                same += order[e * ROWS + i] == order[other * ROWS + i];
            assert_true(same < 8); /* one on average */
        }
    }
}

static void test_seeds(void **state)
{
    (void)state;
    int64_t a[ROWS], b[ROWS], again[ROWS];
    const cludi_matrix X = {data, ROWS, COLS, COLS};
    fill_data();
    draw(a, &X, 1, ROWS);
    draw(b, &X, 2, ROWS);
    draw(again, &X, 1, ROWS);
    assert_memory_equal(a, again, sizeof a);
    assert_memory_not_equal(a, b, sizeof a);
}

/* Stored in another order and with a stride, the same rows come out in the same places. */
static void test_storage_order(void **state)
{
    (void)state;
    enum { STRIDE = COLS + 2 };
    static float other[ROWS * STRIDE];
    int64_t a[2 * ROWS], b[2 * ROWS];
    fill_data();
    for (int i = 0; i < ROWS; i++)
        memcpy(other + i * STRIDE, data + (i * 17 + 5) % ROWS * COLS, COLS * sizeof *other);
    draw(a, &(cludi_matrix){data, ROWS, COLS, COLS}, 3, 2 * ROWS);
    draw(b, &(cludi_matrix){other, ROWS, COLS, STRIDE}, 3, 2 * ROWS);
    for (int i = 0; i < 2 * ROWS; i++)
        assert_int_equal(a[i], (b[i] * 17 + 5) % ROWS);
}

/* Epochs over the first places alone, and over all again; a change begins a new one at once. */
static void test_reach(void **state)
{
    (void)state;
    enum { FEW = 9 };
    static const int64_t REACH[] = {FEW, FEW, ROWS, FEW};
    const cludi_allocator allocator = alloc_system();
    row_order rows;
    fill_data();
    const cludi_matrix X = {data, ROWS, COLS, COLS};
    const cludi_source source = rows_of_matrix(&X);
    assert_int_equal(row_order_init(&rows, &allocator, &source, 1, NULL), CLUDI_OK);
    for (int i = 0; i < 5; i++)
        (void)row_order_next(&rows);
    for (int e = 0; e < 4; e++) {
        int seen[ROWS] = {0};
        row_order_reach(&rows, REACH[e]);
        for (int64_t i = 0; i < REACH[e]; i++) {
            row_order_reach(&rows, REACH[e]); /* no change */
            const int64_t place = row_order_next(&rows);
            assert_in_range(place, 0, REACH[e] - 1);
            assert_int_equal(seen[place]++, 0);
        }
        if (e > 0)
            (void)row_order_next(&rows); /* of an epoch that is not finished */
    }
    row_order_clear(&rows);
}

/* Each row stands at each place equally often: chi-squared over 4000 seeds, 5 standard deviations. */
static void test_evenly_shuffled(void **state)
{
    (void)state;
    enum { FEW = 7, SEEDS = 4000 };
    int64_t counts[FEW][FEW] = {{0}}, order[FEW];
    double chi = 0;
    fill_data();
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        draw(order, &(cludi_matrix){data, FEW, COLS, COLS}, seed, FEW);
        for (int i = 0; i < FEW; i++)
            counts[i][order[i]]++;
    }
    for (int i = 0; i < FEW; i++)
        for (int j = 0; j < FEW; j++)
            chi += pow((double)counts[i][j] - (double)SEEDS / FEW, 2) / ((double)SEEDS / FEW);
    assert_true(chi < 36 + 5 * sqrt(2 * 36));
}

static void test_few_rows(void **state)
{
    (void)state;
    int64_t order[6];
    fill_data();
    draw(order, &(cludi_matrix){data, 1, COLS, COLS}, 1, 6);
    for (int i = 0; i < 6; i++)
        assert_int_equal(order[i], 0);
    draw(order, &(cludi_matrix){data, 2, COLS, COLS}, 1, 6);
    for (int i = 0; i < 6; i += 2)
        assert_int_equal(order[i] + order[i + 1], 1);
}

static void test_no_memory(void **state)
{
    (void)state;
    fill_data();
    const cludi_matrix X = {data, ROWS, COLS, COLS};
    const cludi_source source = rows_of_matrix(&X);
    for (int64_t n = 1; n <= 4; n++) {
        counting_allocator counter = {.fail_at = n};
        const cludi_allocator allocator = counting_allocator_table(&counter);
        row_order rows;
        assert_int_equal(row_order_init(&rows, &allocator, &source, 1, NULL), CLUDI_ERROR_MEMORY);
        row_order_clear(&rows);
        assert_int_equal(counter.live, 0);
    }
    row_order empty = {0};
    row_order_clear(&empty);
}

/* The one pass also counts the rows of zeros and finds what is not finite. */
static void test_survey(void **state)
{
    (void)state;
    float own[5][2] = {{0, 0}, {1, 0}, {0, -0.0F}, {0, 2}, {0, 0}};
    const cludi_matrix X = {own[0], 5, 2, 2};
    const cludi_source source = rows_of_matrix(&X);
    counting_allocator counter = {0};
    const cludi_allocator allocator = counting_allocator_table(&counter);
    row_order rows;
    cludi_error error;
    assert_int_equal(row_order_init(&rows, &allocator, &source, 1, NULL), CLUDI_OK);
    assert_int_equal(rows.zeros, 3);
    row_order_clear(&rows);
    own[3][1] = INFINITY;
    assert_int_equal(row_order_init(&rows, &allocator, &source, 1, &error), CLUDI_ERROR_DATA);
    assert_non_null(strstr(error.message, "X has an infinity in row 3, column 1 "));
    row_order_clear(&rows);
    assert_int_equal(counter.live, 0);
}

/* The digest is that of a multiset; a restored order goes on as the one it was. */
static void test_digest_and_restore(void **state)
{
    (void)state;
    counting_allocator counter = {0};
    const cludi_allocator allocator = counting_allocator_table(&counter);
    float turned[ROWS * COLS];
    row_order orders[3];
    fill_data();
    for (int i = 0; i < ROWS; i++)
        memcpy(turned + i * COLS, data + (i * 17 + 5) % ROWS * COLS, COLS * sizeof *data);
    const cludi_matrix X = {data, ROWS, COLS, COLS}, Y = {turned, ROWS, COLS, COLS},
                       less = {data, ROWS - 1, COLS, COLS};
    const cludi_matrix *const matrices[] = {&X, &Y, &less};
    for (int i = 0; i < 3; i++) {
        const cludi_source source = rows_of_matrix(matrices[i]);
        assert_int_equal(row_order_init(&orders[i], &allocator, &source, 3, NULL), CLUDI_OK);
    }
    assert_true(orders[0].digest == orders[1].digest && orders[0].digest != orders[2].digest);
    row_order_restore(&orders[1], orders[0].epoch, orders[0].reach, orders[0].next); /* before the first shuffle */
    for (int i = 0; i < 2 * ROWS + 9; i++)
        assert_int_equal(row_order_next(&orders[0]), row_order_next(&orders[1]));
    row_order_reach(&orders[0], 20);
    for (int i = 0; i < 27; i++)
        (void)row_order_next(&orders[0]);
    row_order_restore(&orders[1], orders[0].epoch, orders[0].reach, orders[0].next);
    for (int i = 0; i < 50; i++)
        assert_int_equal(row_order_next(&orders[0]), row_order_next(&orders[1]));
    for (int i = 0; i < 3; i++)
        row_order_clear(&orders[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digest_and_restore),
        cmocka_unit_test(test_epochs),
        cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_storage_order),
        cmocka_unit_test(test_evenly_shuffled),
        cmocka_unit_test(test_few_rows),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_survey),
        cmocka_unit_test(test_reach),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
