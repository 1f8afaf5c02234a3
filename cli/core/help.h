/** @file help.h
 *  The texts that are made of the tables of options: --help, the manual page, the completions of the shells.
 */
#ifndef CLUDI_CLI_HELP_H
#define CLUDI_CLI_HELP_H

#include <stdbool.h>
#include <stddef.h>

#include "command.h"

/* ---- help.c: the texts of --help, on stdout; and the options they are made of, which the manual and the completions list too. ---- */

/** One option of a command, from its entries or from the library's parameter table. */
typedef struct help_option {
    char letter;       /**< short name, or 0 */
    bool is_parameter; /**< true: of the method */
    const char *group; /**< title of the options that it belongs to */
    char name[64];     /**< long name with dashes, without those before it */
    char value[256];   /**< "K", "N", "X", or choices with | between them; "" when it takes none */
    char text[1024];   /**< what it does, with default and bounds */
} help_option;

/** Gets one option of a command: those of its groups, the parameters where it takes them, by groups too, and --help.
 *  @param index  from 0
 *  @param option out
 *  @return false when there are no more */
bool help_option_get(const cli_command *command, size_t index, help_option *option);

/** Prints the help of the program.
 *  @param commands NULL-terminated */
void help_print_program(const cli_command *const *commands);

/** Prints the help of one command: examples, usage, all options, and the parameters where it takes them. */
void help_print_command(const cli_command *command);

/** Prints the same with no more than the options that people use. */
void help_print_short(const cli_command *command);

/* ---- manual.c: the manual page: a text in roff in which the commands and their options are filled in. ---- */

/** Copies stdin to stdout, without comments. Lines that begin with @ stand for what the tables have: "@SYNOPSIS", "@COMMANDS", "@OPTIONS
 *  COMMAND" (without the parameters) and "@PARAMETERS COMMAND".
 *  @param commands NULL-terminated
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int manual_print(const cli_command *const *commands);

/* ---- completion.c: what shells complete of a command line: scripts for bash and zsh, made of the commands' options. ---- */

/** Prints the script of a shell on stdout.
 *  @param shell    "bash" or "zsh"
 *  @param commands NULL-terminated
 *  @return false for another shell */
bool completion_print(const char *shell, const cli_command *const *commands);

#endif
