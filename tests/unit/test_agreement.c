/* agreement.c: kappa of small graphs worked out by hand. */
#include "agreement.h"
#include "cmocka_all.h"

enum { ROWS = 8 };

/* Row i's nearest neighbor is nearest[i]; there is a second one that must not count. */
static double agreement(const int32_t nearest[ROWS], const int32_t labels[ROWS], int32_t clusters)
{
    int32_t neighbor[2 * ROWS];
    int64_t counts[ROWS];
    for (int i = 0; i < ROWS; i++) {
        neighbor[2 * i] = nearest[i];
        neighbor[2 * i + 1] = (i + 1) % ROWS;
    }
    const neighbor_graph graph = {.rows = ROWS, .degree = 2, .neighbor = neighbor};
    return graph_agreement(&graph, labels, clusters, counts);
}

static void expect(double got, double wanted)
{
    assert_true(got > wanted - 1e-12 && got < wanted + 1e-12);
}

static void test_kappa(void **state)
{
    static const int32_t HALVES[ROWS] = {0, 0, 0, 0, 1, 1, 1, 1};
    static const int32_t UNEVEN[ROWS] = {0, 0, 0, 0, 0, 0, 2, 2};
    (void)state;
    expect(agreement((int32_t[]){1, 0, 3, 2, 5, 4, 7, 6}, HALVES, 2), 1);
    expect(agreement((int32_t[]){4, 5, 6, 7, 0, 1, 2, 3}, HALVES, 2), -1);
    expect(agreement((int32_t[]){1, 0, 4, 5, 5, 4, 0, 1}, HALVES, 2), 0);
    /* 6 of 8 agree; by chance (6/8)^2 + (2/8)^2 = 5/8 */
    expect(agreement((int32_t[]){1, 0, 3, 2, 5, 4, 0, 1}, UNEVEN, 3), (6 / 8.0 - 5 / 8.0) / (3 / 8.0));
}

static void test_one_cluster(void **state)
{
    static const int32_t SAME[ROWS] = {0};
    (void)state;
    expect(agreement((int32_t[]){1, 0, 3, 2, 5, 4, 7, 6}, SAME, 1), 1);
    expect(agreement((int32_t[]){1, 0, 3, 2, 5, 4, 7, 6}, SAME, 4), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kappa), cmocka_unit_test(test_one_cluster)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
