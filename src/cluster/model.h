/* A trained model of any method in host memory: its shape, its parameters as one flat array, and where it came from. */
#ifndef CLUSTER_MODEL_H
#define CLUSTER_MODEL_H

#include <cludi/cluster.h>

#include "denoiser.h"

struct cludi_model {
    cludi_allocator allocator;
    cludi_model_info info;
    int spec_count;
    param_spec specs[DENOISER_MAX_PARAMS];
    int64_t total; /* numbers in values */
    float *values; /* (total) tensor after tensor, in the order of specs */
};

/* Allocates a model of the given shape; values are not set. CLUDI_ERROR_MEMORY. */
cludi_status model_new(cludi_model **model, const cludi_allocator *allocator, int64_t n, int32_t K,
                       const cludi_config *config, cludi_error *error);
void model_free(cludi_model *model);

#endif
