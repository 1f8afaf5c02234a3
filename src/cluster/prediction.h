/* What the predictions of all methods have in common: progress, the sentence of a stop, the label of a row. */
#ifndef CLUSTER_PREDICTION_H
#define CLUSTER_PREDICTION_H

#include "predictor.h"

/* Always CLUDI_STOPPED: after `done` rows. */
cludi_status prediction_stopped(const predictor_args *args, int64_t done, cludi_error *error);

/* Tells that `done` rows are done since `started` (message_seconds()). CLUDI_STOPPED, unless they are all. */
cludi_status prediction_report(const predictor_args *args, int64_t done, double started, cludi_error *error);

/* The most likely cluster of x (K), the lowest on ties. */
int32_t prediction_label(const float *x, int64_t K);

#endif
