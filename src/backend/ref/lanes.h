/* Sums along a row, 64 partial sums in four vectors of 16 lanes that are added up in a fixed order: every instruction set
   gives the same bits, and no addition waits for the one before. Compilers make registers of `lanes`, or several where
   registers are shorter. */
#ifndef REF_LANES_H
#define REF_LANES_H

#include <stdint.h>

enum { LANES = 16 };

typedef real lanes __attribute__((vector_size(LANES * sizeof(real)), aligned(sizeof(real)), may_alias));
typedef real half_lanes __attribute__((vector_size(LANES / 2 * sizeof(real))));

/* Numbers j .. j + 15 of a row of `count`, zeros behind its end. */
static inline lanes lanes_at(const real *x, int64_t j, int64_t count)
{
    if (j + LANES <= count)
        return *(const lanes *)(x + j);
    real some[LANES] = {0};
    for (int64_t i = j; i < count; i++)
        some[i - j] = x[i];
    return *(const lanes *)some;
}

static inline real lanes_sum(lanes x)
{
    const half_lanes h = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7) +
                         __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
    return ((h[0] + h[4]) + (h[1] + h[5])) + ((h[2] + h[6]) + (h[3] + h[7]));
}

static inline real row_sum(const real *x, int64_t count)
{
    lanes a = {0}, b = {0}, c = {0}, d = {0};
    int64_t j = 0;
    for (; j + 4 * LANES <= count; j += 4 * LANES) {
        a += *(const lanes *)(x + j);
        b += *(const lanes *)(x + j + LANES);
        c += *(const lanes *)(x + j + 2 * LANES);
        d += *(const lanes *)(x + j + 3 * LANES);
    }
    for (; j < count; j += LANES)
        a += lanes_at(x, j, count);
    return lanes_sum((a + b) + (c + d));
}

/* Sum of (x - mean)^2; behind the end of the row nothing is added. */
static inline real row_scatter(const real *x, real mean, int64_t count)
{
    lanes a = {0}, b = {0}, c = {0}, d = {0};
    int64_t j = 0;
    for (; j + 4 * LANES <= count; j += 4 * LANES) {
        const lanes xa = *(const lanes *)(x + j) - mean, xb = *(const lanes *)(x + j + LANES) - mean;
        const lanes xc = *(const lanes *)(x + j + 2 * LANES) - mean, xd = *(const lanes *)(x + j + 3 * LANES) - mean;
        a += xa * xa;
        b += xb * xb;
        c += xc * xc;
        d += xd * xd;
    }
    for (; j < count; j++)
        a[j % LANES] += (x[j] - mean) * (x[j] - mean);
    return lanes_sum((a + b) + (c + d));
}

static inline real row_dot(const real *x, const real *y, int64_t count)
{
    lanes a = {0}, b = {0}, c = {0}, d = {0};
    int64_t j = 0;
    for (; j + 4 * LANES <= count; j += 4 * LANES) {
        a += *(const lanes *)(x + j) * *(const lanes *)(y + j);
        b += *(const lanes *)(x + j + LANES) * *(const lanes *)(y + j + LANES);
        c += *(const lanes *)(x + j + 2 * LANES) * *(const lanes *)(y + j + 2 * LANES);
        d += *(const lanes *)(x + j + 3 * LANES) * *(const lanes *)(y + j + 3 * LANES);
    }
    for (; j < count; j += LANES)
        a += lanes_at(x, j, count) * lanes_at(y, j, count);
    return lanes_sum((a + b) + (c + d));
}

#endif
