/* Prediction (S12): every row is sampled `samples` times and the probabilities are averaged. Adaptive: rows whose two
   most likely clusters are too close to call get twice as many samples, and again, up to PREDICTOR_MOST_ADAPTIVE.

   The noise of a row comes from the seed and a fingerprint of its own numbers, so a row's answer does not depend on the
   rows around it. Blocks have a multiple of backend.row_multiple rows (the last one filled up with zeros): for the
   rows left over oneDNN takes other kernels, whose bits differ. All views of a few rows share one such block.

   Setting up (weights copied in and packed, tables of the times) costs more than a row does, so a caller may keep it. */
#ifndef METHODS_CLUDI_PREDICT_H
#define METHODS_CLUDI_PREDICT_H

#include <stdbool.h>

#include "backend.h"
#include "message.h"
#include "model.h"

typedef struct predictor_args {
    backend *be;
    const callbacks *messages;
    uint64_t seed;
    const cludi_model *model;
    const cludi_matrix *X; /* checked, as many columns as the model */
    int32_t draws, denoise_steps;
    bool adaptive;
    struct predictor *
        *kept; /* in and out: what the last call with this place had set up, to go on with; NULL: nothing is */
} predictor_args;

/* Samples times denoising steps of a row, and its steps, that a model from a file decides: the most that a preset takes (paper:
   4 times 100). More has to be asked for. */
enum { PREDICTOR_MOST_ADAPTIVE = 64, PREDICTOR_MOST_UNASKED = 400, PREDICTOR_MOST_UNASKED_STEPS = 100 };

/* Whether what was kept is of this model; NULL is of none. */
bool predictor_is_of(const struct predictor *kept, const cludi_model *model);

/* Frees what was kept; NULL is allowed. */
void predictor_free(struct predictor *kept);

/* CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND, CLUDI_STOPPED. */
cludi_status predictor_run(const predictor_args *args, const cludi_prediction *out, cludi_error *error);

#endif
