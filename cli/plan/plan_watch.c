#include "plan.h"

#include <math.h>

#include "complain.h"
#include "words.h"

enum { ENOUGH_REPORTS = 10 };

static const double LEAST = 1.5; /* seconds of a call */
static const double MOST = 5;    /* seconds, then one report is enough */

void plan_watch_begin(plan_watch *watch, int32_t unsteady, int32_t given)
{
    double now = duration_now();
    *watch = (plan_watch){.is_whole = watch->is_whole,
                          .until = PLAN_UNTIL_KNOWN,
                          .patience = INFINITY,
                          .began = now,
                          .work_at = now,
                          .start_end = now,
                          .unsteady = unsteady,
                          .given = given};
}

/* A voter is done where the number of those that are done is told for the first time. */
static void note_start(plan_watch *watch, const cludi_progress *now)
{
    if (now->step < PLAN_MOST_VOTERS && watch->voter[now->step] == 0)
        watch->voter[now->step] = now->seconds;
    watch->voted = now->seconds;
    watch->steps = (int32_t)now->steps;
    watch->start_end = watch->work_at = duration_now();
}

static void note_neighbors(plan_watch *watch, const cludi_progress *now)
{
    watch->neighbors = now->seconds;
    watch->start_end = watch->work_at = duration_now();
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
    if (now->phase == CLUDI_PHASE_NEIGHBORS) {
        note_neighbors(watch, now);
        return 0;
    }
    if (now->phase == CLUDI_PHASE_INIT) {
        bool is_voter = watch->until == PLAN_UNTIL_VOTER && now->step > 1;
        note_start(watch, now);
        return watch->until == PLAN_UNTIL_START || is_voter || watch->voted > watch->patience;
    }
    if (now->phase == CLUDI_PHASE_FIT && watch->is_whole)
        return 0;
    if (now->step > watch->done) {
        watch->done = now->step;
        note_report(watch);
    }
    double elapsed = duration_now() - watch->work_at;
    bool is_enough = elapsed >= LEAST && watch->reports >= watch->unsteady + ENOUGH_REPORTS;
    bool is_late = elapsed >= MOST && watch->reports > watch->given;
    return watch->until != PLAN_UNTIL_KNOWN || is_enough || is_late;
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
