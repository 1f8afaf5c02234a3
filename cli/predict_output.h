/** @file predict_output.h
 *  The files that 'cludi predict' writes, a block of rows at a time.
 */
#ifndef CLUDI_CLI_PREDICT_OUTPUT_H
#define CLUDI_CLI_PREDICT_OUTPUT_H

#include <stdint.h>

#include <cludi/cluster.h>
#include <cludi/dataset.h>

#include "obs_output.h"

/** Where an output goes. */
typedef struct predict_paths {
    const char *labels;
    const char *source;    /**< the data; an .h5ad of labels is a copy of it */
    const char *proba;     /**< or NULL, as the next */
    const char *embedding; /**< or NULL */
} predict_paths;

/** The files that are being written. */
typedef struct predict_output {
    cludi_writer *labels;    /**< NULL when they go into an .h5ad */
    cludi_writer *proba;     /**< NULL when it is not wanted, as the next */
    cludi_writer *embedding; /**< or NULL */
    obs_output obs;          /**< empty unless the labels go into an .h5ad */
    cludi_context *context;
    const predict_paths *paths;
} predict_output;

/** Begins the files.
 *  @param output out; closed by the caller also after an error
 *  @param context, paths live until predict_output_close()
 *  @param rows   that will come
 *  @param info   of the model
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int predict_output_open(predict_output *output, cludi_context *context, const predict_paths *paths, int64_t rows,
                        const cludi_model_info *info);

/** Appends a block. @return 0, or EXIT_FAILED after one sentence on stderr */
int predict_output_append(predict_output *output, const cludi_prediction *block, int64_t rows);

/** Ends the files, the labels last: where they are there, the others are too.
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int predict_output_commit(predict_output *output);

/** Removes what was not committed. */
void predict_output_close(predict_output *output);

#endif
