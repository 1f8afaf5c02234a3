/* The range by which numbers are scaled: what is in it, what is left out, what is refused. */
#include <math.h>

#include "cmocka_all.h"
#include "pixel_range.h"

static const double LIMIT = 4096;

static void measure(pixel_range *range, const pixel_layout *layout, const void *row, int64_t pixels)
{
    pixel_range_begin(range, layout, pixels);
    pixel_range_add(range, layout, row, pixels);
}

/* Alpha counts for nothing, NaN and infinity are noticed. */
static void test_range(void **state)
{
    static const float rgba[] = {1, 2, 3, 99, 4, 5, 6, NAN}, gray[] = {1, NAN, -5, 2}, infinite[] = {1, INFINITY};
    pixel_range range;
    (void)state;
    measure(&range, &(pixel_layout){.bands = 4, .number = PIXEL_F32}, rgba, 2);
    assert_true(range.low == 1 && range.high == 6 && !range.is_not_finite);
    pixel_range_add(&range, &(pixel_layout){.bands = 2, .number = PIXEL_F32}, gray, 2);
    assert_true(range.low == -5 && range.high == 6 && !range.is_not_finite);
    pixel_range_add(&range, &(pixel_layout){.bands = 1, .number = PIXEL_F32}, infinite, 2);
    assert_true(range.low == -5 && range.high == 6 && range.is_not_finite);
}

