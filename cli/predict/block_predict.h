/** @file block_predict.h
 *  Prediction of rows of any number, a block at a time. A row's answer does not depend on the rows around it, so the blocks
 *  do not show in the result.
 */
#ifndef CLUDI_CLI_BLOCK_PREDICT_H
#define CLUDI_CLI_BLOCK_PREDICT_H

#include <stdint.h>

#include <cludi/cluster.h>

#include "row_input.h"
#include "session.h"

/** What is predicted, and where each block goes; all pointers are borrowed. */
typedef struct block_job {
    cli_session *session;
    const cludi_model *model;
    const row_input *input;
    const cludi_predict_options *settings; /**< NULL: the model's own */
    int64_t clusters;                      /**< numbers of a row of probabilities; 0: they are not wanted */
    int64_t width;                         /**< numbers of a row of embeddings; 0: they are not wanted */
    int is_checked;                        /**< 1: all rows are known to be finite */

    /** Called with each block, in the order of the rows. @param count rows of the block
     *  @return 0, or an exit code after one sentence on stderr, which ends the prediction */
    int (*take)(void *user, const cludi_prediction *block, int64_t count);

    void *user; /**< handed to take */
} block_job;

/** The rows of a block: neither they nor their probabilities or embeddings take more than 64 MiB.
 *  @param clusters as in block_job, as is width */
int64_t block_predict_rows(const cludi_source *rows, int64_t clusters, int64_t width);

/** Predicts all rows. Rows of several blocks are first looked at as a whole, so that a bad one is found before the work.
 *  @return 0, what take returned, EXIT_FAILED after one sentence on stderr, or the exit code of stop_signal.h, without a
 *          sentence, when a signal has come */
int block_predict(const block_job *job);

#endif
