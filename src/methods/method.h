/* What can be trained: one row for each value of cludi_method. Whoever adds one writes these three functions, its row in
   method.c and its name in config_table.c. */
#ifndef METHODS_METHOD_H
#define METHODS_METHOD_H

#include "fit_loop.h"
#include "predict.h"

typedef struct method {
    /* Lists the tensors of its model, besides the input map's, in specs (DENOISER_MAX_PARAMS) and returns how many. */
    int (*specs)(param_spec *specs, int64_t n, int32_t K, const cludi_config *config);
    cludi_status (*fit)(const fit_args *args, cludi_model **model, cludi_error *error);
    cludi_status (*predict)(const predictor_args *args, const cludi_prediction *out, cludi_error *error);
} method;

/* The one that a checked config names. */
const method *method_of(const cludi_config *config);

#endif
