/* contingency.c: the table of golden labelings, its limits, and every allocation failing once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "contingency.h"
#include "metrics_golden.h"

/* Lets `left` allocations succeed and counts the blocks in use. */
typedef struct budget {
    int left;
    int in_use;
} budget;

static void *allocate_within(void *user, size_t bytes)
{
    budget *limits = user;
    if (limits->left-- <= 0)
        return NULL;
    limits->in_use++;
    return malloc(bytes);
}

static void release_counted(void *user, void *block)
{
    ((budget *)user)->in_use--;
    free(block);
}

static void test_known_table(void **state)
{
    (void)state;
    const int32_t truth[] = {5, -2, 5, 9, -2, INT32_MIN, INT32_MAX};
    const int32_t predicted[] = {1, 0, 1, -1, -1, 0, -256};
    const int64_t counts[] = {0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 2, 0, 1, 0, 0, 1, 0, 0, 0};
    const int64_t class_sizes[] = {1, 2, 2, 1, 1}, cluster_sizes[] = {1, 2, 2, 2};
    cludi_allocator allocator = alloc_system();
    contingency table;
    assert_int_equal(contingency_init(&table, &allocator, truth, predicted, 7, NULL), CLUDI_OK);
    assert_int_equal(table.rows, 7);
    assert_int_equal(table.classes, 5);
    assert_int_equal(table.clusters, 4);
    assert_memory_equal(table.counts, counts, sizeof counts);
    assert_memory_equal(table.class_sizes, class_sizes, sizeof class_sizes);
    assert_memory_equal(table.cluster_sizes, cluster_sizes, sizeof cluster_sizes);
    contingency_clear(&table);
    assert_null(table.counts);
}

/* Rows of a golden case with the labels of row i, counted without sorting anything. */
static int64_t count_like(const metrics_case *c, int64_t i, const int32_t *labels)
{
    int64_t same = 0;
    for (int64_t k = 0; k < c->rows; k++)
        same += labels[k] == labels[i];
    return same;
}

static void check_golden(const metrics_case *c)
{
    cludi_allocator allocator = alloc_system();
    contingency table;
    int64_t total = 0, squares = 0, class_squares = 0, cluster_squares = 0, expected = 0, expected_classes = 0;
    assert_int_equal(contingency_init(&table, &allocator, c->truth, c->predicted, c->rows, NULL), CLUDI_OK);
    assert_int_equal(table.classes, c->classes);
    assert_int_equal(table.clusters, c->clusters);
    for (int64_t cell = 0; cell < table.classes * table.clusters; cell++) {
        total += table.counts[cell];
        squares += table.counts[cell] * table.counts[cell];
    }
    for (int64_t i = 0; i < table.classes; i++)
        class_squares += table.class_sizes[i] * table.class_sizes[i];
    for (int64_t j = 0; j < table.clusters; j++)
        cluster_squares += table.cluster_sizes[j] * table.cluster_sizes[j];
    for (int64_t i = 0; i < c->rows; i++) {
        expected_classes += count_like(c, i, c->truth);
        expected += count_like(c, i, c->predicted);
        for (int64_t k = 0; k < c->rows; k++)
            squares -= c->truth[k] == c->truth[i] && c->predicted[k] == c->predicted[i];
    }
    assert_int_equal(total, c->rows);
    assert_int_equal(squares, 0);
    assert_int_equal(class_squares, expected_classes);
    assert_int_equal(cluster_squares, expected);
    contingency_clear(&table);
}

static void test_golden(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof metrics_cases / sizeof *metrics_cases; k++)
        check_golden(&metrics_cases[k]);
}

static bool is_same(const int32_t *truth, const int32_t *predicted, int64_t rows)
{
    cludi_allocator allocator = alloc_system();
    contingency table;
    assert_int_equal(contingency_init(&table, &allocator, truth, predicted, rows, NULL), CLUDI_OK);
    bool same = contingency_is_same_partition(&table);
    contingency_clear(&table);
    return same;
}

static void test_same_partition(void **state)
{
    (void)state;
    const int32_t a[] = {0, 0, 1, 2}, renamed[] = {7, 7, -7, 0}, merged[] = {1, 1, 1, 2}, other[] = {0, 1, 1, 2};
    assert_true(is_same(a, a, 4));
    assert_true(is_same(a, renamed, 4));
    assert_true(is_same(a, renamed, 1));
    assert_false(is_same(a, merged, 4));
    assert_false(is_same(merged, a, 4));
    assert_false(is_same(a, other, 4));
}

static void test_too_many_cells(void **state)
{
    (void)state;
    enum { ROWS = 8193 }; /* ROWS * ROWS is just over CONTINGENCY_CELLS_MAX */
    cludi_allocator allocator = alloc_system();
    cludi_error error = {0};
    contingency table;
    int32_t *labels = malloc(ROWS * sizeof *labels);
    assert_non_null(labels);
    for (int32_t i = 0; i < ROWS; i++)
        labels[i] = -i;
    assert_int_equal(contingency_init(&table, &allocator, labels, labels, ROWS, &error), CLUDI_ERROR_ARGUMENT);
    assert_int_equal(error.status, CLUDI_ERROR_ARGUMENT);
    assert_string_equal(error.message, "truth has 8193 distinct values and predicted has 8193; their product must be "
                                       "at most 67108864.");
    assert_null(table.counts);
    contingency_clear(&table);
    free(labels);
}

static void test_rows_out_of_range(void **state)
{
    (void)state;
    const int64_t bad[] = {0, -1, INT64_MIN, CONTINGENCY_ROWS_MAX + 1};
    const int32_t label = 0;
    cludi_allocator allocator = alloc_system();
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        cludi_error error = {0};
        contingency table;
        assert_int_equal(contingency_init(&table, &allocator, &label, &label, bad[k], &error), CLUDI_ERROR_ARGUMENT);
        assert_non_null(strstr(error.message, "it must be 1 to 2147483647."));
        contingency_clear(&table);
    }
}

static void test_out_of_memory(void **state)
{
    (void)state;
    const int32_t labels[] = {1, 2, 3, 1};
    cludi_status status = CLUDI_ERROR_MEMORY;
    int tries = 0;
    for (; status != CLUDI_OK; tries++) {
        budget limits = {.left = tries};
        cludi_allocator allocator = {allocate_within, release_counted, &limits};
        cludi_error error = {0};
        contingency table;
        status = contingency_init(&table, &allocator, labels, labels, 4, &error);
        assert_true(status == CLUDI_OK || status == CLUDI_ERROR_MEMORY);
        assert_int_equal(error.status, status);
        if (status == CLUDI_OK)
            contingency_clear(&table);
        assert_int_equal(limits.in_use, 0);
    }
    assert_int_equal(tries, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_table),       cmocka_unit_test(test_golden),
        cmocka_unit_test(test_same_partition),    cmocka_unit_test(test_too_many_cells),
        cmocka_unit_test(test_rows_out_of_range), cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
