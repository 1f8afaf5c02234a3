/** @file run_record.h
 *  What is known of the rows, and of a run that has ended.
 */
#ifndef CLUDI_CLI_RUN_RECORD_H
#define CLUDI_CLI_RUN_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include <cludi/dataset.h>
#include <cludi/matrix.h>
#include <jansson.h>

#include "rows.h"
#include "run_plan.h"

/* ---- run_data.c: what all runs have in common: rows and classes, looked at once before the first run. ---- */

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

/* ---- run_record.c: what is known of a run that has ended, and the file that keeps it. ---- */

/** How a run ended. */
typedef enum run_state {
    RUN_WAITING = 0, /**< not yet */
    RUN_DONE,
    RUN_COLLAPSED, /**< done, with fewer than half of the clusters in use */
    RUN_FAILED
} run_state;

/** The numbers that are known of a run, in the order in which they are written. */
typedef enum run_number {
    RUN_NMI,
    RUN_ACC,
    RUN_ARI,
    RUN_AMI,
    RUN_SILHOUETTE,
    RUN_STABILITY,
    RUN_CONFIDENCE,
    RUN_CLUSTERS_IN_USE,
    RUN_LARGEST_SHARE,
    RUN_STEPS,
    RUN_SECONDS,
    RUN_FIT_SECONDS,
    RUN_PROCESSOR_SECONDS,
    RUN_PEAK_BYTES,
    RUN_NUMBERS
} run_number;

/** What a number is called and how it is written. */
typedef struct run_number_facts {
    const char *key;     /**< in JSON and CSV */
    const char *heading; /**< in tables and pictures; NULL: it is in none */
    bool is_percent;     /**< true: tables and pictures have 100 times the number, with one decimal; else with three */
    bool is_whole;       /**< true: a whole number */
    bool is_shared;      /**< true: it depends on other runs, so that the run's own file does not have it */
    bool is_of_labels;   /**< true: it depends on the known classes */
} run_number_facts;

/** (RUN_NUMBERS), by number. */
extern const run_number_facts RUN_FACTS[];

/** A run. Empty it with run_record_clear(). */
typedef struct run_record {
    run_state state;
    bool is_found;               /**< true: its file was there already */
    double numbers[RUN_NUMBERS]; /**< NaN: not known */
    char *why;                   /**< of a run that failed: a sentence; owned */
} run_record;

/** "done", "collapsed", "failed" or "waiting" */
const char *run_record_state(const run_record *record);

/** Sets all numbers to NaN. */
void run_record_init(run_record *record);

/** @return the path of a file of a run: DIR/runs/NAME and a suffix; NULL without memory; freed by the caller */
char *run_record_path(const run_plan *plan, int32_t run, const char *suffix);

/** @return a new object that says what a run is, how it ended and what its numbers are; NULL without memory.
 *  @param is_whole true: with the numbers that depend on other runs */
json_t *run_record_json(const run_plan *plan, int32_t run, const run_record *record, bool is_whole);

/** Writes the file of a run that is done.
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int run_record_write(const run_plan *plan, const run_data *data, int32_t run, const run_record *record);

/** Reads the file of a run, if it is there. Scores against other classes than data's are left out.
 *  @param record out: waiting when there is no file, or one that cannot be read to its end
 *  @return 0, or EXIT_FAILED after one sentence on stderr: the file is of other rows, options or another version */
int run_record_read(const run_plan *plan, const run_data *data, int32_t run, run_record *record);

/** Frees what a record owns. */
void run_record_clear(run_record *record);

/* ---- run_score.c: how good the labels of a run are. ---- */

/** Computes the scores of one run that its record has not yet. A score that is not defined, such as the silhouette of
 *  one cluster, stays NaN.
 *  @param is_new out: true when there was something to compute
 *  @return 0, or EXIT_FAILED after one sentence on stderr: its labels cannot be read */
int run_score_labels(const run_plan *plan, const run_data *data, int32_t run, run_record *record, bool *is_new);

/** Computes the stability of the runs of a setting: of each run the mean adjusted Rand index between its labels and those
 *  of the other seeds; NaN where there is no other.
 *  @param records (runs) of the plan
 *  @return 0, or an exit code after one sentence on stderr */
int run_score_stability(const run_plan *plan, const run_data *data, int32_t setting, run_record *records);

#endif
