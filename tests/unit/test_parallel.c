/* The team of threads: every number of a loop once, workers within bounds, waiting threads asleep, loops that meet. */
#include "parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "cmocka_all.h"

enum { NUMBERS = 1000, MOST = 5 };

typedef struct tally {
    int times[NUMBERS];
    atomic_int outside; /* worker numbers that are none */
    int threads;
} tally;

static void count(void *self, int worker, int64_t first, int64_t last)
{
    tally *t = self;
    for (int64_t i = first; i < last; i++)
        t->times[i]++;
    if (worker < 0 || worker >= t->threads)
        atomic_fetch_add(&t->outside, 1);
}

static team *new_team(int threads)
{
    const cludi_allocator allocator = alloc_system();
    team *t = team_new(threads, &allocator);
    assert_non_null(t);
    return t;
}

static void check_loop(team *some, int threads, int64_t numbers, int64_t piece)
{
    tally t = {.threads = threads};
    team_run(some, threads, &(team_loop){count, &t, numbers, piece});
    for (int64_t i = 0; i < NUMBERS; i++)
        assert_int_equal(t.times[i], i < numbers);
    assert_int_equal(t.outside, 0);
}

static void test_every_number_once(void **state)
{
    static const int64_t COUNTS[] = {0, 1, 2, 7, 1000}, PIECES[] = {1, 3, 64, 5000};
    (void)state;
    for (int threads = 1; threads <= MOST; threads++) {
        team *t = new_team(threads);
        for (int i = 0; i < 5; i++)
            for (int k = 0; k < 4; k++)
                check_loop(t, threads, COUNTS[i], PIECES[k]);
        team_free(t);
    }
}

/* Loops that follow each other at once, with more and fewer threads: nobody takes a piece of the wrong one. */
static void test_many_loops(void **state)
{
    (void)state;
    team *t = new_team(MOST);
    for (int i = 0; i < 20000; i++)
        check_loop(t, 1 + i % MOST, i % 17, 1);
    team_free(t);
}

static void test_no_team(void **state)
{
    (void)state;
    check_loop(NULL, 1, NUMBERS, 1);
    check_loop(NULL, MOST, 1, 1);
    team_free(NULL);
}

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void sleep_some(void *self, int worker, int64_t first, int64_t last)
{
    (void)self;
    (void)worker;
    (void)first;
    (void)last;
    nanosleep(&(struct timespec){0, 200000000}, NULL);
}

/* Nobody computes: neither workers between two loops nor those who wait for the others cost a processor anything. */
static void test_waiting_threads_sleep(void **state)
{
    (void)state;
    team *t = new_team(MOST);
    check_loop(t, MOST, NUMBERS, 1);
    const double before = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    sleep_some(NULL, 0, 0, 1);
    team_run(t, 2, &(team_loop){sleep_some, NULL, 3, 1});
    assert_true(seconds_of(CLOCK_PROCESS_CPUTIME_ID) - before < 0.05);
    team_free(t);
}

/* ---- fork ---- */

/* ThreadSanitizer knows no child of a process with threads; in that of AddressSanitizer a lock of its allocator stays taken. */
#if !defined __SANITIZE_THREAD__ && !defined __SANITIZE_ADDRESS__
#define CAN_FORK
#endif

#ifdef CAN_FORK
/* The exit status of a child that runs loops with the team of its parent, and its own child too; 14: SIGALRM. */
static int run_in_child(team *t, int depth)
{
    const pid_t child = fork();
    int status = 0;
    if (child == 0) {
        alarm(10);
        check_loop(t, MOST, NUMBERS, 1);
        if (depth > 0)
            status = run_in_child(t, depth - 1);
        team_free(t);
        _exit(status);
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
}

static void test_fork(void **state)
{
    (void)state;
    team *t = new_team(MOST);
    for (int i = 0; i < 100; i++) { /* right after a loop, when workers are about to sleep */
        check_loop(t, MOST, NUMBERS, 1);
        assert_int_equal(run_in_child(t, i % 2), 0);
    }
    check_loop(t, MOST, NUMBERS, 1);
    team_free(t);
}

static void test_fork_before_first_loop(void **state)
{
    (void)state;
    team *t = new_team(MOST);
    assert_int_equal(run_in_child(t, 2), 0);
    team_free(t);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_number_once),
        cmocka_unit_test(test_many_loops),
        cmocka_unit_test(test_no_team),
        cmocka_unit_test(test_waiting_threads_sleep),
#ifdef CAN_FORK
        cmocka_unit_test(test_fork),
        cmocka_unit_test(test_fork_before_first_loop),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
