/* lr_schedule.c: the rise, the cosine, the floor. */
#include <math.h>

#include "cmocka_all.h"
#include "lr_schedule.h"

static void expect_near(double got, double wanted)
{
    if (!(fabs(got - wanted) <= 1e-12 * fabs(wanted)))
        fail_msg("%.17g, wanted %.17g", got, wanted);
}

static void test_values(void **state)
{
    (void)state;
    const double lr = 3e-4;
    expect_near(lr_schedule(lr, 0, 600, 20), lr / 20);
    expect_near(lr_schedule(lr, 300, 600, 20), lr * (0.01 + 0.99 / 2)); /* the middle: cos = 0 */
    expect_near(lr_schedule(lr, 200, 600, 20), lr * (0.01 + 0.99 * 0.75));
    expect_near(lr_schedule(lr, 400, 600, 20), lr * (0.01 + 0.99 * 0.25));
    expect_near(lr_schedule(lr, 600, 600, 20), lr * 0.01);
    expect_near(lr_schedule(lr, 9, 600, 20), lr * 0.5 * (0.01 + 0.99 * (1 + cos(acos(-1) * 9 / 600)) / 2));
}

static void test_shape(void **state)
{
    (void)state;
    for (int64_t i = 1; i < 600; i++) {
        const double before = lr_schedule(1, i - 1, 600, 20), now = lr_schedule(1, i, 600, 20);
        assert_true(i < 20 ? now > before : now < before);
        assert_true(now > 0.01 && now < 1);
    }
}

static void test_borders(void **state)
{
    (void)state;
    expect_near(lr_schedule(2, 0, 1, 0), 2); /* no rise */
    expect_near(lr_schedule(2, 0, 1, 1), 2);
    expect_near(lr_schedule(2, 0, 1, 10), 0.2);
    expect_near(lr_schedule(2, 1, 3, 1000000), 2 * 2e-6 * (0.01 + 0.99 * 0.75));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_borders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
