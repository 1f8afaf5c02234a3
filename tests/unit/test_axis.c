/* axis.c: ranges, ticks and labels, also where there is little to show. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "axis.h"
#include "cmocka_all.h"

/* "LOW HIGH: LABEL LABEL ..." */
static const char *describe(const axis *a)
{
    static char text[512];
    int used = snprintf(text, sizeof text, "%.6g %.6g:", a->low, a->high);
    for (int i = 0; i < a->tick_count; i++)
        used += snprintf(text + used, sizeof text - (size_t)used, " %s", a->labels[i]);
    return text;
}

typedef struct axis_case {
    double low, high;
    bool is_whole;
    int most;
    const char *wanted;
} axis_case;

static void check(const axis_case *cases, size_t count, void (*init)(axis *, axis_range, int))
{
    for (size_t i = 0; i < count; i++) {
        axis a;
        init(&a, (axis_range){cases[i].low, cases[i].high, cases[i].is_whole}, cases[i].most);
        assert_string_equal(describe(&a), cases[i].wanted);
        assert_true(a.low < a.high && a.tick_count >= 2 && a.tick_count <= cases[i].most);
        for (int t = 0; t < a.tick_count; t++)
            assert_true(axis_place(&a, a.ticks[t]) > -1e-6 && axis_place(&a, a.ticks[t]) < 1 + 1e-6);
    }
}

static void test_linear(void **state)
{
    static const axis_case CASES[] = {
        {0, 1, false, 6, "0 1.05: 0.0 0.2 0.4 0.6 0.8 1.0"},
        {0, 10, false, 6, "0 10.5: 0 2 4 6 8 10"},
        {2, 7, true, 12, "1.75 7.25: 2 3 4 5 6 7"},
        {1, 2, true, 12, "0.95 2.05: 1 2"},
        {-3, -1, false, 5, "-3.1 -0.9: -3.0 -2.5 -2.0 -1.5 -1.0"},
        {-2, 2, false, 6, "-2.2 2.2: -2 -1 0 1 2"},
        {-5, -0.1, false, 4, "-5.245 0: -4 -2 0"},
        {0.123, 0.125, false, 6, "0.1229 0.1251: 0.1230 0.1235 0.1240 0.1245 0.1250"},
        {1e5, 1e6, true, 6, "55000 1.045e+06: 2e5 4e5 6e5 8e5 1e6"},
        {1e9, 1e9 + 2, true, 6, "1e+09 1e+09: 1000000000 1000000001 1000000002"},
        {-1e300, 1e300, false, 5, "-1.1e+300 1.1e+300: -1e300 -5e299 0 5e299 1e300"},
        {1e-9, 3e-9, false, 6, "9e-10 3.1e-09: 1e-9 1.5e-9 2e-9 2.5e-9 3e-9"},
    };
    (void)state;
    check(CASES, sizeof CASES / sizeof *CASES, axis_init);
}

static void test_degenerate(void **state)
{
    static const axis_case CASES[] = {
        {INFINITY, -INFINITY, true, 6, "0 1.05: 0.0 0.2 0.4 0.6 0.8 1.0"}, /* nothing */
        {5, 5, true, 6, "3.9 6.1: 4 5 6"},
        {50, 50, true, 6, "44.5 55.5: 46 48 50 52 54"}, /* all the same */
        {0.5, 0.5, false, 6, "0.445 0.555: 0.46 0.48 0.50 0.52 0.54"},
        {-2.5, -2.5, false, 6, "-2.775 -2.225: -2.7 -2.6 -2.5 -2.4 -2.3"},
        {0, 0, true, 6, "-1.1 1.1: -1 0 1"},
        {4.9e-324, 4.9e-324, false, 6, "-1.1 1.1: -1.0 -0.5 0.0 0.5 1.0"},
        {-4.9e-324, 1e-300, false, 6, "-1.1 1.1: -1.0 -0.5 0.0 0.5 1.0"},
        {1e300, 1e300, false, 6, "8.9e+299 1.11e+300: 9e299 9.5e299 1e300 1.05e300 1.1e300"},
        {1, 1 + 1e-15, false, 6, "0.89 1.11: 0.90 0.95 1.00 1.05 1.10"}, /* rounding is no range */
    };
    (void)state;
    check(CASES, sizeof CASES / sizeof *CASES, axis_init);
}

static void test_log(void **state)
{
    static const axis_case CASES[] = {
        {1, 1000, true, 8, "-0.15 3.15: 1 10 100 1000"},
        {1, 100, true, 8, "-0.1 2.1: 1 2 5 10 20 50 100"},
        {32, 256, true, 8, "1.46 2.45339: 50 100 200"},
        {1e-12, 1e12, false, 6, "-13.2 13.2: 1e-10 1e-5 1 100000 1e10"},
        {6, 8.5, false, 8, "0.770588 0.936982: 6.0 6.5 7.0 7.5 8.0 8.5"},
        {5, 5, true, 8, "0.39794 1: 5 10"},
        {INFINITY, -INFINITY, true, 8, "-0.05 1.05: 1 2 5 10"},
        {1e-300, 1e300, false, 8, "-330 330: 1e-300 1e-200 1e-100 1 1e100 1e200 1e300"},
    };
    (void)state;
    check(CASES, sizeof CASES / sizeof *CASES, axis_init_log);
}

static void test_place(void **state)
{
    axis a;
    (void)state;
    axis_init_names(&a, 4);
    assert_int_equal(a.tick_count, 0);
    assert_float_equal(axis_place(&a, 0), 0.125, 1e-12);
    assert_float_equal(axis_place(&a, 3), 0.875, 1e-12);
    axis_init_log(&a, (axis_range){1, 100, true}, 8);
    assert_float_equal(axis_place(&a, 10), 0.5, 1e-12);
}

static void test_range(void **state)
{
    axis_range range = {INFINITY, -INFINITY, true};
    (void)state;
    axis_include(&range, 3);
    axis_include(&range, -1);
    assert_true(range.low <= -1 && range.low >= -1 && range.high >= 3 && range.high <= 3 && range.is_whole);
    axis_include(&range, 0.5);
    assert_false(range.is_whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linear), cmocka_unit_test(test_degenerate), cmocka_unit_test(test_log),
        cmocka_unit_test(test_place),  cmocka_unit_test(test_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
