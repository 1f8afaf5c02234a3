#include "rival.h"

#include <math.h>

#include "lr_schedule.h"

int64_t rival_batch(int64_t rows)
{
    return rows < RIVAL_BATCH ? rows : RIVAL_BATCH;
}

int64_t rival_steps(const rival *how, int64_t rows)
{
    const double wanted = ceil(how->epochs * (double)rows / (double)rival_batch(rows));
    return (int64_t)fmin(fmax(RIVAL_LEAST_STEPS, wanted), RIVAL_MOST_STEPS);
}

double rival_rate(const rival *how, int64_t i, int64_t steps)
{
    const int32_t warmup = (int32_t)(how->rise * (double)steps);
    if (how->falls)
        return lr_schedule(how->rate, i, steps, warmup);
    return warmup > 0 ? how->rate * fmin(1, (double)(i + 1) / warmup) : how->rate;
}
