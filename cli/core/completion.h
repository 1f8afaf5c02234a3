/** @file completion.h
 *  What shells complete of a command line: scripts for bash and zsh, made of the commands' options.
 */
#ifndef CLUDI_CLI_COMPLETION_H
#define CLUDI_CLI_COMPLETION_H

#include "command.h"

/** Prints the script of a shell on stdout.
 *  @param shell    "bash" or "zsh"
 *  @param commands NULL-terminated
 *  @return 0 for another shell */
int completion_print(const char *shell, const cli_command *const *commands);

#endif
