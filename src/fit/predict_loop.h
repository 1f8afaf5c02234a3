/* What the predictions of all methods have in common: progress, the sentence of a stop, the label of a row. */
#ifndef FIT_PREDICT_LOOP_H
#define FIT_PREDICT_LOOP_H

#include "predict.h"

/* Always CLUDI_STOPPED: after `done` rows. */
cludi_status predict_stopped(const predictor_args *args, int64_t done, cludi_error *error);

/* Tells that `done` rows are done since `started` (message_seconds()). CLUDI_STOPPED, unless they are all. */
cludi_status predict_report(const predictor_args *args, int64_t done, double started, cludi_error *error);

/* Always CLUDI_ERROR_DIVERGED: the sums of a row are no numbers, and its label would be none. */
cludi_status predict_overflow(int64_t row, cludi_error *error);

/* Are they finite, and do they add up to 1? p: (K) probabilities times `times`. */
bool predict_adds_up(const float *p, int64_t K, double times);

/* The most likely cluster of x (K), the lowest on ties. */
int32_t predict_label(const float *x, int64_t K);

#endif
