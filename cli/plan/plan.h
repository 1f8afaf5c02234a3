/** @file plan.h
 *  What 'cludi plan' measures, and what it makes of it.
 */
#ifndef CLUDI_CLI_PLAN_H
#define CLUDI_CLI_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include <cludi/cluster.h>
#include <cludi/context.h>
#include <cludi/dataset.h>

#include "fit_request.h"
#include "rows.h"

/* ---- counted_memory.c: how much memory the library has asked for, and how much the process holds. ---- */

/** Bytes that went through an allocator. */
typedef struct counted_memory {
    int64_t live; /**< handed out and not yet back */
    int64_t peak; /**< most that were live at a time */
} counted_memory;

/** @param counts zeroed; must outlive the context. @return an allocator that keeps count */
cludi_allocator counted_memory_allocator(counted_memory *counts);

/** Forgets the peak so far. @return the bytes that are live */
int64_t counted_memory_restart(counted_memory *counts);

/** The memory of this process (resident set), as Linux counts it.
 *  @param peak true: the most so far; 0: now
 *  @return bytes; 0 when it cannot be found out */
int64_t process_memory(bool peak);

/** Gives freed memory back to the system, and lets the most so far be what there is now, where Linux allows that. */
void process_memory_restart(void);

/* ---- plan_watch.c: the clock of 'cludi plan': a progress callback that notes how fast a call goes and ends it once that is known. ---- */

enum { PLAN_MOST_VOTERS = 64 };

/** What ends a call. */
typedef enum plan_until {
    PLAN_UNTIL_KNOWN, /**< enough was seen of its steps or rows */
    PLAN_UNTIL_START, /**< the neighbors were found: the start begins */
    PLAN_UNTIL_VOTER, /**< the first two voters are done, and the number of the others known */
    PLAN_UNTIL_STEPS  /**< the first step was done */
} plan_until;

/** What was noted of a call; times are those of duration_now(). */
typedef struct plan_watch {
    bool is_whole; /**< a method without steps is fitted: it has a model at its end alone */
    plan_until until;
    double patience; /**< most seconds of the start; usual: any */
    double began;
    double neighbors;               /**< seconds that the search of the neighbors took; 0: there was none */
    double voted;                   /**< seconds that the start took; 0: there was none */
    int32_t steps;                  /**< of the start: its voters and two more */
    double voter[PLAN_MOST_VOTERS]; /**< seconds of the start up to the end of each voter */
    double start_end;               /**< time of its last report */
    double work_at;                 /**< when the first step or row could begin at the earliest */
    int32_t given;                  /**< first reports of steps that take another time than the rest */
    double given_from;              /**< time of the first report */
    double given_at;                /**< time of the last report of such a step */
    int32_t unsteady;               /**< reports at the start that are slower than those to come */
    int32_t reports;                /**< in which something was done */
    double settled_at;              /**< time of the last unsteady report */
    int64_t settled;                /**< steps or rows that were then done */
    double last_at;                 /**< time of the last report */
    int64_t done;                   /**< steps or rows that were then done */
} plan_watch;

/** Starts the clock.
 *  @param unsteady reports at the start that are passed over
 *  @param given    of these the first, when their steps take another time than the rest; 0: none */
void plan_watch_begin(plan_watch *watch, int32_t unsteady, int32_t given);

/** The progress callback.
 *  @param user a plan_watch. @return 1 to stop: enough was seen, or a signal has come */
int plan_watch_note(void *user, const cludi_progress *now);

/** @return seconds of one of the given steps; 0 where fewer than two were seen */
double plan_watch_given(const plan_watch *watch);

/** @param otherwise used when nothing came after the unsteady reports. @return seconds of a steady step or row */
double plan_watch_each(const plan_watch *watch, double otherwise);

/* ---- plan_sample.c: the first rows of a file, shown to the library as if there were more or fewer of them, and when it asked for which. ---- */

/** Rows in memory. Empty it with plan_sample_clear(). */
typedef struct plan_sample {
    int64_t rows;
    int64_t cols;
    float *numbers;    /**< (rows, cols) */
    double seconds;    /**< that reading them took */
    int64_t shown;     /**< rows that the library is shown */
    int64_t visited;   /**< of the shown rows, those asked for in the pass over all rows */
    bool stops;        /**< true: training ends with the first row of a batch */
    double trained_at; /**< when that row was asked for, by duration_now(); 0 before */
} plan_sample;

