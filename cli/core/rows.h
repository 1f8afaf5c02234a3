/** @file rows.h
 *  Rows of a file: how they are meant, opened, kept in memory or left where they are.
 */
#ifndef CLUDI_CLI_ROWS_H
#define CLUDI_CLI_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include <cludi/cluster.h>
#include <cludi/context.h>
#include <cludi/dataset.h>

#include "command.h"
#include "words.h"

/* ---- row_options.c: the options of every command that reads rows: which columns of a CSV are features, and how its text is meant. ---- */

/** Files that --also may name. */
enum { ALSO_MOST = 3 };

/** What was given for them; borrowed from the options. */
typedef struct row_options {
    const char *id_column;   /**< NULL: none */
    const char *const *drop; /**< (drop_count) */
    int drop_count;
    cludi_header header;
    bool decimal_comma;      /**< true: the decimal point is a comma */
    const char *const *also; /**< (also_count) files with other features of the same rows */
    int also_count;
} row_options;

/** Reads them.
 *  @param rows out
 *  @return 0, or EXIT_USAGE after one sentence on stderr */
int row_options_read(row_options *rows, const struct cli_options *options);

/** @return true when any was given */
bool row_options_are_given(const row_options *rows);

/** Adds the files of --also to a list.
 *  @param inputs room for ALSO_MOST more
 *  @return how many */
int row_options_list(const row_options *rows, const char **inputs);

/** Adds them to the words of another command. */
void row_options_add(const row_options *rows, word_list *words);

/* ---- stream_input.c: inputs that are no files but come from elsewhere: stdin ("-"), pipes, <(...). They are kept in a temporary file without a
   name, which takes their place, so that they can be read in any order and more than once. ---- */

/** @return true for "-" */
bool stream_input_is_stdin(const char *path);

/** The path by which an input is read: "/dev/stdin" for "-", "/dev/fd/N" for a FIFO, which is opened without waiting for its
 *  writer; else the path itself.
 *  @param path as it was given
 *  @return a copy, freed by the caller; NULL without memory */
char *stream_input_name(const char *path);

/** Keeps what comes from a path of stream_input_name() when it is a pipe or a socket, waiting for its end; does nothing
 *  about anything else. A signal ends the waiting.
 *  @param path may be NULL
 *  @return 0, EXIT_FAILED after one sentence on stderr, or what a signal asks for */
int stream_input_keep(const char *path);

/* ---- joined_rows.c: rows whose columns come from several files, one behind the other: spaces of features. ---- */

/** The files. */
typedef struct joined_rows {
    const char *first;                      /**< path of the first, for sentences; borrowed */
    cludi_source parts[ALSO_MOST + 1];      /**< (count) the first is of whoever opened it */
    cludi_dataset *datasets[ALSO_MOST + 1]; /**< of the others */
    int count;                              /**< 0 before joined_rows_open() */
    int64_t cols;                           /**< of all together */
} joined_rows;

/** Opens the files that --also named, beside the first.
 *  @param joined    its first and parts[0] are set, all else is zero; closed by the caller also after an error
 *  @param in_memory true: they are read whole
 *  @return 0, or an exit code after one sentence on stderr */
int joined_rows_open(joined_rows *joined, cludi_context *context, const row_options *options, bool in_memory);

/** @return all columns of the rows; valid until the files are closed or `joined` moves */
cludi_source joined_rows_source(joined_rows *joined);

/** Tells the trainings of a context which columns are a space.
 *  @return 0, or an exit code after one sentence on stderr */
int joined_rows_tell(const joined_rows *joined, cludi_context *context);

/** Closes the files but the first. */
void joined_rows_close(joined_rows *joined);

/* ---- row_input.c: the rows of a file, in memory or read from the file as they are needed. ---- */

/** Rows. */
typedef struct row_input {
    const char *path;         /**< borrowed, as the next two */
    row_options options;      /**< how it is read */
    const cludi_model *model; /**< for which: its columns are found by their names; NULL at a fit */
    cludi_dataset *dataset;   /**< NULL before the file is opened */
    joined_rows joined;       /**< with the files of --also; empty without */
    cludi_source rows;        /**< what the library is given */
} row_input;

/** Opens a file whose rows stay there, and prints what there is to say of its columns.
 *  @param input   its path, options and model are set, all else is out; closed by the caller also after an error
 *  @param context must outlive the rows
 *  @return 0, or an exit code after one sentence on stderr */
int row_input_open(row_input *input, cludi_context *context);

/** Decides where the rows of an open file are during training: in memory when they take no more than `memory` bytes.
 *  @param from_file out: true when they stay in the file
 *  @return 0, or an exit code after one sentence on stderr: they have to stay there, but only come in order */
int row_input_choose(const row_input *input, uint64_t memory, bool *from_file);

/** Opens a file for training, which takes rows in any order: reads it whole when its rows take no more than `memory` bytes.
 *  @param input     as in row_input_open()
 *  @param from_file out: true when the rows stay in the file
 *  @return 0, or an exit code after one sentence on stderr */
int row_input_open_within(row_input *input, cludi_context *context, uint64_t memory, bool *from_file);

/** Closes the file and frees the rows. */
void row_input_close(row_input *input);

/* ---- memory_limit.c: how much memory there is: for rows when nobody said, and now. ---- */

/** @return half of the memory of this machine or of this container (cgroup version 2), whichever is less, in bytes */
uint64_t memory_limit_default(void);

/** @return bytes that a new process could take now without swapping, of this machine or of this container (cgroup version
 *          2), whichever is less; UINT64_MAX when it cannot be found out */
uint64_t memory_limit_available(void);

/* ---- wrong_file.c: what somebody may have meant who named a file that is something else. ---- */

/** Says why a file is no model: that it and the data are swapped, that it is data or a folder, or else the library's sentence.
 *  @param command name of the command, whose arguments are MODEL DATA
 *  @param model   what was named as the model
 *  @param data    what was named as the data
 *  @param error   of cludi_model_load()
 *  @return as complain_error() */
int wrong_file_complain_model(cludi_context *context, const char *command, const char *model, const char *data,
                              const cludi_error *error);

/** @return true when a folder is there */
bool wrong_file_is_folder(const char *path);

#endif
