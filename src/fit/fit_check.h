/* What a model remembers of its training to be held against data later: a digest of the rows, and one of the labels that the
   finished model gives to the first of them in the canonical order (row_order.h), which are as good as random. */
#ifndef FIT_FIT_CHECK_H
#define FIT_FIT_CHECK_H

#include "model.h"
#include "row_order.h"

typedef struct fit_check_args {
    backend *be;
    uint64_t seed; /* of the training */
    const cludi_model *model;
    const cludi_source *X;  /* (M, n) */
    const row_order *order; /* of X; where it is now does not matter */
} fit_check_args;

/* Predicts at most 4096 rows (fewer where they would take more than 16 MiB) with the model's own settings.
   CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND, what X->read returned. */
cludi_status fit_check_take(const fit_check_args *args, model_check *check, cludi_error *error);

#endif
