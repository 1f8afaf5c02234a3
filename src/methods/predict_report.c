#include "predict_report.h"

#include <math.h>

#include "error.h"

cludi_status predict_stopped(const predict_args *args, int64_t done, cludi_error *error)
{
    return error_set(error, CLUDI_STOPPED, "Prediction was stopped after row %lld of %lld.", (long long)done,
                     (long long)args->X->rows);
}

cludi_status predict_report(const predict_args *args, int64_t done, cludi_error *error)
{
    const int64_t M = args->X->rows;
    const cludi_progress progress = {.phase = CLUDI_PHASE_PREDICT,
                                     .step = done,
                                     .steps = M,
                                     .seconds = message_seconds() - args->started,
                                     .clusters = args->model.info->clusters};
    const bool goes_on = message_progress(args->messages, &progress) == 0 || done == M;
    return goes_on ? CLUDI_OK : predict_stopped(args, done, error);
}

cludi_status predict_overflow(int64_t row, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_DIVERGED,
                     "The model's numbers overflow on row %lld (counted from 0): no probabilities can be computed.",
                     (long long)row);
}

bool predict_adds_up(const float *p, int64_t K, double times)
{
    static const double ROUNDED = 1e-3;
    double sum = 0;
    for (int64_t k = 0; k < K; k++)
        sum += (double)p[k];
    return fabs(sum - times) <= ROUNDED * times; /* not so for NaN */
}
