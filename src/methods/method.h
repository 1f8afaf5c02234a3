/* The contract of a method, and the one table of methods.

   A method that trains in steps is opened on the training data, and then asked for one step after another by the loop of src/fit,
   which has the number of steps, progress, stops, checkpoints, the profile and the model. A step may do anything: load a batch
   (batch.h) or rows of its own, and run loops within. A method without steps fills in fit_whole instead.

   CONTRIBUTING.md, "To add a method", says which other files know its name. */
#ifndef METHODS_METHOD_H
#define METHODS_METHOD_H

#include <cludi/cluster.h>

#include "config_table.h"
#include "param_set.h"
#include "phase_clock.h"
#include "reducer.h"
#include "step_phase.h"
#include "training_data.h"

/* Most tensors that a method's model has: those of a denoiser with all blocks. */
enum { METHOD_MOST_SPECS = 14 + 6 * CONFIG_MOST_BLOCKS };

typedef struct method method;

/* What decides which tensors a model has. */
typedef struct method_shape {
    const input_map *map; /* without its numbers */
    int64_t rows;         /* M of the training */
    int32_t clusters;     /* K */
    const cludi_config *config;
} method_shape;

/* What a training is asked for; outlives it. */
typedef struct method_fit {
    const method *how;
    backend *be;
    const callbacks *messages;
    const cludi_config *config; /* checked, without auto */
    uint64_t seed;
    int32_t clusters;
    training_data *data;
    const param_spec *specs; /* (spec_count) of the method's model */
    int spec_count;
    phase_clock *clock;
    const reducer *sum; /* over the processes that train one model; NULL: one. All give the same rows and arguments */
    double started;     /* message_seconds() */
} method_fit;

typedef struct method_step {
    int64_t index, steps; /* 0, 1, ...; at which training ends, as far as is known */
    double rate;          /* of the config's schedule */
} method_step;

/* What is known after a step. */
typedef struct method_report {
    double loss, embedding_loss, class_loss;
    double confidence;
    double *counts; /* (K) rows by their cluster, in the running and the last epoch; to be filled in */
} method_report;

/* A trained model as its method sees it. */
typedef struct method_model {
    const cludi_model_info *info;
    const param_spec *specs; /* (spec_count) of the method */
    int spec_count;
    const float *values; /* tensor after tensor */
    input_map map;
} method_model;

typedef struct predict_args {
    backend *be;
    const callbacks *messages;
    uint64_t seed;
    method_model model;
    const cludi_matrix *X; /* checked, as many columns as the model */
    int32_t draws, denoise_steps;
    bool adaptive;
    double started; /* message_seconds() */
} predict_args;

/* What fit_whole leaves besides the values. */
typedef struct method_result {
    int64_t steps;
    double loss;
    int32_t clusters_in_use;
    double largest_share;
    double confidence; /* of a method that tells it */
} method_result;

struct method {
    cludi_method value;
    const char *name;
    const char *help;               /* one phrase: what it is, and from which paper */
    const char *loss;               /* what the loss is, in a few words */
    const char *unit;               /* what its steps are: "steps", "rounds of k-means" */
    const char *const *parameters;  /* names of those it uses, NULL at the end; NULL: all */
    bool has_embedding, uses_draws; /* of its predictions */
    bool has_confidence;
    bool has_spaces; /* the columns may be several spaces of features */
    bool takes_mean; /* preprocessing auto takes the mean away also where zero is a natural origin */
    training_needs needs;
    bool in_float;      /* float32, whatever the precision of the context: `be` of a prediction is one in float32 */
    const void *recipe; /* the method's own */

    /* Of the config, what the training data take instead of the caller's; may be NULL. */
    void (*adapt)(const method *how, cludi_config *config);
    /* Lists the tensors of its model in specs (METHOD_MOST_SPECS); returns how many. */
    int (*specs)(const method *how, param_spec *specs, const method_shape *shape);

    /* All at once, instead of what follows. May be stopped before it has a model. */
    cludi_status (*fit_whole)(const method_fit *fit, float *values, method_result *result, cludi_error *error);

    /* ---- in steps ---- */
    int64_t (*batch_rows)(const cludi_config *config, int64_t rows); /* of a step, of all processes */
    int64_t (*usual_steps)(const method *how, int64_t rows);         /* NULL: until the clusters have converged */
    /* Of `steps` steps the first that take another time than the rest; NULL: all are alike. */
    int64_t (*first_steps)(const method *how, const cludi_config *config, int64_t steps);
    int64_t (*rows_read)(const method *how, int32_t neighbors); /* by a step, for each row of the batch */
    /* Takes all memory of the training. close is needed after an error too, unless *self is NULL. */
    cludi_status (*open)(void **self, const method_fit *fit, cludi_error *error);
    void (*close)(void *self);
    /* One step. What it returns but CLUDI_OK leaves everything that store() stores as it was. CLUDI_ERROR_DIVERGED needs no
       sentence. */
    cludi_status (*step)(void *self, const method_step *at, cludi_error *error);
    void (*report)(void *self, method_report *report);
    /* Clusters of this process's share of the first batch_rows rows of the canonical order, again and again if there are fewer.
       NULL with usual_steps. */
    cludi_status (*probe)(void *self, int32_t *labels, cludi_error *error);
    double (*total)(void *self,
                    double number); /* sum over the processes that train one model; NULL: cannot be several */
    void (*copy_out)(void *self, float *values); /* the tensors of specs */
    double (*flop)(const void *self, step_phase phase);
    /* A checkpoint: adds its arrays to the state; fills them in; takes them, or is false where they do not fit. NULL: it keeps
       none. */
    cludi_status (*add_state)(const void *self, checkpoint_state *state, cludi_error *error);
    void (*store)(void *self, checkpoint_state *state);
    bool (*load)(void *self, const checkpoint_state *state);

    /* ---- prediction ---- */
    /* Sets up blocks of at most *block rows. predict_close is needed after an error too, unless *self is NULL. */
    cludi_status (*predict_open)(void **self, const predict_args *args, int64_t *block, cludi_error *error);
    cludi_status (*predict_block)(void *self, const predict_args *args, int64_t first, int64_t count,
                                  const cludi_prediction *out, cludi_error *error);
    void (*predict_close)(void *self);
};

#define METHOD_DECLARE(row, name) extern const method row;
METHOD_LIST(METHOD_DECLARE)

int32_t method_count(void);

/* NULL where no method has that value. */
const method *method_get(int32_t value);

/* The one that a checked config names. */
const method *method_of(const cludi_config *config);

#endif
