/* A running training to a training_state and back. */
#ifndef CLUSTER_TRAINING_KEEP_H
#define CLUSTER_TRAINING_KEEP_H

#include "pace.h"
#include "preparation.h"
#include "train_step.h"
#include "training_state.h"

/* What of a training changes from step to step; borrowed from the trainer. */
typedef struct training_view {
    preparation *ready;
    train_step *step;
    pace *pace;
    int32_t *probe; /* (N) */
    bool *probed;
    double *counts, *last_counts; /* (K) */
    int64_t *epoch_rows, *done;
} training_view;

/* Position of the rows' order when a step begins: a read within the step may be stopped. */
typedef struct row_mark {
    uint32_t epoch;
    int64_t next, reach;
} row_mark;

/* Fills a state of the view's sizes. */
void training_keep(const training_view *view, const row_mark *mark, training_state *state);

/* Sets the view to the state. CLUDI_ERROR_FORMAT, naming `name`, for one that does not fit. */
cludi_status training_restore(const training_view *view, const training_state *state, const char *name,
                              cludi_error *error);

#endif
