#include "plan_watch.h"

#include "duration.h"
#include "stop_signal.h"

enum { ENOUGH_REPORTS = 10 };

static const double LEAST = 1.5; /* seconds of a call */
static const double MOST = 5;    /* seconds, then one report is enough */

void plan_watch_begin(plan_watch *watch, int32_t unsteady)
{
    *watch = (plan_watch){.began = duration_now(), .unsteady = unsteady};
}

/* A prediction of many samples also reports within a block of rows: nothing is done then. */
int plan_watch_note(void *user, const cludi_progress *now)
{
    plan_watch *watch = user;
    if (now->step > watch->done) {
        watch->reports++;
        watch->done = now->step;
        watch->last_at = duration_now();
        if (watch->reports <= watch->unsteady) {
            watch->settled = watch->done;
            watch->settled_at = watch->last_at;
        }
    }
    double elapsed = duration_now() - watch->began;
    int is_enough = elapsed >= LEAST && watch->reports >= watch->unsteady + ENOUGH_REPORTS;
    int is_late = elapsed >= MOST && watch->reports > 0;
    return is_enough || is_late || stop_signal_exit_code() != 0;
}

double plan_watch_each(const plan_watch *watch, double otherwise)
{
    int64_t steady = watch->done - watch->settled;
    return steady > 0 ? (watch->last_at - watch->settled_at) / (double)steady : otherwise;
}
