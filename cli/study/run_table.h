/** @file run_table.h
 *  The settings of a study as a table on stdout.
 */
#ifndef CLUDI_CLI_RUN_TABLE_H
#define CLUDI_CLI_RUN_TABLE_H

#include "run_study.h"

/** Prints a line for each setting: its values, its scores over the seeds, mean time and largest peak of memory.
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int run_table_print(const run_study *study);

/** Says on stderr what the columns mean. */
void run_table_explain(const run_study *study);

#endif
