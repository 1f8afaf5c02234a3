/* mutual_information.c: scikit-learn's numbers, 40-digit numbers for many rows, and E[MI] by shuffling in every way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "alloc.h"
#include "contingency.h"
#include "metrics_golden.h"
#include "mutual_information.h"

static void check_close(const char *name, double got, double wanted, double tolerance)
{
    if (!(fabs(got - wanted) <= tolerance))
        fail_msg("%s: got %.17g, wanted %.17g", name, got, wanted);
}

static contingency make_table(const cludi_allocator *allocator, const int32_t *truth, const int32_t *predicted,
                              int64_t rows)
{
    contingency table;
    assert_int_equal(contingency_init(&table, allocator, truth, predicted, rows, NULL), CLUDI_OK);
    return table;
}

static void test_golden(void **state)
{
    (void)state;
    cludi_allocator allocator = alloc_system();
    for (size_t k = 0; k < sizeof metrics_cases / sizeof *metrics_cases; k++) {
        const metrics_case *c = &metrics_cases[k];
        contingency table = make_table(&allocator, c->truth, c->predicted, c->rows);
        check_close(c->name, mutual_information_normalized(&table), c->nmi, 1e-12);
        check_close(c->name, mutual_information_adjusted(&table), c->ami, 1e-9);
        assert_true(mutual_information_normalized(&table) >= 0.0 && mutual_information_normalized(&table) <= 1.0);
        contingency_clear(&table);
    }
}

static void test_many_rows(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof metrics_tables / sizeof *metrics_tables; k++) {
        const metrics_table *t = &metrics_tables[k];
        int64_t counts[9], class_sizes[3] = {0}, cluster_sizes[3] = {0};
        contingency table = {NULL, 0, t->classes, t->clusters, counts, class_sizes, cluster_sizes, NULL};
        for (int64_t cell = 0; cell < t->classes * t->clusters; cell++) {
            counts[cell] = t->counts[cell];
            class_sizes[cell / t->clusters] += counts[cell];
            cluster_sizes[cell % t->clusters] += counts[cell];
            table.rows += counts[cell];
        }
        check_close(t->name, mutual_information_normalized(&table), t->nmi, 1e-12);
        check_close(t->name, mutual_information_adjusted(&table), t->ami, 1e-10);
    }
}

static void test_entropy(void **state)
{
    (void)state;
    const int64_t even[] = {5, 5, 5, 5}, uneven[] = {1, 3}, one[] = {12};
    check_close("even", mutual_information_entropy(even, 4, 20), log(4.0), 1e-15);
    check_close("uneven", mutual_information_entropy(uneven, 2, 4), log(4.0) - 0.75 * log(3.0), 1e-15);
    assert_true(mutual_information_entropy(one, 1, 12) == 0.0);
}

/* Sums MI over every order of labels[from..count), by swapping. */
static double sum_orders(int32_t *labels, const int32_t *truth, int64_t from, int64_t count)
{
    double sum = 0.0;
    if (from == count) {
        cludi_allocator allocator = alloc_system();
        contingency table = make_table(&allocator, truth, labels, count);
        sum = mutual_information_observed(&table);
        contingency_clear(&table);
    }
    for (int64_t k = from; k < count; k++) {
        int32_t first = labels[from], other = labels[k];
        labels[from] = other;
        labels[k] = first;
        sum += sum_orders(labels, truth, from + 1, count);
        labels[from] = first;
        labels[k] = other;
    }
    return sum;
}

static void test_expected_over_all_orders(void **state)
{
    (void)state;
    const int32_t truth[][7] = {
        {0, 0, 0, 1, 1, 2, 2}, {0, 0, 0, 0, 0, 0, 1}, {0, 1, 2, 3, 4, 5, 6}, {0, 0, 0, 0, 0, 0, 0}};
    int32_t predicted[][7] = {
        {0, 0, 0, 0, 1, 1, 2}, {0, 0, 0, 0, 1, 1, 1}, {0, 0, 1, 1, 2, 2, 2}, {0, 0, 0, 1, 1, 1, 2}};
    cludi_allocator allocator = alloc_system();
    for (int k = 0; k < 4; k++) {
        contingency table = make_table(&allocator, truth[k], predicted[k], 7);
        double expected = mutual_information_expected(&table);
        contingency_clear(&table);
        check_close("E[MI]", expected, sum_orders(predicted[k], truth[k], 0, 7) / 5040.0, 1e-12);
    }
}

/* Every row alone in the truth: MI is the entropy of the clusters, in 60000 small terms. */
static void test_many_terms(void **state)
{
    (void)state;
    enum { ROWS = 60000 };
    static int32_t truth[ROWS], predicted[ROWS];
    cludi_allocator allocator = alloc_system();
    for (int32_t i = 0; i < ROWS; i++) {
        truth[i] = i;
        predicted[i] = i % 6;
    }
    contingency table = make_table(&allocator, truth, predicted, ROWS);
    check_close("NMI", mutual_information_normalized(&table), 2.0 * log(6.0) / (log(6.0) + log((double)ROWS)), 1e-15);
    check_close("AMI", mutual_information_adjusted(&table), 0.0, 1e-14);
    contingency_clear(&table);
}

static void check_exact(const int32_t *truth, const int32_t *predicted, double wanted)
{
    cludi_allocator allocator = alloc_system();
    contingency table = make_table(&allocator, truth, predicted, 4);
    assert_true(mutual_information_normalized(&table) == wanted);
    assert_true(mutual_information_adjusted(&table) == wanted);
    contingency_clear(&table);
}

/* With all of 4 rows distinct scikit-learn says AMI = 0, by rounding; the header says why it is 1 here. */
static void test_edges_are_exact(void **state)
{
    (void)state;
    const int32_t one[] = {3, 3, 3, 3}, distinct[] = {0, 1, 2, 3}, two[] = {0, 1, 1, 0}, renamed[] = {5, -5, -5, 5};
    check_exact(one, one, 1.0);
    check_exact(distinct, distinct, 1.0);
    check_exact(two, renamed, 1.0);
    check_exact(one, two, 0.0);
    check_exact(two, one, 0.0);
    check_exact(distinct, one, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),     cmocka_unit_test(test_many_rows),
        cmocka_unit_test(test_entropy),    cmocka_unit_test(test_expected_over_all_orders),
        cmocka_unit_test(test_many_terms), cmocka_unit_test(test_edges_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
