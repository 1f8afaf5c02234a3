/* Prediction (S12: P 3): the mean of the probabilities of `draws` noise draws. Adaptive: rows whose two most likely clusters are
   too close to call get twice as many draws, repeatedly, up to 64.

   The noise of a row comes from the seed and a fingerprint of its own numbers, so a row's result does not depend on the
   other rows. Blocks have a multiple of backend.row_multiple rows (the last one padded with zeros): for remaining rows oneDNN
   uses other kernels, whose bits differ. All views of a few rows share one such block. */
#ifndef METHODS_CLUDI_PREDICT_H
#define METHODS_CLUDI_PREDICT_H

#include "method.h"

/* As in method.h. CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND. */
cludi_status predictor_open(void **self, const predict_args *args, int64_t *block, cludi_error *error);
cludi_status predictor_block(void *self, const predict_args *args, int64_t first, int64_t count,
                             const cludi_prediction *out, cludi_error *error);
void predictor_close(void *self);

#endif
