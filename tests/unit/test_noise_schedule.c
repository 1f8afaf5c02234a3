/* noise_schedule.c: S1, the grid of S5, the coefficients of S2, S3 and S5, the weights of S11, sincos. */
#include <math.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "noise_schedule.h"

static void expect_near(double got, double wanted, double relative)
{
    if (!(fabs(got - wanted) <= relative * fabs(wanted)))
        fail_msg("%.17g, wanted %.17g", got, wanted);
}

/* S1 directly: f(r) = 1 - sqrt(r + 1e-4), ab[t] the product of 1 - beta. */
static void test_values(void **state)
{
    static const int32_t LENGTHS[] = {2, 3, 10, 1000, 10000};
    static double ab[10001];
    (void)state;
    for (int i = 0; i < 5; i++) {
        const int32_t T = LENGTHS[i];
        long double product = 1;
        noise_schedule_fill(ab, T);
        assert_true(ab[0] == 1);
        for (int32_t t = 1; t <= T; t++) {
            const long double now = 1 - sqrtl((long double)t / T + 1e-4L);
            const long double before = 1 - sqrtl((long double)(t - 1) / T + 1e-4L);
            const long double beta = 1 - now / before;
            product *= 1 - (beta < 0.999L ? beta : 0.999L);
            expect_near(ab[t], (double)product, 1e-9);
            assert_true(ab[t] < ab[t - 1] && ab[t] > 0);
        }
    }
}

/* The clip of the last beta leaves what docs/theory.md says. */
static void test_end(void **state)
{
    (void)state;
    static double ab[1001];
    noise_schedule_fill(ab, 1000);
    expect_near(ab[1000], 4.5e-7, 0.012);
    expect_near(ab[1000], ab[999] * 0.001, 1e-12);
    expect_near(ab[500], (1 - sqrt(0.5001)) / (1 - sqrt(1e-4)), 1e-9); /* the product telescopes */
}

static void check_grid(int32_t T, int32_t S, const int32_t *wanted)
{
    int32_t *grid = malloc((size_t)(S + 1) * sizeof *grid);
    assert_non_null(grid);
    noise_schedule_grid(grid, T, S);
    for (int32_t i = 0; i <= S; i++) {
        /* nearest integer to T (S - i) / S, halves up, in whole numbers */
        const int64_t nearest = (2 * (int64_t)T * (S - i) + S) / (2 * (int64_t)S);
        assert_int_equal(grid[i], nearest);
        if (wanted)
            assert_int_equal(grid[i], wanted[i]);
        if (i)
            assert_true(grid[i] < grid[i - 1]);
    }
    assert_int_equal(grid[0], T);
    assert_int_equal(grid[S], 0);
    free(grid);
}

static void test_grid(void **state)
{
    static const int32_t FOUR[] = {1000, 750, 500, 250, 0}, EIGHT[] = {1000, 875, 750, 625, 500, 375, 250, 125, 0};
    static const int32_t HALVES[] = {10, 8, 5, 3, 0}; /* 7.5 and 2.5 go up */
    static const int32_t SIX[] = {1000, 833, 667, 500, 333, 167, 0};
    (void)state;
    check_grid(1000, 1, (const int32_t[]){1000, 0});
    check_grid(1000, 4, FOUR);
    check_grid(1000, 6, SIX);
    check_grid(1000, 8, EIGHT);
    check_grid(10, 4, HALVES);
    check_grid(1000, 25, NULL);
    check_grid(1000, 1000, NULL);
    check_grid(10000, 9999, NULL);
    check_grid(2, 2, NULL);
    check_grid(999, 16, NULL);
}

/* S5 as it is written: z_s = sqrt(ab_s) zt + sqrt(1 - ab_s - var) eps_hat + sqrt(var) F eps. */
static void test_reverse(void **state)
{
    static const double AB[][2] = {{4.5e-7, 0.1}, {0.1, 0.5}, {0.3, 0.31}, {0.9, 0.99}, {0.001, 0.999}};
    const double zt = 0.7, z = -1.3, eps = 0.4, F = 5;
    (void)state;
    for (int i = 0; i < 5; i++) {
        const double t = AB[i][0], s = AB[i][1];
        const double eps_hat = (z - sqrt(t) * zt) / sqrt(1 - t), var = (1 - s) / (1 - t) * (1 - t / s);
        double abc[3];
        noise_schedule_reverse(abc, t, s, F);
        expect_near(abc[0] * zt + abc[1] * z + abc[2] * eps,
                    sqrt(s) * zt + sqrt(1 - s - var) * eps_hat + sqrt(var) * F * eps, 1e-12);
        expect_near(abc[2], sqrt(var) * F, 1e-12);
        expect_near(abc[1], sqrt(1 - s - var) / sqrt(1 - t), 1e-12);
    }
}

/* No step of any grid makes a NaN. */
static void test_reverse_is_finite(void **state)
{
    static double ab[10001];
    static const int32_t LENGTHS[] = {2, 50, 1000, 10000};
    (void)state;
    for (int i = 0; i < 4; i++) {
        noise_schedule_fill(ab, LENGTHS[i]);
        for (int32_t t = LENGTHS[i]; t > 1; t--) {
            double abc[3];
            noise_schedule_reverse(abc, ab[t], ab[t - 1], 5);
            assert_true(isfinite(abc[0]) && isfinite(abc[1]) && abc[2] >= 0 && isfinite(abc[2]));
            noise_schedule_reverse(abc, ab[LENGTHS[i]], ab[t - 1], 5);
            assert_true(isfinite(abc[0]) && isfinite(abc[1]) && abc[2] >= 0 && isfinite(abc[2]));
        }
    }
}

static void test_scale(void **state)
{
    (void)state;
    expect_near(noise_schedule_scale(1, 5), 1, 1e-15);
    expect_near(noise_schedule_scale(0, 5), 5, 1e-15);
    expect_near(noise_schedule_scale(0.36, 2), sqrt(0.36 + 0.64 * 4), 1e-15);
}

/* S11: SNR = ab / (1 - ab), so SNR + 1 = 1 / (1 - ab). */
static void test_weight(void **state)
{
    (void)state;
    expect_near(noise_schedule_weight(0.9, 5, CLUDI_SNR_MAX), 9 * 0.1, 1e-12);
    expect_near(noise_schedule_weight(0.9, 5, CLUDI_SNR_MIN), 5 * 0.1, 1e-12);
    expect_near(noise_schedule_weight(0.5, 5, CLUDI_SNR_MAX), 5 * 0.5, 1e-12);
    expect_near(noise_schedule_weight(0.5, 5, CLUDI_SNR_MIN), 1 * 0.5, 1e-12);
    expect_near(noise_schedule_weight(0.5, 5, CLUDI_SNR_NONE), 1, 0);
    expect_near(noise_schedule_weight(0.9, 5, CLUDI_SNR_NONE), 1, 0);
}

static void test_time(void **state)
{
    (void)state;
    for (double t = 0; t <= 1000; t += 333) {
        double out[TIME_EMBEDDING];
        noise_schedule_time(out, t);
        for (int j = 0; j < 64; j++) {
            const double angle = t / exp(log(10000) * j / 64);
            assert_true(fabs(out[j] - cos(angle)) < 1e-10 && fabs(out[64 + j] - sin(angle)) < 1e-10);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_end),
        cmocka_unit_test(test_grid),
        cmocka_unit_test(test_reverse),
        cmocka_unit_test(test_reverse_is_finite),
        cmocka_unit_test(test_scale),
        cmocka_unit_test(test_weight),
        cmocka_unit_test(test_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
