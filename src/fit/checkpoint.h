/* A running training to a checkpoint_state and back. */
#ifndef FIT_CHECKPOINT_H
#define FIT_CHECKPOINT_H

#include "checkpoint_state.h"
#include "step.h"
#include "stopping.h"
#include "training_data.h"

/* What of a training changes from step to step; borrowed from the trainer. */
typedef struct checkpoint_view {
    training_data *data;
    train_step *step;
    stopping *stopping;
    int32_t *probe; /* (N) */
    bool *probed;
    double *counts, *last_counts; /* (K) */
    int64_t *epoch_rows, *done;
} checkpoint_view;

/* Position of the rows' order when a step begins: a read within the step may be stopped. */
typedef struct row_mark {
    uint32_t epoch;
    int64_t next, reach;
} row_mark;

/* Fills a state of the view's sizes. */
void checkpoint_store(const checkpoint_view *view, const row_mark *mark, checkpoint_state *state);

/* Sets the view to the state. CLUDI_ERROR_FORMAT, naming `name`, for one that does not fit. */
cludi_status checkpoint_load(const checkpoint_view *view, const checkpoint_state *state, const char *name,
                             cludi_error *error);

#endif
