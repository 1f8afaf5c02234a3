#include "plan.h"

#include <string.h>

#include "complain.h"
#include "words.h"

enum { ENOUGH_REPORTS = 10 };

static const double LEAST = 1.5; /* seconds of a call */
static const double MOST = 5;    /* seconds, then one report is enough */

void plan_watch_begin(plan_watch *watch, int32_t unsteady, int32_t given)
{
    double now = duration_now();
    *watch = (plan_watch){.began = now, .work_at = now, .unsteady = unsteady, .given = given};
}

/* Before the first step: it is waited for, however long that takes. */
static void note_preparation(plan_watch *watch, const cludi_progress *now)
{
    double *seconds = now->phase == CLUDI_PHASE_INIT ? &watch->voting : &watch->neighbors;
    *seconds = now->seconds;
    watch->work_at = duration_now();
}

static void note_report(plan_watch *watch)
{
    watch->reports++;
    watch->last_at = duration_now();
    if (watch->reports == 1)
        watch->given_from = watch->last_at;
    if (watch->reports == watch->given)
        watch->given_at = watch->last_at;
    if (watch->reports <= watch->unsteady) {
        watch->settled = watch->done;
        watch->settled_at = watch->last_at;
    }
}

/* A prediction of many samples also reports within a block of rows: nothing is done then. */
int plan_watch_note(void *user, const cludi_progress *now)
{
    plan_watch *watch = user;
    if (now->phase == CLUDI_PHASE_INIT || now->phase == CLUDI_PHASE_NEIGHBORS) {
        note_preparation(watch, now);
        return 0;
    }
    if (now->step > watch->done) {
        watch->done = now->step;
        note_report(watch);
    }
    double elapsed = duration_now() - watch->work_at;
    bool is_enough = elapsed >= LEAST && watch->reports >= watch->unsteady + ENOUGH_REPORTS;
    bool is_late = elapsed >= MOST && watch->reports > watch->given;
    return is_enough || is_late;
}

double plan_watch_given(const plan_watch *watch)
{
    int32_t steps = watch->given - 1;
    return steps > 0 && watch->given_at > 0 ? (watch->given_at - watch->given_from) / steps : 0;
}

double plan_watch_each(const plan_watch *watch, double otherwise)
{
    int64_t steady = watch->done - watch->settled;
    return steady > 0 ? (watch->last_at - watch->settled_at) / (double)steady : otherwise;
}
