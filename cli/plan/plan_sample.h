/** @file plan_sample.h
 *  The first rows of a file, shown to the library as if there were more of them, and when it asked for which.
 */
#ifndef CLUDI_CLI_PLAN_SAMPLE_H
#define CLUDI_CLI_PLAN_SAMPLE_H

#include <stdint.h>

#include "row_input.h"

/** Rows in memory. Empty it with plan_sample_clear(). */
typedef struct plan_sample {
    int64_t rows;
    int64_t cols;
    float *numbers;    /**< (rows, cols) */
    double seconds;    /**< that reading them took */
    int64_t shown;     /**< rows that the library is shown */
    int64_t visited;   /**< of the shown rows, those asked for in the pass over all rows */
    int stops;         /**< 1: training ends with the first row of a batch */
    double trained_at; /**< when that row was asked for, by duration_now(); 0 before */
} plan_sample;

/** Reads the first rows: all of a small file, else a few thousand that take 64 MiB at most.
 *  @param sample out; cleared by the caller also after an error
 *  @return 0, EXIT_FAILED or the exit code of a signal, after one sentence on stderr */
int plan_sample_read(plan_sample *sample, const row_input *input);

/** Starts again with the pass over all rows.
 *  @param shown rows: the sample's, over and over
 *  @param stops 1: training ends with the first row of a batch, with CLUDI_STOPPED
 *  @return a source that lives as long as the sample */
cludi_source plan_sample_show(plan_sample *sample, int64_t shown, int stops);

/** Frees the rows. */
void plan_sample_clear(plan_sample *sample);

#endif
