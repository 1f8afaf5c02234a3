/* What the predictions of all methods have in common: progress, the sentences of a stop and of numbers that are none. */
#ifndef METHODS_PREDICT_REPORT_H
#define METHODS_PREDICT_REPORT_H

#include "method.h"

/* Always CLUDI_STOPPED: after `done` rows. */
cludi_status predict_stopped(const predict_args *args, int64_t done, cludi_error *error);

/* Tells that `done` rows are done. CLUDI_STOPPED, unless they are all. */
cludi_status predict_report(const predict_args *args, int64_t done, cludi_error *error);

/* Always CLUDI_ERROR_DIVERGED: the sums of a row are no numbers, and its label would be none. */
cludi_status predict_overflow(int64_t row, cludi_error *error);

/* Are they finite, and do they add up to 1? p: (K) probabilities times `times`. */
bool predict_adds_up(const float *p, int64_t K, double times);

#endif
