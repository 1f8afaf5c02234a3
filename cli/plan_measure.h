/** @file plan_measure.h
 *  What 'cludi plan' measures: a training and a prediction on a sample of the rows, with the parameters that were asked for.
 */
#ifndef CLUDI_CLI_PLAN_MEASURE_H
#define CLUDI_CLI_PLAN_MEASURE_H

#include <stdint.h>

#include <cludi/cluster.h>

#include "counted_memory.h"
#include "fit_request.h"
#include "plan_sample.h"
#include "plan_watch.h"
#include "row_input.h"

/** What is measured, and with what; all pointers are borrowed. */
typedef struct plan_job {
    const fit_request *request;
    const row_input *input; /**< open: its rows are in the file */
    cludi_context *context; /**< its allocator counts in counts, its progress callback is that of watch */
    counted_memory *counts;
    plan_watch *watch;
    int64_t base;  /**< bytes of the process before anything was computed */
    int from_file; /**< 1: fit would leave the rows in the file */
} plan_job;

/** Times in seconds, memory in bytes. */
typedef struct plan_measures {
    int64_t sample;      /**< rows of the sample */
    double read_row;     /**< reads a row, in order */
    double fetch_row;    /**< reads a row by itself, anywhere in the file; 0 unless fit would */
    int64_t trial_rows;  /**< rows that the training on the sample was shown */
    double set_up;       /**< from the call to the first step, with trial_rows rows */
    double visit_row;    /**< what each row more adds to it, reading apart */
    double check_row;    /**< looks at a row before a prediction of several blocks */
    double sampling;     /**< the sample of trial_rows rows and what is learned from it, the next two apart */
    double neighbors;    /**< finds the neighbors of trial_rows rows */
    double vote;         /**< one k-means of the start, on trial_rows rows */
    int64_t given_steps; /**< of the early steps those whose teacher is the start */
    double given_step;   /**< one of them, but the first */
    int64_t early_steps; /**< steps at the start that are not like the later ones */
    double early;        /**< all of them */
    double step;         /**< a later step */
    int64_t steps;       /**< that were taken */
    double save;         /**< writes the model */
    double load;         /**< reads it */
    int64_t model_bytes; /**< size of its file */
    double call;         /**< a prediction up to the end of its first rows */
    double next_call;    /**< the same, not for the first time */
    int64_t call_rows;   /**< its first rows */
    double predict_row;  /**< each row after them */
    int64_t
        fit_memory; /**< most of the process in training, without rows, their order, their sample and their neighbors */
    int64_t predict_memory; /**< most of the process in prediction, without rows and answers */
} plan_measures;

/** Measures, in a few seconds.
 *  @param measures out
 *  @return 0, EXIT_FAILED or the exit code of a signal, after one sentence on stderr */
int plan_measure(const plan_job *job, plan_measures *measures);

#endif