/** Reads the first rows: all of a small file, else some thousands that take 64 MiB at most.
 *  @param sample out; cleared by the caller also after an error
 *  @return 0, EXIT_FAILED or the exit code of a signal, after one sentence on stderr */
int plan_sample_read(plan_sample *sample, const row_input *input);

/** Starts again with the pass over all rows.
 *  @param shown rows: the sample's, over and over, or some of them from end to end
 *  @param stops true: training ends with the first row of a batch, with CLUDI_STOPPED
 *  @return a source that lives as long as the sample */
cludi_source plan_sample_show(plan_sample *sample, int64_t shown, bool stops);

/** Frees the rows. */
void plan_sample_clear(plan_sample *sample);

/* ---- plan_scale.c: how the parts of a fit grow with rows and clusters. ---- */

enum { PLAN_LANDMARKS = 512 }; /* src/discriminant/kernel_features.h */

/** How large a fit is. */
typedef struct plan_size {
    int64_t rows; /**< of the sample, from which all but the neighbors of all rows and the steps is learned */
    int32_t clusters;
    int64_t cols;
    int32_t threads;
    bool is_alone; /**< true: of a start of few voters, for the neighbors tell little; known once it was tried */
    cludi_fit_outline outline;
} plan_size;

/** Seconds of the parts of a fit that grow with the sample and the clusters; 0: not a part of it. */
typedef struct plan_parts {
    double sampling;    /**< takes the sample and learns the map of its rows */
    double neighbors;   /**< searches them */
    double plain;       /**< the first voter of the start */
    double smoothed;    /**< its other k-means, with the smoothing of rows and their consensus */
    double each;        /**< one of these */
    double communities; /**< of the graph, with the consensus */
    double spectral;    /**< eigenvectors and their k-means */
    double refinement;  /**< of a method without steps: from the start to the model */
} plan_parts;

/** By which power of the rows k-means and the graph's voters take longer than their formula says. */
typedef struct plan_growth {
    double kmeans;
    double graph;
    double rounds; /**< of a refinement; what it has comes from its model */
} plan_growth;

enum { PLAN_ROUNDS = 8 }; /* usual */

/** @return pairs of rows that a search compares, in the unit of rows * rows */
double plan_scale_pairs(double rows);

/** @return what a search among so many rows takes, in a unit of its own */
double plan_scale_search(double rows, int64_t cols);

/** @return the parts of a fit of size `to`, from those of one of size `from` */
plan_parts plan_scale(const plan_parts *parts, const plan_size *from, const plan_size *to, const plan_growth *growth);

/** @return the sum of all that is spent on a start */
double plan_scale_start(const plan_parts *parts);

/** @param parts,more of two fits, the second of more rows. @return how the second one differs from the first one scaled */
plan_growth plan_scale_compare(const plan_parts *parts, const plan_size *from, const plan_parts *more,
                               const plan_size *to);

/** How long a row is in prediction, in a unit of its own: a method without steps. */
double plan_scale_row(const plan_size *size);

/** Bytes that a fit of that size holds for its sample beside the rows as they were given, at most and without steps. */
int64_t plan_scale_memory(const plan_size *size);

/** Bytes of the sample's rows and of the neighbors of `rows` rows, which are kept while fit runs. */
int64_t plan_scale_kept(const plan_size *size, int64_t rows);

/** Numbers of the model of a method without steps. */
int64_t plan_scale_model(const plan_size *size);

/* ---- plan_measure.c: what 'cludi plan' measures on a sample of the rows, with the parameters that were asked for; the fits among it are plan_trial.c's. ---- */

/** What is measured, and with what; all pointers are borrowed. */
typedef struct plan_job {
    const fit_request *request;
    const row_input *input; /**< open: its rows are in the file */
    cludi_context *context; /**< its allocator counts in counts, its progress callback is that of watch */
    counted_memory *counts;
    plan_watch *watch;
    plan_size size; /**< of the whole fit */
    int64_t base;   /**< bytes of the process before anything was computed */
    bool from_file; /**< true: fit would leave the rows in the file */
} plan_job;

