/* Weights and both passes against the same sums in double, and against numbers of Pillow. tests/long/pillow_pixels.py has whole
   images. */
#include <math.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "image_resample.h"

static double keys(double x)
{
    x = fabs(x);
    return x < 1 ? 1.5 * x * x * x - 2.5 * x * x + 1 : x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0;
}

static int32_t *fill(resample_weights *weights, const resample_axis *axis)
{
    int32_t *numbers = calloc((size_t)resample_weights_size(axis), sizeof *numbers);
    assert_non_null(numbers);
    resample_weights_fill(weights, axis, numbers);
    return numbers;
}

static const resample_axis AXES[] = {{32, 32, 37, 2, 32},     {37, 37, 37, 2, 32}, {1000, 1000, 37, 3, 32},
                                     {101, 100.5, 40, 0, 40}, {1, 1, 37, 2, 32},   {2, 2, 5, 0, 5},
                                     {640, 639.5, 64, 9, 7}};

static void test_weights(void **state)
{
    (void)state;
    for (size_t a = 0; a < sizeof AXES / sizeof *AXES; a++) {
        const resample_axis *axis = &AXES[a];
        resample_weights weights;
        int32_t *numbers = fill(&weights, axis);
        const double scale = axis->extent / axis->size, wide = scale > 1 ? scale : 1;
        for (int32_t o = 0; o < axis->count; o++) {
            const double center = (axis->first + o + 0.5) * scale;
            double sum = 0, total = 0;
            for (int32_t i = 0; i < axis->inputs; i++)
                sum += keys((i + 0.5 - center) / wide);
            for (int32_t i = 0; i < axis->inputs; i++) {
                const int32_t tap = i - weights.begin[o];
                const bool is_in = tap >= 0 && tap < weights.length[o];
                const double found = is_in ? weights.weights[(int64_t)o * weights.taps + tap] / 4194304.0 : 0;
                total += found;
                assert_true(fabs(found - keys((i + 0.5 - center) / wide) / sum) < 1e-6);
            }
            assert_true(fabs(total - 1) < 1e-4);
            assert_true(weights.length[o] <= weights.taps);
        }
        free(numbers);
    }
}

/* What Pillow 9.4 makes of (0, 255, 10, 20, 200, 3, 90) with resize((4, 1), BICUBIC) and resize((10, 1), BICUBIC). */
static void test_pillow_row(void **state)
{
    static const uint8_t ROW[] = {0, 255, 10, 20, 200, 3, 90};
    static const uint8_t SMALL[] = {117, 61, 109, 56}, LARGE[] = {0, 152, 223, 17, 0, 85, 198, 41, 31, 95};
    uint8_t planes[21], found[30];
    (void)state;
    for (int i = 0; i < 21; i++)
        planes[i] = ROW[i % 7];
    for (int size = 4; size <= 10; size += 6) {
        const resample_axis axis = {7, 7, size, 0, size};
        resample_weights weights;
        int32_t *numbers = fill(&weights, &axis);
        resample_row(&weights, planes, 7, found);
        for (int c = 0; c < 3; c++)
            assert_memory_equal(found + c * size, size == 4 ? SMALL : LARGE, (size_t)size);
        free(numbers);
    }
}

/* Rows one by one give what a column at once gives. */
static void test_rows(void **state)
{
    (void)state;
    for (size_t a = 0; a < sizeof AXES / sizeof *AXES; a++) {
        const resample_axis *axis = &AXES[a];
        resample_weights weights;
        resample_rows rows;
        int32_t *numbers = fill(&weights, axis);
        int32_t sums[40 * 2];
        uint8_t out[40 * 2], column[2][1000], planes[3000] = {0}, wanted[3 * 40];
        for (int32_t i = 0; i < axis->inputs; i++)
            for (int c = 0; c < 2; c++)
                planes[c * 1000 + i] = column[c][i] = (uint8_t)(i * 73 + c * 41 + i * i % 11);
        resample_rows_begin(&rows, &weights, 2, sums);
        for (int32_t i = 0; i < axis->inputs; i++)
            resample_rows_add(&rows, i, (const uint8_t[]){column[0][i], column[1][i]}, out);
        assert_int_equal(rows.done, axis->count);
        resample_row(&weights, planes, 1000, wanted);
        for (int32_t o = 0; o < axis->count; o++)
            for (int c = 0; c < 2; c++)
                assert_int_equal(out[o * 2 + c], wanted[c * axis->count + o]);
        free(numbers);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_weights), cmocka_unit_test(test_pillow_row),
                                       cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
