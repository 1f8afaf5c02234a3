/* The methods of src/methods/heads that train clustering heads, as models: one loop for all of them.

     fit      rows in the canonical order, mapped (R1); the heads trained side by side; the head with the least mean loss over about
              the last tenth of the steps is kept
     predict  head_predict.h
     model    the tensors of the head (mlp_head.h)

   Of the config they use input, steps and epochs: the numbers of a method are in its own file. */
#ifndef METHODS_HEADS_HEAD_METHOD_H
#define METHODS_HEADS_HEAD_METHOD_H

#include "fit_loop.h"
#include "head_recipe.h"

/* The method of a config that names one of them. */
const head_recipe *head_recipe_of(const cludi_config *config);

/* Of heads for so many columns, lifted. */
mlp_head_shape head_recipe_shape(const head_recipe *how, int64_t width, int64_t K);

int head_method_specs(param_spec *specs, int64_t n, int32_t K, const cludi_config *config);

/* As fit_loop_run(), keeping no state. */
cludi_status head_method_fit(const fit_args *args, cludi_model **model, cludi_error *error);

#endif
