/** @file run_files.h
 *  The results of a study as DIR/COMMAND.json and DIR/COMMAND.csv.
 */
#ifndef CLUDI_CLI_RUN_FILES_H
#define CLUDI_CLI_RUN_FILES_H

#include <jansson.h>

#include "run_study.h"

/** @return all that is known, a new object; NULL without memory */
json_t *run_files_json(const run_study *study);

/** Writes both files: results, and a line for each run.
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int run_files_write(const run_study *study, const json_t *results);

#endif
