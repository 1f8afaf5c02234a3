/** @file manual.h
 *  The manual page: a text in roff in which the commands and their options are filled in.
 */
#ifndef CLUDI_CLI_MANUAL_H
#define CLUDI_CLI_MANUAL_H

#include "command.h"

/** Copies stdin to stdout, without comments. Lines that begin with @ stand for what the tables have: "@SYNOPSIS", "@COMMANDS", "@OPTIONS
 *  COMMAND" (without the parameters) and "@PARAMETERS COMMAND".
 *  @param commands NULL-terminated
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int manual_print(const cli_command *const *commands);

#endif
