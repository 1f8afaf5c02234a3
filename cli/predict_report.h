/** @file predict_report.h
 *  What 'cludi predict' says when it is done.
 */
#ifndef CLUDI_CLI_PREDICT_REPORT_H
#define CLUDI_CLI_PREDICT_REPORT_H

#include <stdint.h>

#include <cludi/cluster.h>

/** What is known of a prediction, block after block. Empty it with predict_report_clear(). */
typedef struct predict_report {
    int64_t rows;      /**< so far */
    int64_t *sizes;    /**< (clusters) rows of each; owned */
    double draws;      /**< sum over the rows of their noise draws */
    double confidence; /**< sum over the rows of the probability of the row's label; 0 if not computed */
    int32_t clusters;
    double seconds;   /**< of the prediction, with reading and writing the rows */
    const char *path; /**< of the labels; borrowed */
} predict_report;

/** Begins a report without rows. @return 0, or EXIT_FAILED after one sentence on stderr */
int predict_report_begin(predict_report *report, int32_t clusters, const char *path);

/** Adds a block. @param block its labels, and its probabilities if they are computed */
void predict_report_add(predict_report *report, const cludi_prediction *block, int64_t rows);

/** Frees what predict_report_begin() took. */
void predict_report_clear(predict_report *report);

/** Prints one line on stderr. */
void predict_report_print(const predict_report *report);

/** Prints one JSON object on stdout; probabilities must have been there.
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int predict_report_print_json(const predict_report *report);

#endif
