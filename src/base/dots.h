/* Scalar products in double. */
#ifndef BASE_DOTS_H
#define BASE_DOTS_H

#include <stdint.h>

enum { DOT_LANES = 8 };

/* Several sums, so that none waits for the one before. */
static inline double dot(const double *a, const double *b, int64_t count)
{
    double sum[DOT_LANES] = {0}, all = 0;
    int64_t j = 0;
    for (; j + DOT_LANES <= count; j += DOT_LANES)
        for (int l = 0; l < DOT_LANES; l++)
            sum[l] += a[j + l] * b[j + l];
    for (; j < count; j++)
        all += a[j] * b[j];
    for (int l = 0; l < DOT_LANES; l++)
        all += sum[l];
    return all;
}

#endif
