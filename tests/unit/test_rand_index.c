/* rand_index.c: scikit-learn's numbers, exact fractions up to 2^31 - 1 rows, and counting the pairs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "alloc.h"
#include "contingency.h"
#include "metrics_golden.h"
#include "rand_index.h"

static void check_close(const char *name, double got, double wanted)
{
    if (!(fabs(got - wanted) <= 1e-12))
        fail_msg("%s: ARI is %.17g, wanted %.17g", name, got, wanted);
}

static double score_labels(const int32_t *truth, const int32_t *predicted, int64_t rows)
{
    cludi_allocator allocator = alloc_system();
    contingency table;
    assert_int_equal(contingency_init(&table, &allocator, truth, predicted, rows, NULL), CLUDI_OK);
    double score = rand_index_adjusted(&table);
    contingency_clear(&table);
    return score;
}

static void test_golden(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof metrics_cases / sizeof *metrics_cases; k++) {
        const metrics_case *c = &metrics_cases[k];
        check_close(c->name, score_labels(c->truth, c->predicted, c->rows), c->ari);
        check_close(c->name, score_labels(c->predicted, c->truth, c->rows), c->ari);
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
        check_close(t->name, rand_index_adjusted(&table), t->ari);
    }
}

/* Hubert and Arabie's index from the four kinds of pairs of rows, each pair looked at. */
static double count_pairs(const metrics_case *c)
{
    double both = 0, truth = 0, predicted = 0, pairs = 0;
    for (int64_t i = 0; i < c->rows; i++) {
        for (int64_t k = 0; k < i; k++) {
            both += c->truth[i] == c->truth[k] && c->predicted[i] == c->predicted[k];
            truth += c->truth[i] == c->truth[k];
            predicted += c->predicted[i] == c->predicted[k];
            pairs += 1;
        }
    }
    double chance = pairs > 0 ? truth * predicted / pairs : 0;
    double most = (truth + predicted) / 2;
    return most - chance > 0 ? (both - chance) / (most - chance) : 1.0;
}

static void test_pairs(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof metrics_cases / sizeof *metrics_cases; k++)
        check_close(metrics_cases[k].name,
                    score_labels(metrics_cases[k].truth, metrics_cases[k].predicted, metrics_cases[k].rows),
                    count_pairs(&metrics_cases[k]));
}

static void test_same_partition_is_exactly_one(void **state)
{
    (void)state;
    const int32_t one[] = {3, 3, 3, 3}, distinct[] = {0, 1, 2, 3}, two[] = {0, 1, 1, 0}, renamed[] = {5, -5, -5, 5};
    assert_true(score_labels(one, one, 4) == 1.0);
    assert_true(score_labels(distinct, distinct, 4) == 1.0);
    assert_true(score_labels(two, renamed, 4) == 1.0);
    assert_true(score_labels(one, two, 4) == 0.0);
    assert_true(score_labels(distinct, one, 4) == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_many_rows),
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_same_partition_is_exactly_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
