/* Training: epochs of shuffled rows through train_step, learning rate, progress, and the model at the end. */
#ifndef CLUSTER_TRAINER_H
#define CLUSTER_TRAINER_H

#include "backend.h"
#include "message.h"
#include "model.h"
#include "training_state.h"

typedef struct trainer_args {
    backend *be;
    const messenger *messages;
    uint64_t seed;
    const cludi_source *X;         /* (M, n), shape checked, not sequential */
    int32_t clusters;              /* K, 2 .. M */
    const cludi_config *config;    /* checked */
    cludi_profile *profile;        /* out: where the time went; may be NULL */
    const training_keeper *keeper; /* may be NULL; of no use to a method without steps */
} trainer_args;

/* Trains; *model as in cludi_fit_source(). CLUDI_ERROR_DATA, CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND,
   CLUDI_ERROR_DIVERGED, CLUDI_STOPPED, what X->read returned. */
cludi_status trainer_run(const trainer_args *args, cludi_model **model, cludi_error *error);

#endif