/* A number of any pixels beside which the others vanish; not where these are one number, or more than a few levels. */
static void test_mark(void **state)
{
    static const struct {
        float numbers[5];
        double mark; /* 0: none */
    } CASES[] = {
        {{-3e38F, 0.1F, 0.2F, 0.3F, -3e38F}, (double)-3e38F},
        {{0.1F, 0.2F, 3e38F, 0.3F, 0.3F}, (double)3e38F},
        {{-3e38F, 0.1F, 0.2F, 0.3F, 3e38F}, (double)-3e38F},
        {{-9999, 0.1F, 0.2F, 0.3F, 3e38F}, (double)3e38F},
        {{1, 2, -100, 2, 1.5F}, -100},
        {{0, 1, 1, 0, 1}, 0},
        {{-3e38F, 3e38F, 0, 0, 0}, 0},
        {{-9999, 5, 5, 5, 5}, 0},
        {{-50, 0, 1, 0.5F, 0.1F}, 0},
        {{7, 7, 7, 7, 7}, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        pixel_range range;
        double mark;
        measure(&range, &(pixel_layout){.bands = 1, .number = PIXEL_F32}, CASES[i].numbers, 5);
        assert_int_equal(pixel_range_has_mark(&range, &mark), CASES[i].mark < 0 || CASES[i].mark > 0);
        assert_true(CASES[i].mark == mark || !(CASES[i].mark < 0 || CASES[i].mark > 0));
    }
}

/* 1,000 gray pixels from low to high, both ends among them, of which the first are others: 9 may be left out. */
enum { PIXELS = 1000, MOST_OTHERS = 10 };

typedef struct odd_case {
    double low, high;
    double others[MOST_OTHERS]; /* up to a 0 */
    int repeats;                /* of the last of them, beside it */
    double wanted_low, wanted_high;
} odd_case;

static void fill(double *numbers, const odd_case *odd)
{
    int count = 0;
    for (int i = 0; i < PIXELS; i++)
        numbers[i] = odd->low + (odd->high - odd->low) * ((i * 37 % 101) / 100.0);
    while (count < MOST_OTHERS && (odd->others[count] < 0 || odd->others[count] > 0)) {
        numbers[count] = odd->others[count];
        count++;
    }
    for (int i = 0; i < odd->repeats; i++)
        numbers[count + i] = numbers[count - 1];
}

static void expect_cut(const odd_case *odd, double limit)
{
    static double numbers[PIXELS];
    static pixel_range range;
    double least, most;
    fill(numbers, odd);
    measure(&range, &(pixel_layout){.bands = 1, .number = PIXEL_F64}, numbers, PIXELS);
    const bool is_cut = pixel_range_cut(&range, limit, &least, &most);
    if (least != odd->wanted_low || most != odd->wanted_high)
        fail_msg("%g to %g, not %g to %g", least, most, odd->wanted_low, odd->wanted_high);
    assert_int_equal(is_cut, least > range.low || most < range.high);
}

/* Hot and dead pixels; tails, marks and few pixels on a plain ground stay. */
static void test_cut(void **state)
{
    static const odd_case CASES[] = {
        {0, 1, {0}, 0, 0, 1},
        {0, 255, {0}, 0, 0, 255},
        {-3e38, 3e38, {0}, 0, -3e38, 3e38},
        {0, 1.7e308, {0}, 0, 0, 1.7e308},
        {0, 1, {100}, 0, 0, 1},
        {0, 1, {3, 100, 1e4, 1e9, 1e30, 1.7e308}, 0, 0, 1},
        {0, 1, {-1.7e308, -1e9, -50}, 0, 0, 1},
        {0, 1, {1e9, -1e9, 7, -1e30}, 0, 0, 1},
        {1000, 1000.5, {1002, 1003, 900}, 0, 1000, 1000.5},
        {0, 1, {1.9, -0.9}, 0, -0.9, 1.9},
        {0, 1, {1.9, 5}, 0, 0, 1.9},
        {0, 1, {5}, 8, 0, 1},
        {0, 1, {5}, 9, 0, 5},
        {0, 1, {-9999}, 300, -9999, 1},
        {0, 1, {1e9, -9999}, 300, -9999, 1},
        {7, 7, {8, 1e9}, 0, 7, 1e9},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        expect_cut(&CASES[i], (double)INFINITY);
}

/* With 16 bits: which hold 12 or fewer, and which range those have. */
static void test_limit(void **state)
{
    static const struct {
        odd_case odd;
        bool is_below;
    } CASES[] = {
        {{0, 255, {0}, 0, 0, 255}, true},
        {{0, 4095, {0}, 0, 0, 4095}, true},
        {{0, 65535, {0}, 0, 0, 65535}, false},
        {{0, 5000, {0}, 0, 0, 5000}, false},
        {{0, 255, {4096}, 0, 0, 255}, true},
        {{0, 255, {65535, 4096, 4095, 300}, 0, 0, 300}, true},
        {{0, 255, {65535}, 300, 0, 255}, true},
        {{0, 4095, {65535, 5000}, 0, 0, 5000}, true},
        {{0, 4095, {5000}, 0, 0, 4095}, true},
        {{0, 0, {65535}, 0, 0, 65535}, false},
        {{0, 0, {65535}, 300, 0, 65535}, false},
        {{7, 7, {60000, 65535}, 0, 7, 65535}, false},
        {{60000, 60100, {1}, 0, 60000, 60100}, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        static double numbers[PIXELS];
        static pixel_range range;
        expect_cut(&CASES[i].odd, LIMIT);
        fill(numbers, &CASES[i].odd);
        measure(&range, &(pixel_layout){.bands = 1, .number = PIXEL_F64}, numbers, PIXELS);
        assert_int_equal(pixel_range_is_below(&range, LIMIT), CASES[i].is_below);
    }
}

/* The order of the numbers, and in which rows they come, does not matter; each color of RGB has a share of its own. */
static void test_order(void **state)
{
    static double numbers[3 * PIXELS];
    static pixel_range range;
    double least, most;
    (void)state;
    for (int i = 0; i < 3 * PIXELS; i++)
        numbers[i] = i < 27 ? 1e6 + i : i % 256;
    for (int is_turned = 0; is_turned < 2; is_turned++) {
        pixel_layout layout = {.bands = 3, .number = PIXEL_F64};
        pixel_range_begin(&range, &layout, PIXELS);
        for (int i = 0; i < PIXELS; i += 8)
            pixel_range_add(&range, &layout, numbers + (ptrdiff_t)3 * (is_turned ? PIXELS - 8 - i : i), 8);
        assert_true(pixel_range_cut(&range, (double)INFINITY, &least, &most));
        assert_true(least == 0 && most == 255);
    }
}

/* The extremes are as many as they may be, however large the image: in ascending order, the worst. */
static void test_most(void **state)
{
    static pixel_range range;
    static double row[1000];
    const pixel_layout layout = {.bands = 1, .number = PIXEL_F64};
    const int rows = 5000;
    double least, most;
    (void)state;
    pixel_range_begin(&range, &layout, (int64_t)rows * 1000);
    for (int y = 0; y < rows; y++) {
        for (int x = 0; x < 1000; x++)
            row[x] = y * 1000.0 + x;
        pixel_range_add(&range, &layout, row, 1000);
    }
    assert_true(range.largest.numbers[0] == rows * 1000.0 - 1 - PIXEL_MOST_LEFT_OUT);
    assert_true(range.smallest.numbers[0] == -PIXEL_MOST_LEFT_OUT);
    assert_false(pixel_range_cut(&range, (double)INFINITY, &least, &most));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_range), cmocka_unit_test(test_mark),
                                       cmocka_unit_test(test_cut),   cmocka_unit_test(test_limit),
                                       cmocka_unit_test(test_order), cmocka_unit_test(test_most)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
