/* What a training step and a prediction cost: multiplications and additions of the matrix products, 2 for each pair.
   Per row and denoising step 2 (2 d w + 2 R w^2 + w d); the features of a row 2 (n w + w^2); a backward pass twice its
   forward pass, less the gradients nobody needs. */
#ifndef METHODS_CLUDI_COST_H
#define METHODS_CLUDI_COST_H

#include <stdint.h>

#include <cludi/config.h>

#include "step_phase.h"

/* Operations of one step's phase. n: features. */
double step_cost_flop(const cludi_config *config, int64_t n, step_phase phase);

/* Operations of predicting one row with so many samples and denoising steps. */
double step_cost_predict_flop(const cludi_config *config, int64_t n, int32_t draws, int32_t denoise_steps);

#endif
