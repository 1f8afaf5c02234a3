/** @file run_study.h
 *  'cludi compare' and 'cludi sweep', which are one thing: settings times seeds.
 */
#ifndef CLUDI_CLI_RUN_STUDY_H
#define CLUDI_CLI_RUN_STUDY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include <jansson.h>

#include "run_plan.h"
#include "run_record.h"
#include "session.h"
#include "words.h"

/* ---- run_study.c: 'cludi compare' and 'cludi sweep': the runs of a plan, and what is known of them. ---- */

/** All there is. */
typedef struct run_study {
    run_plan plan;
    cli_session session;
    out_claim claim; /**< of the files of the results */
    run_data data;
    run_record *records; /**< (plan.runs); owned */
    int32_t found;       /**< runs that were there already */
} run_study;

/** A command: reads its options, does the runs that are not there yet, prints and writes the results.
 *  @return the exit code */
int run_study_do(const run_kind *kind, const cli_options *options);

/* ---- run_stats.c: numbers over the seeds of a setting, and how they are written. ---- */

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

/** The options that compare and sweep share. */
extern const option_group STUDY_OPTIONS;

/* ---- run_child.c: this very program, run again as a process of its own with other words, and what it took. ---- */

/** A process that was started. {0} is none; forget it with run_child_clear(). */
typedef struct run_child {
    pid_t process; /**< 0: none, or it has ended */
    FILE *out;     /**< what it printed on stdout; a file without a name */
    FILE *err;     /**< on stderr */
    double began;  /**< by duration_now() */
} run_child;

/** What a process took. */
typedef struct run_cost {
    double seconds;           /**< from its start until it was found to have ended */
    double processor_seconds; /**< of all its threads */
    int64_t peak_bytes;       /**< most memory that it held */
} run_cost;

/** Starts the program; it ends when the process that started it does.
 *  @param child out; the caller clears it also after an error
 *  @param words after "cludi"
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int run_child_start(run_child *child, const word_list *words);

/** Looks whether it has ended.
 *  @param code out: its exit code, or 128 + the number of the signal that ended it
 *  @param cost in and out: what it took is added, but for the peak, of which the larger remains
 *  @return true when it has just ended, else false */
bool run_child_ended(run_child *child, int *code, run_cost *cost);

/** @return the last line of its stderr without "cludi: "; "" when there is none or no memory; freed by the caller */
char *run_child_last_words(run_child *child);

/** Asks it to stop. */
void run_child_stop(const run_child *child);

/** Waits until it has ended, and closes its files. */
void run_child_clear(run_child *child);

/* ---- run_pool.c: the runs of a plan that are not done yet, several at once, each in processes of its own. ---- */

/** Does all runs that wait, those of the first seed first. Of each that is done the file is written. A run that fails is
 *  noted, and the others go on.
 *  @return 0, or an exit code after one sentence on stderr: nothing can be run or written at all, or a signal has come */
int run_pool_work(run_study *study);

/* ---- run_progress.c: how far the runs are, on stderr: a line for each that has ended, and on a terminal a bar. ---- */

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

/* ---- run_table.c: the settings of a study as a table on stdout. ---- */

/** Prints a line for each setting: its values, its scores over the seeds, mean time and largest peak of memory.
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int run_table_print(const run_study *study);

/** Says on stderr what the columns mean. */
void run_table_explain(const run_study *study);

/* ---- run_files.c: the results of a study as DIR/COMMAND.json and DIR/COMMAND.csv. ---- */

/** @return all that is known, a new object; NULL without memory */
json_t *run_files_json(const run_study *study);

/** Writes both files: results, and a line for each run.
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int run_files_write(const run_study *study, const json_t *results);

/* ---- run_plot.c: the results of a study as a picture, DIR/COMMAND.svg. ---- */

/** Draws a panel for each score that the table shows: the first parameter on x, a line for each combination of the others.
 *  Names on x (methods, other choices) have marks instead of lines, and where nothing else varies one for each seed too.
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int run_plot_write(const run_study *study);

#endif
