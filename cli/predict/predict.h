/** @file predict.h
 *  Rows put into clusters a block at a time, and scores of labels.
 */
#ifndef CLUDI_CLI_PREDICT_H
#define CLUDI_CLI_PREDICT_H

#include <stdbool.h>
#include <stdint.h>

#include <cludi/cluster.h>
#include <cludi/metrics.h>
#include <jansson.h>

#include "rows.h"
#include "session.h"

/* ---- block_predict.c: prediction of rows of any number, a block at a time. A row's answer does not depend on the rows around it, so the blocks
   do not show in the result. ---- */

/** What is predicted, and where each block goes; all pointers are borrowed. */
typedef struct block_job {
    cli_session *session;
    const cludi_model *model;
    const row_input *input;
    const cludi_predict_options *settings; /**< NULL: the model's own */
    int64_t clusters;                      /**< numbers of a row of probabilities; 0: they are not wanted */
    int64_t width;                         /**< numbers of a row of embeddings; 0: they are not wanted */
    bool is_checked;                       /**< true: all rows are known to be finite */

    /** Called with each block, in the order of the rows. @param count rows of the block
     *  @return 0, or an exit code after one sentence on stderr, which ends the prediction */
    int (*take)(void *user, const cludi_prediction *block, int64_t count);

    void *user; /**< handed to take */
} block_job;

/** The rows of a block: neither they nor their probabilities or embeddings take more than 64 MiB.
 *  @param clusters as in block_job, as is width */
int64_t block_predict_rows(const cludi_source *rows, int64_t clusters, int64_t width);

/** Predicts all rows. Rows of several blocks are first looked at as a whole, so that a bad one is found before the work.
 *  @return 0, what take returned, EXIT_FAILED after one sentence on stderr, or stop_signal_exit_code(), without a
 *          sentence, when a signal has come */
int block_predict(const block_job *job);

/* ---- score_table.c: the scores of a clustering as a table and as JSON. ---- */

/** Prints a table on stdout: percent with one decimal, then counts and shares. */
void score_table_print(const cludi_scores *scores);

/** @return a new object with the members of cludi_scores; measures and shares as fractions of 1; NULL without memory */
json_t *score_table_json(const cludi_scores *scores);

#endif
