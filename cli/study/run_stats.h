/** @file run_stats.h
 *  Numbers over the seeds of a setting, and how they are written.
 */
#ifndef CLUDI_CLI_RUN_STATS_H
#define CLUDI_CLI_RUN_STATS_H

#include "run_study.h"

enum { RUN_TEXT_SIZE = 48 };

/** Mean and spread over the runs of a setting that know a number. */
typedef struct run_stats {
    double mean;   /**< NaN when there are none */
    double sd;     /**< standard deviation of a sample (n - 1); NaN for less than two, and for what runs share */
    double most;   /**< NaN when there are none */
    int32_t count; /**< of such runs */
} run_stats;

/** The scores that tables and pictures show. */
typedef struct run_shown {
    run_number numbers[3];
    int32_t count;
} run_shown;

/** @return the statistics of a number over the runs of a setting */
run_stats run_stats_of(const run_study *study, int32_t setting, run_number number);

/** @return how many runs of a setting ended so */
int32_t run_stats_count(const run_study *study, int32_t setting, run_state state);

/** @return NMI, ACC and ARI where classes are known, else silhouette, stability (of two seeds or more) and confidence */
run_shown run_stats_shown(const run_study *study);

/** @return a score as it is shown: 100 times that of a percentage */
double run_stats_scale(run_number number, double value);

/** Writes a score, "91.3" or "0.123"; "-" when it is not known.
 *  @param text out, RUN_TEXT_SIZE bytes. @return text */
const char *run_stats_format(char *text, run_number number, double value);

/** Writes a mean and its spread, "91.3 +- 0.2"; the mean alone when there is no spread.
 *  @param text out, RUN_TEXT_SIZE bytes. @return text */
const char *run_stats_format_mean(char *text, run_number number, const run_stats *stats);

#endif
