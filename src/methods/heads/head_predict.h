/* Prediction with a clustering head of a rival: p = softmax(l / temperature) of the row's logits. A row's answer does not depend on
   the rows around it: blocks have a multiple of backend.row_multiple rows, the last one filled up with zeros. */
#ifndef METHODS_HEADS_HEAD_PREDICT_H
#define METHODS_HEADS_HEAD_PREDICT_H

#include "predict.h"

/* samples are 0. CLUDI_ERROR_UNSUPPORTED for embeddings; CLUDI_STOPPED, CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND. */
cludi_status head_predict_run(const predictor_args *args, const cludi_prediction *out, cludi_error *error);

#endif
