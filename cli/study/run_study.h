/** @file run_study.h
 *  'cludi compare' and 'cludi sweep': the runs of a plan, and what is known of them.
 */
#ifndef CLUDI_CLI_RUN_STUDY_H
#define CLUDI_CLI_RUN_STUDY_H

#include "out_claim.h"
#include "progress.h"
#include "run_data.h"
#include "run_plan.h"
#include "run_record.h"
#include "session.h"

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

#endif
