/* Learning rate: a linear rise, then a cosine down to 1 % (Loshchilov, Hutter 2017). */
#ifndef NN_LR_SCHEDULE_H
#define NN_LR_SCHEDULE_H

#include <stdint.h>

/* lr min(1, (i + 1) / warmup) (0.01 + 0.99 (1 + cos(pi i / steps)) / 2) at step i = 0 .. steps - 1. */
double lr_schedule(double lr, int64_t i, int64_t steps, int32_t warmup);

#endif
