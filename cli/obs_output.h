/** @file obs_output.h
 *  Labels and confidences as columns of the observations in a copy of an .h5ad file.
 */
#ifndef CLUDI_CLI_OBS_OUTPUT_H
#define CLUDI_CLI_OBS_OUTPUT_H

#include <stdint.h>

#include <cludi/cluster.h>

/** What has come so far. Zero it before the first use. */
typedef struct obs_output {
    int32_t *labels;   /**< (capacity); owned */
    float *confidence; /**< (capacity); owned */
    int64_t rows;      /**< that have come */
    int64_t capacity;
    int32_t clusters;
} obs_output;

/** 1 for a path that ends in .h5ad. */
int obs_output_is_meant(const char *path);

/** Makes room. @return 0, or EXIT_FAILED after one sentence on stderr */
int obs_output_begin(obs_output *output, int64_t rows, int32_t clusters);

/** Keeps a block. @param block with probabilities */
void obs_output_append(obs_output *output, const cludi_prediction *block, int64_t rows);

/** Writes the copy of source. @return 0, or EXIT_FAILED after one sentence on stderr */
int obs_output_commit(const obs_output *output, cludi_context *context, const char *source, const char *path);

/** Frees. */
void obs_output_clear(obs_output *output);

#endif
