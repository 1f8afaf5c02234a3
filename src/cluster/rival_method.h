/* The methods of src/rivals that train clustering heads, as models: one loop for all of them.

     fit      rows in the canonical order, mapped (R1); the heads trained side by side; the head with the least mean loss over about
              the last tenth of the steps is kept
     predict  rival_predictor.h
     model    the tensors of the head (heads.h)

   Of the config they use input, steps and epochs: the numbers of a method are in its own file. */
#ifndef CLUSTER_RIVAL_METHOD_H
#define CLUSTER_RIVAL_METHOD_H

#include "rival.h"
#include "trainer.h"

/* The method of a config that names one of them. */
const rival *rival_of(const cludi_config *config);

/* Of heads for so many columns, lifted. */
head_shape rival_shape(const rival *how, int64_t width, int64_t K);

int rival_method_specs(param_spec *specs, int64_t n, int32_t K, const cludi_config *config);

/* As trainer_run(), keeping no state. */
cludi_status rival_method_fit(const trainer_args *args, cludi_model **model, cludi_error *error);

#endif
