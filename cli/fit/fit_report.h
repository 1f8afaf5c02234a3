/** @file fit_report.h
 *  What 'cludi fit' says when it is done.
 */
#ifndef CLUDI_CLI_FIT_REPORT_H
#define CLUDI_CLI_FIT_REPORT_H

#include <stdint.h>

#include <cludi/cluster.h>
#include <cludi/metrics.h>

/** A finished training. */
typedef struct fit_report {
    cludi_model_info info;
    double seconds;      /**< of the training */
    int from_file;       /**< 1: the rows were read from the file as they were needed */
    const char *path;    /**< of the model that was written; borrowed, as the next */
    const char *curves;  /**< of the picture of the training; NULL: there is none */
    const char *backend; /**< in use, as the next two */
    const char *precision;
    int32_t threads;
    const cludi_scores *scores;   /**< NULL without labels */
    const cludi_profile *profile; /**< NULL unless asked for */
} fit_report;

/** @return 1 when the training saw every row, so that clusters out of use mean something */
int fit_report_conclusive(const fit_report *report);

/** @return 1 when fewer than half of the clusters are in use */
int fit_report_collapsed(const fit_report *report);

/** Prints one line on stderr: steps, time, clusters in use, largest share, confidence,
 *  what was done to the rows, path. */
void fit_report_print(const fit_report *report);

/** Prints one JSON object on stdout. @return 0, or EXIT_FAILED after one sentence on stderr */
int fit_report_print_json(const fit_report *report);

#endif
