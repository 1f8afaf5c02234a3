/* stopping.c: a given number of steps has the rate of lr_schedule(); without one, training lasts until probes say that the
   clusters have converged, within bounds, and ends with a falling rate. */
#include <math.h>

#include "cmocka_all.h"
#include "config_table.h"
#include "lr_schedule.h"
#include "stopping.h"

static cludi_config config_of(int32_t steps, double epochs)
{
    cludi_config config;
    config_table_defaults(&config);
    config.steps = steps;
    config.epochs = epochs;
    return config;
}

static void expect_schedule(const cludi_config *config, int64_t rows, int64_t steps)
{
    const stopping p = stopping_begin(&METHOD_CLUDI, config, rows);
    assert_int_equal(p.steps, steps);
    assert_true(p.next_probe > steps); /* no probes */
    for (int64_t i = 0; i < steps; i++)
        assert_true(stopping_rate(&p, i) == lr_schedule(config->lr, i, steps, config->warmup));
}

static void test_given_steps(void **state)
{
    (void)state;
    cludi_config config = config_of(37, 0);
    expect_schedule(&config, 1000, 37);
    config = config_of(1, 0);
    expect_schedule(&config, 5, 1);
    config = config_of(37, 2.5); /* epochs go first */
    expect_schedule(&config, 1000, 10);
    config = config_of(0, 1e-3);
    expect_schedule(&config, 10, 1);
    config = config_of(0, 1e6);
    assert_int_equal(stopping_begin(&METHOD_CLUDI, &config, INT64_C(1) << 40).steps, INT64_C(4000000000));
}

/* Takes probes as the trainer does, each of which says `changed` from step `settled` on and 1 before; returns the steps. */
static int64_t run(const cludi_config *config, int64_t rows, int64_t settled, double changed)
{
    stopping p = stopping_begin(&METHOD_CLUDI, config, rows);
    int64_t i = 0, last = 0, probes = 0;
    double before = 0;
    for (; i < p.steps; i++) {
        if (i == p.next_probe) {
            assert_true(probes == 0 || i == last + STOPPING_INTERVAL);
            stopping_probe(&p, i, i >= settled ? changed : 1);
            last = i;
            probes++;
        }
        const double rate = stopping_rate(&p, i);
        const int64_t tail = i - (p.steps - STOPPING_TAIL);
        if (tail >= 0) /* falls to a hundredth by a cosine */
            assert_true(rate == lr_schedule(config->lr, tail, STOPPING_TAIL, 0) && (tail == 0 || rate < before));
        else
            assert_true(fabs(rate - config->lr * fmin(1, ((double)i + 1) / config->warmup)) <= 1e-12 * config->lr);
        before = rate;
    }
    assert_true(probes > 0);
    assert_true(before < 0.02 * config->lr);
    return i;
}

static void test_settles(void **state)
{
    (void)state;
    const cludi_config config = config_of(0, 0); /* first partition for 60 steps */
    assert_int_equal(run(&config, 1000, 0, 0), 60 + STOPPING_INTERVAL + STOPPING_TAIL); /* no earlier */
    assert_int_equal(run(&config, 1000, 0, 0.01), 60 + STOPPING_INTERVAL + STOPPING_TAIL);
    assert_int_equal(run(&config, 1000, 0, 0.0101), 600); /* never */
    assert_int_equal(run(&config, 1000, 200, 0), 60 + 3 * STOPPING_INTERVAL + STOPPING_TAIL);
    assert_int_equal(run(&config, 1000, 1000, 0), 600);
    cludi_config noise = config;
    noise.init_runs = 0; /* from noise at once */
    assert_int_equal(run(&noise, 1000, 0, 0), STOPPING_INTERVAL + STOPPING_TAIL);
}

/* Every row is seen about once after the start, up to 10,000 steps of them. */
static void test_bounds(void **state)
{
    (void)state;
    cludi_config config = config_of(0, 0);
    const int64_t steps = run(&config, 256 * 1000, 0, 0);
    assert_true(steps >= 60 + 1000 && steps <= 60 + 1000 + 2 * STOPPING_INTERVAL);
    assert_true(run(&config, 256 * 1000, 100000, 0) == 2 * (60 + 50 + 900) + STOPPING_TAIL);
    assert_true(run(&config, INT64_C(256) << 30, 100000, 0) == 20000);
    config.init_steps = 1000000; /* no longer than this, whatever is asked for */
    const stopping p = stopping_begin(&METHOD_CLUDI, &config, 1000);
    assert_true(p.steps >= p.least + STOPPING_TAIL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_given_steps), cmocka_unit_test(test_settles),
                                       cmocka_unit_test(test_bounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
