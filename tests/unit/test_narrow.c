/* narrow.c: to bf16, rounded to nearest, halves to even; against arithmetic in double. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "float_math.h"
#include "tensor_support.h"
#ifdef CLUDI_WITH_ONEDNN
#include "onednn/narrow.h"

static uint16_t bf16_one(float x)
{
    uint16_t out;
    bf16_rows(&out, &x, 1, 1, 1);
    return out;
}

static int setup(void **state)
{
    (void)state;
    if (bf16_supported())
        return 0;
    print_message("skipped: this processor does not convert to bf16\n");
    exit(77);
}

/* Every upper half with the lower halves where rounding changes: below, at and above one half. */
static void test_rounding(void **state)
{
    static const uint32_t LOW[] = {0, 1, 0x7fff, 0x8000, 0x8001, 0xffff};
    (void)state;
    for (uint32_t high = 0; high < 0x10000U; high++)
        for (int i = 0; i < 6; i++) {
            const uint32_t bits = high << 16 | LOW[i], magnitude = bits & 0x7fffffffU;
            if (magnitude < 0x00800000U || magnitude >= 0x7f7f8000U)
                continue; /* below */
            const float x = float_of_bits(bits), got = float_of_bits((uint32_t)bf16_one(x) << 16);
            if (!((double)got == round_bf16((double)x)))
                fail_msg("%a gives %a, wanted %a", (double)x, (double)got, round_bf16((double)x));
        }
}

static void test_ties(void **state)
{
    (void)state;
    assert_int_equal(bf16_one(float_of_bits(0x3f808000U)), 0x3f80); /* to the even one below */
    assert_int_equal(bf16_one(float_of_bits(0x3f818000U)), 0x3f82); /* and above */
    assert_int_equal(bf16_one(float_of_bits(0xbf818000U)), 0xbf82);
    assert_int_equal(bf16_one(float_of_bits(0x3f808001U)), 0x3f81);
    assert_int_equal(bf16_one(float_of_bits(0x3fffffffU)), 0x4000); /* into the next power of two */
}

static void test_ends(void **state)
{
    (void)state;
    assert_int_equal(bf16_one(0), 0);
    assert_int_equal(bf16_one(-0.0F), 0x8000);
    assert_int_equal(bf16_one(INFINITY), 0x7f80);
    assert_int_equal(bf16_one(-INFINITY), 0xff80);
    assert_int_equal(bf16_one(float_of_bits(0x7f7f8000U)), 0x7f80); /* too large */
    assert_int_equal(bf16_one(float_of_bits(0x7f7f7fffU)), 0x7f7f);
    assert_true(isnan(float_of_bits((uint32_t)bf16_one(NAN) << 16)));
    assert_int_equal(bf16_one(float_of_bits(0x00800000U)), 0x0080);     /* the smallest normal number */
    assert_int_equal(bf16_one(float_of_bits(0x007fffffU)) & 0x7fff, 0); /* denormal */
    assert_int_equal(bf16_one(float_of_bits(0x80400000U)) & 0x7fff, 0);
    assert_int_equal(bf16_one(float_of_bits(0x00000001U)), 0);
}

/* Any number of columns and any stride; nothing else is read or written. */
static void test_shapes(void **state)
{
    enum { ROWS = 3 };
    (void)state;
    for (int64_t cols = 1; cols <= 70; cols++)
        for (int64_t more = 0; more < 20; more += 9) {
            const int64_t stride = cols + more, size = (ROWS - 1) * stride + cols;
            float *in = malloc((size_t)size * sizeof *in); /* no number behind the last one: ASan watches */
            uint16_t *out = malloc((size_t)(ROWS * cols + 1) * sizeof *out);
            assert_true(in && out);
            for (int64_t i = 0; i < size; i++)
                in[i] = (float)(i % 501) * 0.37F - 40;
            memset(out, 0x5a, (size_t)(ROWS * cols + 1) * sizeof *out);
            bf16_rows(out, in, ROWS, cols, stride);
            for (int64_t i = 0; i < ROWS * cols; i++)
                assert_true((double)float_of_bits((uint32_t)out[i] << 16) ==
                            round_bf16((double)in[i / cols * stride + i % cols]));
            assert_int_equal(out[ROWS * cols], 0x5a5a);
            free(in);
            free(out);
        }
    bf16_rows(NULL, NULL, 0, 5, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rounding),
        cmocka_unit_test(test_ties),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_shapes),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}

#else

int main(void)
{
    return 77;
}

#endif
