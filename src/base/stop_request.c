#define _GNU_SOURCE /* CLOCK_MONOTONIC_COARSE */
#include "stop_request.h"

#include <time.h>

#include "error.h"

static const double EVERY = 0.1; /* seconds */

/* A clock for work of microseconds; that it goes in steps of a few milliseconds does no harm. */
static double read_clock(void)
{
    struct timespec now;
#ifdef CLOCK_MONOTONIC_COARSE
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
#else
    clock_gettime(CLOCK_MONOTONIC, &now);
#endif
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void stop_request_init(stop_request *watch, cludi_stop_fn ask, void *user)
{
    watch->ask = ask;
    watch->user = user;
    watch->every = EVERY;
    watch->asked_at = 0;
    stop_request_begin(watch);
}

void stop_request_begin(stop_request *watch)
{
    watch->caller = pthread_self();
    atomic_store(&watch->stopped, false);
}

static bool is_time_to_ask(stop_request *watch)
{
    if (!pthread_equal(watch->caller, pthread_self()))
        return false;
    const double now = read_clock();
    if (now - watch->asked_at < watch->every)
        return false;
    watch->asked_at = now;
    return true;
}

bool stop_request_stopped(stop_request *watch)
{
    if (!watch || !watch->ask)
        return false;
    if (atomic_load_explicit(&watch->stopped, memory_order_relaxed))
        return true;
    if (!is_time_to_ask(watch) || watch->ask(watch->user) == 0)
        return false;
    atomic_store(&watch->stopped, true);
    return true;
}

cludi_status stop_request_check(stop_request *watch, cludi_error *error)
{
    return stop_request_stopped(watch) ? error_set(error, CLUDI_STOPPED, "Stopped, as the caller asked.") : CLUDI_OK;
}

static cludi_status read_unless_stopped(void *user, int64_t first, int64_t count, float *out, cludi_error *error)
{
    const stoppable_source *s = user;
    TRY(stop_request_check(s->watch, error));
    return s->X->read(s->X->user, first, count, out, error);
}

static cludi_status read_rows_unless_stopped(void *user, const int64_t *rows, int64_t count, float *out,
                                             cludi_error *error)
{
    const stoppable_source *s = user;
    TRY(stop_request_check(s->watch, error));
    return s->X->read_rows(s->X->user, rows, count, out, error);
}

cludi_source stoppable_source_rows(stoppable_source *s)
{
    cludi_source rows = *s->X;
    rows.read = read_unless_stopped;
    rows.read_rows = rows.read_rows ? read_rows_unless_stopped : NULL;
    rows.user = s;
    return rows;
}
