/** @file run_data.h
 *  What all runs have in common: rows and classes, looked at once before the first run.
 */
#ifndef CLUDI_CLI_RUN_DATA_H
#define CLUDI_CLI_RUN_DATA_H

#include <stdint.h>

#include <cludi/dataset.h>
#include <cludi/matrix.h>

#include "row_input.h"
#include "run_plan.h"

/** Rows and classes. Empty it with run_data_clear(). */
typedef struct run_data {
    cludi_context *context; /**< borrowed */
    int64_t rows;
    int64_t cols;
    uint64_t rows_print;  /**< fingerprint of the rows */
    cludi_labels truth;   /**< known classes; rows is 0 when there are none */
    uint64_t truth_print; /**< fingerprint of the classes, 0 when there are none */
    cludi_matrix sample;  /**< some of the rows as they are, the same for every run; owned */
    int64_t *places;      /**< (sample.rows) where they are among the rows, ascending; owned */
} run_data;

/** Reads all rows once: checks them, takes their fingerprint and a sample, and closes the file. Reads the classes.
 *  @param data    out; the caller clears it also after an error
 *  @param context must outlive data
 *  @return 0, or an exit code after one sentence on stderr */
int run_data_read(run_data *data, cludi_context *context, const run_plan *plan);

/** Frees what run_data_read() took. */
void run_data_clear(run_data *data);

#endif
