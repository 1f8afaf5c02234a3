/** @file run_score.h
 *  How good the labels of a run are.
 */
#ifndef CLUDI_CLI_RUN_SCORE_H
#define CLUDI_CLI_RUN_SCORE_H

#include "run_record.h"

/** Computes the scores of one run that its record has not yet. A score that is not defined, such as the silhouette of
 *  one cluster, stays NaN.
 *  @param is_new out: 1 when there was something to compute
 *  @return 0, or EXIT_FAILED after one sentence on stderr: its labels cannot be read */
int run_score_labels(const run_plan *plan, const run_data *data, int32_t run, run_record *record, int *is_new);

/** Computes the stability of the runs of a setting: of each run the mean adjusted Rand index between its labels and those
 *  of the other seeds; NaN where there is no other.
 *  @param records (runs) of the plan
 *  @return 0, or an exit code after one sentence on stderr */
int run_score_stability(const run_plan *plan, const run_data *data, int32_t setting, run_record *records);

#endif
