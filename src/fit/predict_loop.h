/* Prediction, whatever the method: blocks of rows, progress, stop. What a method has set up (weights copied in and packed, tables)
   costs more than a row does, so a caller may keep it for the next call. */
#ifndef FIT_PREDICT_LOOP_H
#define FIT_PREDICT_LOOP_H

#include "model.h"

/* What a call has set up. */
typedef struct prediction prediction;

typedef struct predict_request {
    backend *be;
    const callbacks *messages;
    uint64_t seed;
    const cludi_model *model;
    const cludi_matrix *X; /* checked, as many columns as the model */
    int32_t draws, denoise_steps;
    bool adaptive;
    prediction **kept; /* in and out: what the last call with this place had set up; NULL: nothing is kept */
} predict_request;

/* Samples times denoising steps of a row, and its steps, that a model from a file decides: the most that a preset takes (paper:
   4 times 100). More has to be asked for. */
enum { PREDICT_MOST_UNASKED = 400, PREDICT_MOST_UNASKED_STEPS = 100 };

/* Whether what was kept is of this model; NULL is of none. */
bool prediction_is_of(const prediction *kept, const cludi_model *model);

/* Frees what was kept; NULL is allowed. */
void prediction_free(prediction *kept);

/* CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND, CLUDI_ERROR_DIVERGED, CLUDI_ERROR_UNSUPPORTED (an embedding that the method has not),
   CLUDI_STOPPED. */
cludi_status predict_loop_run(const predict_request *request, const cludi_prediction *out, cludi_error *error);

#endif