/** Times in seconds, memory in bytes. */
typedef struct plan_measures {
    int64_t sample;       /**< rows of the sample */
    double read_row;      /**< reads a row, in order */
    double fetch_row;     /**< reads a row by itself, anywhere in the file; 0 unless fit would */
    plan_size trial;      /**< of the largest fit that was tried */
    plan_parts parts;     /**< of it */
    plan_growth growth;   /**< from a smaller fit to it */
    plan_size whole;      /**< of the whole fit, with the voters that will be asked */
    double plain;         /**< its first voter, with the starts of the trial; 0: not measured */
    int32_t trial_starts; /**< those */
    double second;        /**< its second voter, with the graphs; likewise */
    int64_t search_rows;  /**< rows of the largest search for neighbors, which took so many seconds */
    double search;
    double first_use;       /**< what the first fit of a method without steps takes longer */
    int64_t trial_rows;     /**< rows that the last fit was shown */
    double set_up;          /**< from the call to the sample of trial_rows rows */
    double visit_row;       /**< what each row more adds to it, reading apart */
    double check_row;       /**< looks at a row before a prediction of several blocks */
    int64_t given_steps;    /**< of the early steps those that take another time than the rest */
    double given_step;      /**< one of them, but the first */
    int64_t early_steps;    /**< steps at the start that are not like the later ones */
    double early;           /**< all of them */
    double step;            /**< a later step */
    int64_t steps;          /**< that were taken */
    double save;            /**< writes the model of the trial */
    double load;            /**< reads it */
    int64_t model_bytes;    /**< size of its file */
    plan_size model;        /**< of the fit that it is from */
    double call;            /**< a prediction up to the end of its first rows */
    double next_call;       /**< the same, not for the first time */
    int64_t call_rows;      /**< its first rows */
    double predict_row;     /**< each row after them */
    int64_t fit_memory;     /**< most of the process in the last fit, without what the sample decides */
    int64_t predict_memory; /**< most of the process in prediction, without rows and answers */
} plan_measures;

/* ---- plan_trial.c: fits of a part of the rows, and of the clusters where there are many. ---- */

/** Fits until all parts and the speed of the steps are known, in some seconds.
 *  @param measures filled in as far as fits tell. @param model out; the caller frees it
 *  @return 0, EXIT_FAILED or the exit code of a signal, after one sentence on stderr */
int plan_trial_run(const plan_job *job, plan_sample *sample, plan_measures *measures, cludi_model **model);

/** Says why a call failed. @return the exit code */
int plan_trial_refuse(const plan_job *job, const cludi_error *error);

/** Measures, in a few seconds.
 *  @param measures out
 *  @return 0, EXIT_FAILED or the exit code of a signal, after one sentence on stderr */
int plan_measure(const plan_job *job, plan_measures *measures);

/* ---- plan_estimate.c: what 'cludi fit' and 'cludi predict' will take, from what was measured on a sample. ---- */

/** Bytes that training keeps for each row, the row apart (cludi_fit_source()). */
enum { PLAN_ORDER_BYTES = 16 };

/** Times in seconds, memory in bytes. */
typedef struct plan_estimate {
    double start;    /**< of the program, up to the open file */
    double reading;  /**< the rows into memory; 0 when they stay in the file */
    double pass;     /**< up to the first step; a pass over the rows is the part that grows with them */
    double sampling; /**< a sample of the rows, and what is learned from it */
    double neighbors;
    double voting;     /**< the start */
    double refinement; /**< of a method without steps: all that comes then */
    double steps;      /**< of the whole training; 0: a method without */
    bool is_most;      /**< true: it may end before, once the clusters have converged */
    double step;       /**< one of them */
    double training;   /**< all of them */
    double writing;
    double fit;         /**< all of the above */
    double predict;     /**< of the same rows */
    int64_t rows_bytes; /**< the rows in memory */
    int64_t model_bytes;
    int64_t fit_memory; /**< most that fit holds at a time */
    int64_t predict_memory;
} plan_estimate;

/** Adds up.
 *  @param start seconds from the start of the program to the open file */
plan_estimate plan_estimate_make(const plan_job *job, const plan_measures *measures, double start);

/* ---- plan_report.c: what 'cludi plan' prints. ---- */

/** A finished plan; pointers are borrowed. */
typedef struct plan_report {
    const plan_job *job;
    const plan_measures *measures;
    const plan_estimate *estimate;
    cludi_file_info file;
    uint64_t available; /**< bytes of memory; UINT64_MAX: not known */
    double seconds;     /**< that planning took */
} plan_report;

/** Prints a table on stdout. */
void plan_report_print(const plan_report *report);

/** Prints one JSON object on stdout. @return 0, or EXIT_FAILED after one sentence on stderr */
int plan_report_print_json(const plan_report *report);

/** Says on stderr which of the two commands would take more memory than there is. */
void plan_report_warn(const plan_report *report);

#endif
