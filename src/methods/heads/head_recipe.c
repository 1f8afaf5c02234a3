#include "head_recipe.h"

#include <math.h>

#include "bounds.h"
#include "lr_schedule.h"

int64_t head_batch(int64_t rows)
{
    return min_int(rows, HEAD_BATCH);
}

int64_t head_steps(const head_recipe *how, int64_t rows)
{
    const double wanted = ceil(how->epochs * (double)rows / (double)head_batch(rows));
    return (int64_t)fmin(fmax(HEAD_LEAST_STEPS, wanted), HEAD_MOST_STEPS);
}

double head_rate(const head_recipe *how, int64_t i, int64_t steps)
{
    const int32_t warmup = (int32_t)(how->warmup_share * (double)steps);
    if (how->cosine_decay)
        return lr_schedule(how->rate, i, steps, warmup);
    return warmup > 0 ? how->rate * fmin(1, (double)(i + 1) / warmup) : how->rate;
}
