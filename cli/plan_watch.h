/** @file plan_watch.h
 *  The clock of 'cludi plan': a progress callback that notes how fast a call goes and ends it once that is known.
 */
#ifndef CLUDI_CLI_PLAN_WATCH_H
#define CLUDI_CLI_PLAN_WATCH_H

#include <stdint.h>

#include <cludi/context.h>

/** What was noted of a call; times are those of duration_now(). */
typedef struct plan_watch {
    double began;
    int32_t unsteady;  /**< reports at the start that are slower than those to come */
    int32_t reports;   /**< in which something was done */
    double settled_at; /**< time of the last unsteady report */
    int64_t settled;   /**< steps or rows that were then done */
    double last_at;    /**< time of the last report */
    int64_t done;      /**< steps or rows that were then done */
} plan_watch;

/** Starts the clock. @param unsteady reports at the start that are passed over */
void plan_watch_begin(plan_watch *watch, int32_t unsteady);

/** The progress callback.
 *  @param user a plan_watch. @return 1 to stop: enough was seen, or a signal has come */
int plan_watch_note(void *user, const cludi_progress *now);

/** @param otherwise used when nothing came after the unsteady reports. @return seconds of a steady step or row */
double plan_watch_each(const plan_watch *watch, double otherwise);

#endif
