/** @file obs_output.h
 *  Labels and confidences as columns of the observations in a copy of an .h5ad file, with probabilities in obsm and the
 *  parameters in uns.
 */
#ifndef CLUDI_CLI_OBS_OUTPUT_H
#define CLUDI_CLI_OBS_OUTPUT_H

#include <stdint.h>

#include <cludi/cluster.h>

/** What the copy gets, and under which names; borrowed. */
typedef struct obs_names {
    const char *obs;  /**< of the column of labels, and of the parameters in uns; NULL: the library's */
    const char *obsm; /**< of the probabilities in obsm; NULL: none */
} obs_names;

/** What has come so far. Zero it before the first use. */
typedef struct obs_output {
    int32_t *labels;      /**< (capacity); owned */
    float *confidence;    /**< (capacity); owned */
    float *probabilities; /**< (capacity, clusters), NULL when they are not wanted; owned */
    char *parameters;     /**< JSON; owned */
    obs_names names;
    int64_t rows; /**< that have come */
    int64_t capacity;
    int32_t clusters;
} obs_output;

/** What labels were made with. */
typedef struct obs_origin {
    const cludi_model_info *model;
    const cludi_predict_options *settings;
    uint64_t seed; /**< of the prediction */
} obs_origin;

/** 1 for a path that ends in .h5ad. */
int obs_output_is_meant(const char *path);

/** Looks at the file that will be copied, and makes room.
 *  @param rows of source
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int obs_output_begin(obs_output *output, cludi_context *context, const char *source, int64_t rows,
                     const obs_names *names, const obs_origin *origin);

/** Keeps a block. @param block with probabilities */
void obs_output_append(obs_output *output, const cludi_prediction *block, int64_t rows);

/** Writes the copy of source. @return 0, or EXIT_FAILED after one sentence on stderr */
int obs_output_commit(const obs_output *output, cludi_context *context, const char *source, const char *path);

/** Frees. */
void obs_output_clear(obs_output *output);

#endif
