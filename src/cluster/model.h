/* A trained model in host memory: its shape, its parameters as one flat array, and where it came from. */
#ifndef CLUSTER_MODEL_H
#define CLUSTER_MODEL_H

#include <cludi/cluster.h>

#include "denoiser.h"
#include "input_map.h"

enum { MODEL_MOST_SPECS = DENOISER_MAX_PARAMS + INPUT_MOST_SPECS };

struct cludi_model {
    cludi_allocator allocator;
    cludi_model_info info;
    int spec_count;    /* of all tensors: the denoiser's, then those of the input map */
    int trained_count; /* of the denoiser's */
    param_spec specs[MODEL_MOST_SPECS];
    int64_t total;         /* numbers in values */
    int64_t trained_total; /* of the denoiser's tensors, at the front */
    float *values; /* (total) tensor after tensor, in the order of specs */
};

/* Allocates a model of the given shape; values are not set. CLUDI_ERROR_MEMORY. */
cludi_status model_new(cludi_model **model, const cludi_allocator *allocator, int64_t n, int32_t K,
                       const cludi_config *config, cludi_error *error);
/* The list of tensors; specs: MODEL_MOST_SPECS. Returns how many; *trained: how many of them are the denoiser's. */
int model_specs(param_spec *specs, int64_t n, int32_t K, const cludi_config *config, int *trained);

/* The model's input map, which points into it. */
input_map model_input(const cludi_model *model);

void model_free(cludi_model *model);

#endif
