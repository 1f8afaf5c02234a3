/* phase_clock.c: time goes to the part that runs, and to no other. */
#include <time.h>

#include "cmocka_all.h"
#include "phase_clock.h"

static double seconds(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void wait_for(double wanted, clockid_t id)
{
    const double end = seconds(id) + wanted;
    while (seconds(id) < end)
        continue;
}

/* Part 2, then 0, then 2 again, then none; the sums are those of a clock around them. */
static void test_parts(void **state)
{
    (void)state;
    phase_clock clock = {0};
    const double before = seconds(CLOCK_MONOTONIC), before_processor = seconds(CLOCK_PROCESS_CPUTIME_ID);
    phase_clock_start(&clock, 2);
    wait_for(0.02, CLOCK_MONOTONIC);
    phase_clock_start(&clock, 0);
    nanosleep(&(struct timespec){0, 30000000}, NULL);
    phase_clock_start(&clock, 2);
    wait_for(0.01, CLOCK_PROCESS_CPUTIME_ID);
    phase_clock_stop(&clock);
    const double all = seconds(CLOCK_MONOTONIC) - before;
    const double all_processor = seconds(CLOCK_PROCESS_CPUTIME_ID) - before_processor;
    assert_true(clock.total[2].wall >= 0.03 && clock.total[0].wall >= 0.03);
    assert_true(clock.total[2].wall + clock.total[0].wall <= all);
    assert_true(clock.total[2].processor >= 0.01 && clock.total[0].processor < 0.02); /* asleep, however long */
    assert_true(clock.total[2].processor + clock.total[0].processor <= all_processor);
    for (int i = 0; i < PHASE_CLOCK_MOST; i++)
        assert_true(i == 0 || i == 2 || (clock.total[i].wall == 0 && clock.total[i].processor == 0));
}

/* Stopped, it counts nothing; stopping twice is harmless; the last part is a part too. */
static void test_stopped(void **state)
{
    (void)state;
    phase_clock clock = {0};
    phase_clock_stop(&clock);
    nanosleep(&(struct timespec){0, 5000000}, NULL);
    const double before = seconds(CLOCK_MONOTONIC);
    phase_clock_start(&clock, PHASE_CLOCK_MOST - 1);
    phase_clock_stop(&clock);
    const double total = clock.total[PHASE_CLOCK_MOST - 1].wall;
    assert_true(total >= 0 && total <= seconds(CLOCK_MONOTONIC) - before);
    nanosleep(&(struct timespec){0, 5000000}, NULL);
    phase_clock_stop(&clock);
    assert_true(clock.total[PHASE_CLOCK_MOST - 1].wall == total);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_parts), cmocka_unit_test(test_stopped)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
