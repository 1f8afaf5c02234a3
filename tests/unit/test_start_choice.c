/* start_choice.c: each way through the rule, and its borders; unevenness. */
#include <math.h>

#include "cmocka_all.h"
#include "start_choice.h"

/* Even clusters that the graph knows best. */
static const start_facts EVEN = {
    .nearest = 0.9,
    .agreement = {[START_GRAPH] = 0.8, [START_DEEP] = 0.81, [START_SINGLE] = 0.82, [START_KMEANS] = 0.7},
    .near = {[START_GRAPH] = 0.9, [START_DEEP] = 0.85, [START_SINGLE] = 0.88, [START_KMEANS] = 0.8},
    .unevenness = {0.01, 0.02, 0.05, 0.03}};
static const start_data MANY = {2500, 50, false};

static void test_base(void **state)
{
    start_facts f = EVEN;
    (void)state;
    assert_int_equal(start_choose(&MANY, &f), START_GRAPH);
    f.nearest = 0.8;
    assert_int_equal(start_choose(&MANY, &f), START_GRAPH);
    f.nearest = 0.79;
    assert_int_equal(start_choose(&MANY, &f), START_DEEP);
    f.nearest = 0.6;
    assert_int_equal(start_choose(&MANY, &f), START_DEEP);
    f.nearest = 0.59;
    assert_int_equal(start_choose(&MANY, &f), START_KMEANS);
    f.near[START_KMEANS] = 0.5; /* it is k-means that fails, not the graph */
    assert_int_equal(start_choose(&MANY, &f), START_DEEP);
}

/* Uneven sizes: all three signs are needed. */
static void test_single(void **state)
{
    start_facts uneven = EVEN;
    (void)state;
    uneven.unevenness[START_SINGLE] = 0.2;
    uneven.agreement[START_SINGLE] = 0.85;
    uneven.near[START_SINGLE] = 0.9;
    assert_int_equal(start_choose(&MANY, &uneven), START_SINGLE);
    start_facts f = uneven;
    f.unevenness[START_SINGLE] = 0.12;
    assert_int_equal(start_choose(&MANY, &f), START_GRAPH);
    f = uneven;
    f.agreement[START_SINGLE] = 0.81;
    assert_int_equal(start_choose(&MANY, &f), START_GRAPH);
    f = uneven;
    f.near[START_SINGLE] = 0.89;
    assert_int_equal(start_choose(&MANY, &f), START_GRAPH);
    f.unevenness[START_SINGLE] = 0.3;
    assert_int_equal(start_choose(&MANY, &f), START_SINGLE);
    /* with few clusters one wrong merge makes as much */
    assert_int_equal(start_choose(&(start_data){2500, 4, false}, &uneven), START_GRAPH);
    assert_int_equal(start_choose(&(start_data){2500, 8, false}, &uneven), START_SINGLE);
}

/* Far fewer walks that leave outweigh all else. */
static void test_far_better(void **state)
{
    start_facts f = EVEN;
    (void)state;
    f.agreement[START_DEEP] = 0.89;
    assert_int_equal(start_choose(&MANY, &f), START_DEEP);
    f.agreement[START_DEEP] = 0.87;
    assert_int_equal(start_choose(&MANY, &f), START_GRAPH);
    f.agreement[START_KMEANS] = 0.99; /* of itself no sign */
    assert_int_equal(start_choose(&MANY, &f), START_GRAPH);
}

/* Plain k-means cuts off far fewer near neighbors and has about as few walks that leave. */
static void test_plain_is_better(void **state)
{
    start_facts f = EVEN;
    (void)state;
    f.agreement[START_KMEANS] = 0.795;
    f.near[START_KMEANS] = 0.95;
    assert_int_equal(start_choose(&MANY, &f), START_KMEANS);
    f.near[START_KMEANS] = 0.93;
    assert_int_equal(start_choose(&MANY, &f), START_GRAPH);
    f.near[START_KMEANS] = 0.95;
    f.agreement[START_KMEANS] = 0.785;
    assert_int_equal(start_choose(&MANY, &f), START_GRAPH);
}

/* Many clusters, or neighbors that tell little: the graph stands alone, and is trusted where it fits itself as well as smoothed rows. */
static void test_alone(void **state)
{
    const start_data most = {5000, 256, false}, more = {5000, 257, false};
    start_facts f = EVEN;
    (void)state;
    assert_false(start_is_alone(&most, &f));
    assert_true(start_is_alone(&more, &f));
    f.nearest = 0.7;
    assert_int_equal(start_choose(&more, &f), START_DEEP);
    f.agreement[START_GRAPH] = 0.82;
    assert_int_equal(start_choose(&more, &f), START_GRAPH);
    assert_int_equal(start_choose(&most, &f), START_DEEP);
    f.nearest = 0.59;
    f.near[START_KMEANS] = 0.5;
    assert_true(start_is_blurred(&f) && start_is_alone(&most, &f));
    assert_int_equal(start_choose(&most, &f), START_GRAPH);
    f.near[START_KMEANS] = 0.76;
    assert_int_equal(start_choose(&most, &f), START_KMEANS);
    f.near[START_KMEANS] = 0.74;
    assert_int_equal(start_choose(&most, &f), START_GRAPH);
    f.unevenness[START_GRAPH] = 0.29;
    assert_int_equal(start_choose(&most, &f), START_KMEANS);
    f.nearest = 0.6;
    assert_false(start_is_blurred(&f) || start_is_alone(&most, &f));
}

/* Few rows of few columns: k-means, but for islands, and where the graph has far fewer walks that leave. */
static void test_few(void **state)
{
    const start_data few = {1000, 3, true}, more = {1001, 3, true}, wide = {1000, 3, false};
    start_facts f = EVEN;
    (void)state;
    f.agreement[START_KMEANS] = 0.71;
    assert_int_equal(start_choose(&few, &f), START_KMEANS);
    assert_int_equal(start_choose(&more, &f), START_GRAPH);
    assert_int_equal(start_choose(&wide, &f), START_GRAPH);
    f.agreement[START_DEEP] = 0.82;
    assert_int_equal(start_choose(&few, &f), START_KMEANS);
    f.agreement[START_DEEP] = 0.83;
    assert_int_equal(start_choose(&few, &f), START_DEEP);
    f.agreement[START_KMEANS] = 0.997;
    f.agreement[START_DEEP] = 0.9981;
    assert_int_equal(start_choose(&few, &f), START_DEEP);
    f.agreement[START_KMEANS] = 1;
    assert_int_equal(start_choose(&few, &f), START_KMEANS);
}

static void test_unevenness(void **state)
{
    (void)state;
    assert_true(fabs(start_unevenness((int64_t[]){5, 5, 5}, 3, 15)) < 1e-12);
    assert_true(fabs(start_unevenness((int64_t[]){0, 9}, 2, 9) - log(2)) < 1e-12);
    /* one wrong merge and one wrong split of even clusters */
    assert_true(fabs(start_unevenness((int64_t[]){20, 5, 5, 10}, 4, 40) - log(2) / 4) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_base),       cmocka_unit_test(test_single),
                                       cmocka_unit_test(test_far_better), cmocka_unit_test(test_plain_is_better),
                                       cmocka_unit_test(test_few),        cmocka_unit_test(test_alone),
                                       cmocka_unit_test(test_unevenness)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
