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
    double neighbors;  /**< seconds that the search of the neighbors took; 0: there was none */
    double voting;     /**< seconds that the k-means of the start took, as far as they report; 0: there were none */
    double work_at;    /**< when the first step or row could begin at the earliest */
    int32_t given;     /**< first reports of steps whose teacher is the start: they are cheaper */
    double given_from; /**< time of the first report */
    double given_at;   /**< time of the last report of such a step */
    int32_t unsteady;  /**< reports at the start that are slower than those to come */
    int32_t reports;   /**< in which something was done */
    double settled_at; /**< time of the last unsteady report */
    int64_t settled;   /**< steps or rows that were then done */
    double last_at;    /**< time of the last report */
    int64_t done;      /**< steps or rows that were then done */
} plan_watch;

/** Starts the clock.
 *  @param unsteady reports at the start that are passed over
 *  @param given    of these the first, when the teacher of their steps is the start; 0: none */
void plan_watch_begin(plan_watch *watch, int32_t unsteady, int32_t given);

/** The progress callback.
 *  @param user a plan_watch. @return 1 to stop: enough was seen, or a signal has come */
int plan_watch_note(void *user, const cludi_progress *now);

/** @return seconds of a step whose teacher is the start; 0 where fewer than two were seen */
double plan_watch_given(const plan_watch *watch);

/** @param otherwise used when nothing came after the unsteady reports. @return seconds of a steady step or row */
double plan_watch_each(const plan_watch *watch, double otherwise);

#endif
