/* The methods that train clustering heads, as the loop of src/fit sees them.

     fit      rows in the canonical order, mapped (R1); the heads trained side by side; the head with the least mean loss over about
              the last tenth of the steps is kept
     predict  p = softmax(l / temperature) of the row's logits. A row's answer does not depend on the rows around it
     model    the tensors of the head (mlp_head.h)

   Of the config they use preprocessing, steps and epochs: the numbers of a method are in its own file. */
#ifndef METHODS_HEADS_HEAD_METHOD_H
#define METHODS_HEADS_HEAD_METHOD_H

#include "head_recipe.h"
#include "method.h"

extern const char *const HEAD_PARAMETERS[];

/* The recipe of a method. */
const head_recipe *head_recipe_of(const method *how);

/* Of heads for so many columns, lifted. */
mlp_head_shape head_recipe_shape(const head_recipe *how, int64_t width, int64_t K);

/* The hooks of method.h. */
void head_adapt(const method *how, cludi_config *config);
int head_method_specs(const method *how, param_spec *specs, const method_shape *shape);
int64_t head_batch_rows(const cludi_config *config, int64_t rows);
int64_t head_usual_steps(const method *how, int64_t rows);
int64_t head_first_steps(const method *how, const cludi_config *config, int64_t steps);
int64_t head_rows_read(const method *how, int32_t neighbors);
cludi_status head_open(void **self, const method_fit *fit, cludi_error *error);
void head_close(void *self);
cludi_status head_take_step(void *self, const method_step *at, cludi_error *error);
void head_report(void *self, method_report *report);
void head_copy_out(void *self, float *values);
double head_flop(const void *self, step_phase phase);
cludi_status head_add_state(const void *self, checkpoint_state *state, cludi_error *error);
void head_store(void *self, checkpoint_state *state);
bool head_load(void *self, const checkpoint_state *state);
cludi_status head_predict_open(void **self, const predict_args *args, int64_t *block, cludi_error *error);
cludi_status head_predict_block(void *self, const predict_args *args, int64_t first, int64_t count,
                                const cludi_prediction *out, cludi_error *error);
void head_predict_close(void *self);

/* A row of the table of methods. */
#define HEAD_METHOD(number, called, of, phrase)                                                                        \
    {                                                                                                                  \
        .value = (number), .name = (called), .help = (phrase), .loss = "loss", .unit = "steps",                        \
        .parameters = HEAD_PARAMETERS, .has_confidence = true, .recipe = &(of), .adapt = head_adapt,                   \
        .specs = head_method_specs, .batch_rows = head_batch_rows, .usual_steps = head_usual_steps,                    \
        .first_steps = head_first_steps, .rows_read = head_rows_read, .open = head_open, .close = head_close,          \
        .step = head_take_step, .report = head_report, .copy_out = head_copy_out, .flop = head_flop,                   \
        .add_state = head_add_state, .store = head_store, .load = head_load, .predict_open = head_predict_open,        \
        .predict_block = head_predict_block, .predict_close = head_predict_close                                       \
    }

#endif
