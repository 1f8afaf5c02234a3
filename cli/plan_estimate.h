/** @file plan_estimate.h
 *  What 'cludi fit' and 'cludi predict' will take, from what was measured on a sample.
 */
#ifndef CLUDI_CLI_PLAN_ESTIMATE_H
#define CLUDI_CLI_PLAN_ESTIMATE_H

#include <stdint.h>

#include "plan_measure.h"

/** Bytes that training keeps for each row, the row apart (cludi_fit_source()). */
enum { PLAN_ORDER_BYTES = 16 };

/** Times in seconds, memory in bytes. */
typedef struct plan_estimate {
    double start;    /**< of the program, up to the open file */
    double reading;  /**< the rows into memory; 0 when they stay in the file */
    double pass;     /**< up to the first step; a pass over the rows is the part that grows with them */
    double sampling; /**< a sample of the rows, and what is learned from it */
    double neighbors;
    double voting;   /**< the k-means that the start is made of */
    double steps;    /**< of the whole training */
    int is_most;     /**< 1: it may end before, once the clusters have settled */
    double step;     /**< one of them */
    double training; /**< all of them */
    double writing;
    double fit;         /**< all of the above */
    double predict;     /**< of the same rows */
    int64_t rows_bytes; /**< the rows in memory */
    int64_t fit_memory; /**< most that fit holds at a time */
    int64_t predict_memory;
} plan_estimate;

/** @return steps of a training on `rows` rows, or the most there can be (src/fit/stopping.c) */
double plan_estimate_steps(const cludi_config *config, int64_t rows);

/** @return bytes of `sample` mapped rows and of the neighbors of `rows` rows, all of which are kept while fit runs */
int64_t plan_estimate_kept(const cludi_config *config, int64_t rows, int64_t sample, int64_t cols);

/** Adds up.
 *  @param start seconds from the start of the program to the open file */
plan_estimate plan_estimate_make(const plan_job *job, const plan_measures *measures, double start);

#endif
