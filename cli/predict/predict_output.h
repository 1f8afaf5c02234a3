/** @file predict_output.h
 *  The files that 'cludi predict' writes, a block of rows at a time.
 */
#ifndef CLUDI_CLI_PREDICT_OUTPUT_H
#define CLUDI_CLI_PREDICT_OUTPUT_H

#include <stdint.h>

#include <cludi/cluster.h>
#include <cludi/dataset.h>

#include "csv_out.h"
#include "obs_output.h"
#include "row_input.h"

/** Where an output goes. */
typedef struct predict_paths { /* labels and proba: .npy, or text where csv_out_is_meant();
                                  labels in an .h5ad go into a copy of the data */
    const char *labels;
    const char *proba;     /**< or NULL, as the next */
    const char *embedding; /**< or NULL */
    obs_names names;       /**< in an .h5ad */
} predict_paths;

/** The files that are being written. */
typedef struct predict_output {
    csv_out labels; /**< its writer alone when it is no CSV */
    int labels_csv; /**< 1: it is */
    csv_out proba;  /**< the same; its writer is NULL when it is not wanted */
    int proba_csv;
    cludi_writer *embedding; /**< or NULL */
    obs_output obs;          /**< empty unless the labels go into an .h5ad */
    cludi_context *context;
    const row_input *input;
    const char *path; /**< of the labels */
} predict_output;

/** @return 1 when the probabilities are needed for what is written */
int predict_output_wants_proba(const predict_paths *paths);

/** Begins the files.
 *  @param output out; closed by the caller also after an error
 *  @param input  the rows that will come; must outlive output
 *  @param origin what the labels are made with
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int predict_output_open(predict_output *output, cludi_context *context, const predict_paths *paths,
                        const row_input *input, const obs_origin *origin);

/** Appends a block. @return 0, or EXIT_FAILED after one sentence on stderr */
int predict_output_append(predict_output *output, const cludi_prediction *block, int64_t rows);

/** Ends the files, the labels last: where they are there, the others are too.
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int predict_output_commit(predict_output *output);

/** Removes what was not committed. */
void predict_output_close(predict_output *output);

#endif
