/** @file command.h
 *  What a command is: its words, its options and the function that runs it. One constant per command, in cmd_*.c.
 */
#ifndef CLUDI_CLI_COMMAND_H
#define CLUDI_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct cli_options;

/** One option of a command, besides the parameters of the method and --help. */
typedef struct option_entry {
    const char *name;  /**< long name without the dashes; NULL ends a list */
    const char *value; /**< what its value is called in the help; NULL: the option takes none */
    const char *help;  /**< one phrase; NULL: what the library says of its choices */
    char letter;       /**< short name, or 0 */
} option_entry;

/** The value of an option whose choices are the library's backends. */
#define OPTION_BACKENDS "BACKEND"

/** Options that belong together, under a title of the help. All pointers are static. */
typedef struct option_group {
    const char *title;
    const option_entry *entries; /**< ends with a name of NULL */
} option_group;

/** Groups that several commands have (option_groups.c). */
extern const option_group OPTIONS_CLUSTERS; /**< K */
extern const option_group OPTIONS_DATA;     /**< how rows are read, and what stays in the file */
extern const option_group OPTIONS_COLUMNS;  /**< how rows are read */
extern const option_group OPTIONS_SPACES;   /**< more files of the same rows */
extern const option_group OPTIONS_COMPUTE;  /**< threads, backend, precision */
extern const option_group OPTIONS_TRAINING; /**< where a training starts from; comes last, before the parameters */
extern const option_group OPTIONS_OUTPUT;   /**< what is printed */
extern const option_group OPTIONS_JSON;     /**< of a command that prints nothing but its result */

/** A command. All pointers are static. */
typedef struct cli_command {
    const char *name;
    const char *summary;               /**< one phrase for 'cludi --help' */
    const char *examples;              /**< opens the help; lines that end in \n */
    const char *usage;                 /**< what follows "cludi NAME" */
    const char *notes;                 /**< a few sentences after the usage */
    const char *const *operands;       /**< names of the arguments that are no options, all required; NULL-terminated */
    bool repeats;                      /**< true: the last operand may come many times */
    const option_group *const *groups; /**< NULL-terminated */
    const char *common;                /**< names of the options of -h, a blank around each; NULL: all, as in --help */
    bool takes_parameters;             /**< true: each row of the library's parameter table is an option as well */
    int (*run)(const struct cli_options *options); /**< returns the exit code */
    const char *operand_hint; /**< what to know of the operands, a phrase that is said where one is missing; or NULL */
} cli_command;

/** @return an option of a command, the parameters apart, in the order of its groups; NULL when index is behind the last.
 *  @param group out: that it is in; may be NULL */
const option_entry *command_option(const cli_command *command, size_t index, const option_group **group);

extern const cli_command COMMAND_EMBED;
extern const cli_command COMMAND_FIT;
extern const cli_command COMMAND_PLAN;
extern const cli_command COMMAND_PREDICT;
extern const cli_command COMMAND_EVAL;
extern const cli_command COMMAND_COMPARE;
extern const cli_command COMMAND_SWEEP;
extern const cli_command COMMAND_VERIFY;
extern const cli_command COMMAND_INFO;

#endif
