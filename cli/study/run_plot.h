/** @file run_plot.h
 *  The results of a study as a picture, DIR/COMMAND.svg.
 */
#ifndef CLUDI_CLI_RUN_PLOT_H
#define CLUDI_CLI_RUN_PLOT_H

#include "run_study.h"

/** Draws a panel for each score that the table shows: the first parameter on x, a line for each combination of the others.
 *  Names on x (methods, other choices) have marks instead of lines, and where nothing else varies one for each seed too.
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int run_plot_write(const run_study *study);

#endif
