/** @file row_input.h
 *  The rows of a file, in memory or read from the file as they are needed.
 */
#ifndef CLUDI_CLI_ROW_INPUT_H
#define CLUDI_CLI_ROW_INPUT_H

#include <stdint.h>

#include <cludi/cluster.h>
#include <cludi/dataset.h>

#include "row_options.h"

/** Rows. */
typedef struct row_input {
    const char *path;         /**< borrowed, as the next two */
    row_options options;      /**< how it is read */
    const cludi_model *model; /**< for which: its columns are found by their names; NULL at a fit */
    cludi_dataset *dataset;   /**< NULL before the file is opened */
    cludi_source rows;        /**< what the library is given */
} row_input;

/** Opens a file whose rows stay there, and prints what there is to say of its columns.
 *  @param input   its path, options and model are set, all else is out; closed by the caller also after an error
 *  @param context must outlive the rows
 *  @return 0, or an exit code after one sentence on stderr */
int row_input_open(row_input *input, cludi_context *context);

/** Decides where the rows of an open file are during training: in memory when they take no more than `memory` bytes.
 *  @param from_file out: 1 when they stay in the file
 *  @return 0, or an exit code after one sentence on stderr: they have to stay there, but only come in order */
int row_input_choose(const row_input *input, uint64_t memory, int *from_file);

/** Opens a file for training, which takes rows in any order: reads it whole when its rows take no more than `memory` bytes.
 *  @param input     as in row_input_open()
 *  @param from_file out: 1 when the rows stay in the file
 *  @return 0, or an exit code after one sentence on stderr */
int row_input_open_within(row_input *input, cludi_context *context, uint64_t memory, int *from_file);

/** Closes the file and frees the rows. */
void row_input_close(row_input *input);

#endif
