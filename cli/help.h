/** @file help.h
 *  The texts of --help, on stdout.
 */
#ifndef CLUDI_CLI_HELP_H
#define CLUDI_CLI_HELP_H

#include "command.h"

/** Prints the help of the program.
 *  @param commands NULL-terminated */
void help_print_program(const cli_command *const *commands);

/** Prints the help of one command: examples, usage, options, and the parameters where it takes them. */
void help_print_command(const cli_command *command);

#endif
