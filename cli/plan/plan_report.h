/** @file plan_report.h
 *  What 'cludi plan' prints.
 */
#ifndef CLUDI_CLI_PLAN_REPORT_H
#define CLUDI_CLI_PLAN_REPORT_H

#include <stdint.h>

#include <cludi/dataset.h>

#include "plan_estimate.h"

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
