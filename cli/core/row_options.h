/** @file row_options.h
 *  The options of every command that reads rows: which columns of a CSV are features, and how its text is meant.
 */
#ifndef CLUDI_CLI_ROW_OPTIONS_H
#define CLUDI_CLI_ROW_OPTIONS_H

#include <cludi/dataset.h>

#include "options.h"
#include "word_list.h"

/** Their rows in a command's table. */
#define ROW_OPTIONS                                                                                                    \
    {"id-column", "NAME",                                                                                              \
     "column of a CSV with the rows' ids, which is no feature: its name, or its number from 1 [row numbers; of an "    \
     ".h5ad the index of obs]",                                                                                        \
     0},                                                                                                               \
        {"drop", "NAME", "column of a CSV that is no feature: its name, or its number from 1; may be repeated", 0},    \
        {"header", NULL, "the first line of a CSV has names, even where these are numbers", 0},                        \
        {"no-header", NULL, "the first line of a CSV is a row, even where it counts 0, 1, 2, ...", 0},                 \
    {                                                                                                                  \
        "decimal", ".|,", "decimal point of the numbers in a CSV [.]", 0                                               \
    }

/** What was given for them; borrowed from the options. */
typedef struct row_options {
    const char *id_column;   /**< NULL: none */
    const char *const *drop; /**< (drop_count) */
    int drop_count;
    cludi_header header;
    int decimal_comma; /**< 1: the decimal point is a comma */
} row_options;

/** Reads them.
 *  @param rows out
 *  @return 0, or EXIT_USAGE after one sentence on stderr */
int row_options_read(row_options *rows, const cli_options *options);

/** @return 1 when any was given */
int row_options_are_given(const row_options *rows);

/** Adds them to the words of another command. */
void row_options_add(const row_options *rows, word_list *words);

#endif
