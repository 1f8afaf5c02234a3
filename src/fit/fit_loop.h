/* Training, whatever the method: rows made ready, steps, progress, stop, checkpoint, profile, and the model at the end. */
#ifndef FIT_FIT_LOOP_H
#define FIT_FIT_LOOP_H

#include "model.h"
#include "reducer.h"

typedef struct fit_args {
    backend *be;
    const callbacks *messages;
    uint64_t seed;
    const cludi_source *X;           /* (M, n), shape checked, not sequential */
    int32_t clusters;                /* K, 2 .. M */
    const cludi_config *config;      /* checked */
    cludi_profile *profile;          /* out: where the time went, all zero for a method without steps; may be NULL */
    const checkpoint_writer *writer; /* may be NULL; of no use to a method without steps */
    const reducer *sum; /* over the processes that train one model; NULL: one. All give the same rows and arguments */
    feature_spaces spaces; /* of the columns */
} fit_args;

/* Trains; *model as in cludi_fit_source(). CLUDI_ERROR_DATA, CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND,
   CLUDI_ERROR_DIVERGED, CLUDI_STOPPED, what X->read returned. */
cludi_status fit_loop_run(const fit_args *args, cludi_model **model, cludi_error *error);

#endif
