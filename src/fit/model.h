/* A trained model of any method in host memory: its shape, its parameters as one flat array, and where it came from. */
#ifndef FIT_MODEL_H
#define FIT_MODEL_H

#include <cludi/cluster.h>

#include "method.h"

enum { MODEL_MOST_SPECS = METHOD_MOST_SPECS + INPUT_MOST_SPECS };

/* Digests to hold data against (fit_check.h). */
typedef struct model_check {
    uint64_t rows;   /* of the rows it was trained on, as a multiset */
    uint64_t labels; /* of the labels of the first `checked` rows in the canonical order */
    int64_t checked; /* 0: the training was stopped */
} model_check;

struct cludi_model {
    cludi_allocator allocator;
    const method *how;
    uint64_t number; /* no other model of this process has it */
    cludi_model_info info;
    model_check check;
    feature_spaces spaces; /* of the columns */
    bool from_file;        /* its config is whoever's made the file */
    cludi_columns columns; /* of column_names_copy; {0}: without names */
    int spec_count;        /* of all tensors: the method's, then those of the input map */
    int first_input;       /* of them: where the input map's begin */
    param_spec specs[MODEL_MOST_SPECS];
    int64_t total; /* numbers in values */
    float *values; /* (total) tensor after tensor, in the order of specs */
    float *input;  /* in values: the numbers of the input map */
};

/* What decides which tensors a model has. */
typedef struct model_shape {
    int64_t n;    /* columns */
    int64_t rows; /* M of the training */
    int32_t K;
    const cludi_config *config;
    feature_spaces spaces;
} model_shape;

/* Allocates a model; values are not set. CLUDI_ERROR_MEMORY. */
cludi_status model_new(cludi_model **model, const cludi_allocator *allocator, const model_shape *shape,
                       cludi_error *error);
/* The list of tensors; specs: MODEL_MOST_SPECS. Returns how many. */
int model_specs(param_spec *specs, const model_shape *shape);

/* The model's input map, which points into it. */
input_map model_input(const cludi_model *model);

void model_free(cludi_model *model);

#endif
