/** @file options.h
 *  The command line of one command, read with popt into values that are looked up by name.
 */
#ifndef CLUDI_CLI_OPTIONS_H
#define CLUDI_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "command.h"

/* ---- options.c: the command line of one command, read with popt into values that are looked up by name.
   *
   The options are those of the command, those of the library's parameter table where the command takes them (a dash or
   an underscore in a name is the same), --help and --version. Where one is given twice the last counts,
   but for commands that ask for all (options_values()). ---- */

/** One option that is known, and what was given for it. */
typedef struct option_slot {
    char *name;  /**< long name with dashes; owned */
    char *alias; /**< the same with underscores, NULL when there are none; owned */
    char *old
        [2]; /**< names of a parameter in 0.1.0, with dashes and with underscores, which no help shows; NULL: none; owned */
    char *value;   /**< the last one given, NULL if none or a switch; that of values */
    char **values; /**< (given) all, in order, NULL for a switch; owned */
    int given;     /**< how many times */
    int letter;    /**< short name, or 0 */
    bool wants;    /**< true: takes a value */
} option_slot;

/** The name of the option -h, which has no long one. */
#define SHORT_HELP "-h"

/** A command line that was read. Empty it with options_clear(). */
typedef struct cli_options {
    const cli_command *command;
    option_slot *slots; /**< (count): the command's options, --help, -h, --version, then the parameters by index */
    size_t count;
    size_t first_parameter;
    char **operands; /**< (operand_count) and NULL: the words that are no options; owned */
    size_t operand_count;
    int stdin_count; /**< inputs that are stdin */
} cli_options;

/** Reads a command line.
 *  @param options out; the caller clears it also after an error
 *  @param command whose options are known
 *  @param argc    of the words
 *  @param argv    the words; the first is the command's name
 *  @return 0, or an exit code after one sentence on stderr */
int options_read(cli_options *options, const cli_command *command, int argc, const char **argv);

/** Takes in the inputs that are pipes, waiting for their ends (rows.h). Called before they are read.
 *  @return 0, or an exit code after one sentence on stderr */
int options_keep_streams(const cli_options *options);

/** Frees what options_read() took. */
void options_clear(cli_options *options);

/** @param name long name of an option of the command. @return its value, NULL when it was not given */
const char *options_value(const cli_options *options, const char *name);

/** @param name  long name of an option of the command
 *  @param count out: how many times it was given
 *  @return (count) its values in order */
const char *const *options_values(const cli_options *options, const char *name, int *count);

/** @return true when the option was given */
bool options_given(const cli_options *options, const char *name);

/** @return true when the command has an option of that long name, the parameters apart */
bool options_is_own(const cli_options *options, const char *name);

/** @return the parameter that other programs call name, as known_wish_find() knows; NULL when there is none of another name */
const char *options_meant_parameter(const cli_options *options, const char *name);

/** @param index row of the parameter table. @return the value given for it, NULL when none was */
const char *options_parameter(const cli_options *options, int32_t index);

/** Reads an option's value as a whole number from 0 to max.
 *  @param number in and out: unchanged when the option was not given
 *  @return 0, or EXIT_USAGE after one sentence on stderr */
int options_number(const cli_options *options, const char *name, uint64_t max, uint64_t *number);

/** As options_number(), from least on. */
int options_number_from(const cli_options *options, const char *name, uint64_t least, uint64_t max, uint64_t *number);

/* ---- strict_number.c: numbers from the command line: all of the text is one, or there is an error. ---- */

/** Reads 0 .. 2^64 - 1 in decimal.
 *  @return true, or false when text is anything else; *number is then unchanged */
bool strict_number_unsigned(const char *text, uint64_t *number);

/** Reads -2^31 .. 2^31 - 1 in decimal.
 *  @return true, or false when text is anything else; *number is then unchanged */
bool strict_number_int32(const char *text, int32_t *number);

/** Reads a number of bytes, 1 .. 2^64 - 1: a whole number, or a number with a unit, K, M, G or T for powers of 1024, also
 *  written KB or KiB; blanks and capitals do not matter.
 *  @return true, or false when text is anything else; *bytes is then unchanged */
bool strict_number_size(const char *text, uint64_t *bytes);

/** Reads how often: a time in seconds, minutes, hours or days ("60s", "5 min", "1.5h"), or a whole number of steps ("500",
 *  "500 steps"); the other of the two becomes 0, and "0" makes both 0. Blanks and capitals do not matter.
 *  @return true, or false when text is anything else; nothing is then changed */
bool strict_number_interval(const char *text, double *seconds, int64_t *steps);

#endif
