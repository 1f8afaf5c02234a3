/** @file run_progress.h
 *  How far the runs are, on stderr: a line for each that has ended, and on a terminal a bar.
 */
#ifndef CLUDI_CLI_RUN_PROGRESS_H
#define CLUDI_CLI_RUN_PROGRESS_H

#include <stdint.h>

#include "progress.h"
#include "run_study.h"

/** What is shown. */
typedef struct run_progress {
    progress_view *view; /**< borrowed */
    int32_t total;
    int32_t found; /**< runs that were there before */
    int32_t done;  /**< with those */
    double began;  /**< by duration_now() */
} run_progress;

/** Begins; says how many runs were found. */
void run_progress_begin(run_progress *progress, run_study *study);

/** Draws the bar where there is one. */
void run_progress_show(run_progress *progress);

/** Says how a run ended. */
void run_progress_tell(run_progress *progress, const run_study *study, int32_t run);

/** Ends the bar's line. */
void run_progress_end(run_progress *progress);

#endif
