#include "lr_schedule.h"

#include <math.h>

double lr_schedule(double lr, int64_t i, int64_t steps, int32_t warmup)
{
    const double pi = 3.14159265358979323846;
    double rise = warmup > 0 ? fmin(1, (double)(i + 1) / warmup) : 1;
    return lr * rise * (0.01 + 0.99 * (1 + cos(pi * (double)i / (double)steps)) / 2);
}
