/* The smaller, the larger, and what lies between two bounds; the place of the largest. */
#ifndef BASE_BOUNDS_H
#define BASE_BOUNDS_H

#include <stdint.h>

static inline int64_t min_int(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t max_int(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* min where x is NaN. */
static inline double clamp_real(double min, double x, double max)
{
    return !(x > min) ? min : x < max ? x : max;
}

/* Of x (count), the lowest on ties. */
static inline int32_t argmax_float(const float *x, int64_t count)
{
    int64_t best = 0;
    for (int64_t k = 1; k < count; k++)
        best = x[k] > x[best] ? k : best;
    return (int32_t)best;
}

#endif
