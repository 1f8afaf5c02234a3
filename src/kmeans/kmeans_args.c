#include "kmeans_args.h"

cludi_status kmeans_report(const kmeans_args *args, int64_t step, double loss)
{
    const cludi_progress progress = {.phase = CLUDI_PHASE_FIT,
                                     .step = step,
                                     .steps = (int64_t)args->clusters + args->rounds + 1,
                                     .loss = loss,
                                     .clusters = args->clusters};
    return args->messages && message_progress(args->messages, &progress) ? CLUDI_STOPPED : CLUDI_OK;
}
