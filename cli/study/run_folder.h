/** @file run_folder.h
 *  The folder of a study.
 */
#ifndef CLUDI_CLI_RUN_FOLDER_H
#define CLUDI_CLI_RUN_FOLDER_H

#include "out_claim.h"
#include "run_plan.h"

/** @return "DIR/COMMAND.SUFFIX", where results go; freed by the caller; NULL without memory */
char *run_folder_path(const run_plan *plan, const char *suffix);

/** Makes the folder and the one of its runs, and takes them for this process as long as it lives, and the files of the results.
 *  @param plan    what is run
 *  @param context of the claim
 *  @param claim   out; cleared by the caller also after an error
 *  @return 0, or an exit code after one sentence on stderr: another process has it, or a result would overwrite an input */
int run_folder_prepare(const run_plan *plan, cludi_context *context, out_claim *claim);

#endif
