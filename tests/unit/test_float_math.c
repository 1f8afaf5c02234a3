/* float_math.h against libm in double: error in units of the last place over dense sweeps, and the ends. */
#include <math.h>
#include <stdbool.h>

#include "cmocka_all.h"
#include "float_math.h"

/* |got - wanted| in units of wanted's last place in float32. */
static double ulps(float got, double wanted)
{
    int exponent;
    frexp(wanted, &exponent);
    return fabs((double)got - wanted) / ldexp(1, exponent - 24 < -149 ? -149 : exponent - 24);
}

/* Every 97th float32 of each sign in the range. */
static void test_exp(void **state)
{
    (void)state;
    double worst = 0;
    for (uint32_t bits = 0x30000000U; bits < 0x42ae9999U; bits += 97) { /* 4.7e-10 .. 87.29 */
        const float x = float_of_bits(bits);
        worst = fmax(worst, ulps(float_exp(-x), exp(-(double)x)));
        if (x <= 80)
            worst = fmax(worst, ulps(float_exp(x), exp((double)x)));
    }
    if (!(worst <= 2))
        fail_msg("exp is off by %g units", worst);
    assert_true(float_exp(0) == 1 && float_exp(-0.0F) == 1);
    assert_true(float_exp(1e-30F) == 1);
    assert_true(float_exp(80) == float_exp(1e30F) && float_exp(80) == float_exp(INFINITY));
    assert_true(float_exp(-87.3F) == float_exp(-1e30F) && float_exp(-87.3F) == float_exp(-INFINITY));
    assert_true(isfinite(float_exp(1e30F)) && float_exp(-1e30F) > 1e-38F);
}

/* Every 97th float32 that it is made for, and all that 1 + exp can be near 1 and 2. */
static void test_reciprocal(void **state)
{
    (void)state;
    double worst = 0;
    for (uint32_t bits = 0x03aa2425U; bits < 0x7b408000U; bits += 97) { /* 1e-36 .. 1e36 */
        const float x = float_of_bits(bits);
        worst = fmax(worst, ulps(float_reciprocal(x), 1 / (double)x));
    }
    for (uint32_t bits = 0x3f7ff000U; bits < 0x40001000U; bits += 5) {
        const float x = float_of_bits(bits);
        worst = fmax(worst, ulps(float_reciprocal(x), 1 / (double)x));
    }
    if (!(worst <= 1))
        fail_msg("1/x is off by %g units", worst);
    assert_true(float_reciprocal(1) == 1 && float_reciprocal(2) == 0.5F && float_reciprocal(0x1p100F) == 0x1p-100F);
}

static void test_log(void **state)
{
    (void)state;
    double worst = 0;
    for (uint32_t bits = 0x00800000U; bits < 0x7f800000U; bits += 509) { /* all normal numbers */
        const float x = float_of_bits(bits);
        if (fabsf(x - 1) > 0.1F)
            worst = fmax(worst, ulps(float_log(x), log((double)x)));
    }
    if (!(worst <= 2))
        fail_msg("log is off by %g units", worst);
    worst = 0;
    for (uint32_t bits = 0x3f600000U; bits < 0x3f900000U; bits += 3) { /* 0.875 .. 1.125, where the result nears 0 */
        const float x = float_of_bits(bits);
        worst = fmax(worst, fabs((double)float_log(x) - log((double)x)) / fmax(fabs(log((double)x)), 1e-30));
    }
    if (!(worst <= 4e-7))
        fail_msg("log near 1 is off by %g", worst);
    assert_true(float_log(1) == 0);
    assert_true(float_log(0x1p-32F) < -22.18F && float_log(0x1p-32F) > -22.19F);
}

/* Within 3e-7 |x| of x Phi(x), and its ends. */
static void test_gelu(void **state)
{
    double worst = 0;
    (void)state;
    for (uint32_t bits = 0x30000000U; bits < 0x41200000U; bits += 97) { /* 4.7e-10 .. 10 */
        const double x = (double)float_of_bits(bits), half = 0.5 * erf(x * sqrt(0.5));
        worst = fmax(worst, fabs((double)float_gelu((float)x) - x * (0.5 + half)) / x);
        worst = fmax(worst, fabs((double)float_gelu((float)-x) + x * (0.5 - half)) / x);
    }
    if (!(worst <= 3e-7))
        fail_msg("gelu is off by %g |x|", worst);
    assert_true(float_gelu(0) == 0 && float_gelu(30) == 30);
    assert_true(fabsf(float_gelu(-30)) < 1e-5F);
}

static void test_cos_sin(void **state)
{
    (void)state;
    double worst = 0, circle = 0;
    for (uint64_t turn = 0; turn < UINT64_C(0x100000000); turn += 4999) {
        const double angle = 2 * 3.14159265358979323846 * (double)turn / 4294967296.0;
        float c, s;
        float_cos_sin((uint32_t)turn, &c, &s);
        worst = fmax(worst, fmax(fabs((double)c - cos(angle)), fabs((double)s - sin(angle))));
        circle = fmax(circle, fabs((double)c * (double)c + (double)s * (double)s - 1));
    }
    if (!(worst <= 1.2e-7 && circle <= 3e-7))
        fail_msg("cos or sin is off by %g, the circle by %g", worst, circle);
}

/* Where the quadrants meet, and the exact places. */
static void test_quadrants(void **state)
{
    static const float WANTED[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    (void)state;
    for (uint32_t q = 0; q < 4; q++) {
        float c, s;
        float_cos_sin(q << 30, &c, &s);
        assert_true(c == WANTED[q][0] && s == WANTED[q][1]);
        for (uint32_t step = 0; step < 2; step++) {
            const uint32_t turn = (q << 30) + 0x20000000U - step;
            const double angle = 2 * 3.14159265358979323846 * turn / 4294967296.0;
            float_cos_sin(turn, &c, &s);
            assert_true(fabs((double)c - cos(angle)) < 1.2e-7 && fabs((double)s - sin(angle)) < 1.2e-7);
        }
    }
}

static void test_bits(void **state)
{
    (void)state;
    assert_int_equal(bits_of_float(1), 0x3f800000);
    assert_int_equal(bits_of_float(-2), 0xc0000000);
    assert_true(float_of_bits(0x40490fdbU) == 3.14159274F);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exp),  cmocka_unit_test(test_reciprocal), cmocka_unit_test(test_log),
        cmocka_unit_test(test_gelu), cmocka_unit_test(test_cos_sin),    cmocka_unit_test(test_quadrants),
        cmocka_unit_test(test_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
