/** @file run_pool.h
 *  The runs of a plan that are not done yet, several at once, each in processes of its own.
 */
#ifndef CLUDI_CLI_RUN_POOL_H
#define CLUDI_CLI_RUN_POOL_H

#include "run_study.h"

/** Does all runs that wait, those of the first seed first. Of each that is done the file is written. A run that fails is
 *  noted, and the others go on.
 *  @return 0, or an exit code after one sentence on stderr: nothing can be run or written at all, or a signal has come */
int run_pool_work(run_study *study);

#endif
