/** @file predict_report.h
 *  What 'cludi predict' says when it is done.
 */
#ifndef CLUDI_CLI_PREDICT_REPORT_H
#define CLUDI_CLI_PREDICT_REPORT_H

#include <stdint.h>

/** A finished prediction; pointers are borrowed. */
typedef struct predict_report {
    const int32_t *labels;      /**< (rows), 0 .. clusters - 1 */
    const float *probabilities; /**< (rows, clusters); NULL if not computed */
    int64_t rows;
    int32_t clusters;
    double seconds;   /**< of the prediction, without files */
    const char *path; /**< of the labels */
} predict_report;

/** Prints one line on stderr. */
void predict_report_print(const predict_report *report);

/** Prints one JSON object on stdout; probabilities must be there.
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int predict_report_print_json(const predict_report *report);

#endif
