#include "prediction.h"

#include "error.h"

cludi_status prediction_stopped(const predictor_args *args, int64_t done, cludi_error *error)
{
    return error_set(error, CLUDI_STOPPED, "Prediction was stopped after row %lld of %lld.", (long long)done,
                     (long long)args->X->rows);
}

cludi_status prediction_report(const predictor_args *args, int64_t done, double started, cludi_error *error)
{
    const int64_t M = args->X->rows;
    const cludi_progress progress = {.phase = "predict",
                                     .step = done,
                                     .steps = M,
                                     .seconds = message_seconds() - started,
                                     .clusters = args->model->info.clusters};
    const bool goes_on = message_progress(args->messages, &progress) == 0 || done == M;
    return goes_on ? CLUDI_OK : prediction_stopped(args, done, error);
}

int32_t prediction_label(const float *x, int64_t K)
{
    int64_t best = 0;
    for (int64_t k = 1; k < K; k++)
        best = x[k] > x[best] ? k : best;
    return (int32_t)best;
}
