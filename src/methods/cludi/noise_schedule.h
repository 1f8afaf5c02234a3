/* The noise process: how much of an embedding is left at each time (S1: P 12), the times at which sampling stops (S5), and
   the coefficients of both directions. Everything here is arithmetic on scalars in double precision.

   The forward process keeps sqrt(ab[t]) of the embedding and adds noise of scale F (S2: P 2, P 15); sampling walks from t = T,
   where almost nothing is left (ab[T] = 4.5e-7), down to 0. */
#ifndef METHODS_CLUDI_NOISE_SCHEDULE_H
#define METHODS_CLUDI_NOISE_SCHEDULE_H

#include <stdint.h>

#include <cludi/config.h>

/* S1: ab[0..T], T + 1 numbers, ab[0] = 1, falling. */
void noise_schedule_fill(double *ab, int32_t T);

/* S5: grid[0..S], S + 1 integers from T down to 0, equally spaced, nearest integer, halves up. */
void noise_schedule_grid(int32_t *grid, int32_t T, int32_t S);

/* S3: what z_t is divided by before it enters the network: sqrt(ab + (1 - ab) F^2). */
double noise_schedule_scale(double ab, double F);

/* S5: z_s = abc[0] zt + abc[1] z_t + abc[2] eps for one step from time t to time s < t, s > 0. */
void noise_schedule_reverse(double abc[3], double ab_t, double ab_s, double F);

/* S11: weight of a view at ab. */
double noise_schedule_weight(double ab, double gamma, cludi_snr_weight kind);

/* S3: out[0..127] = cos then sin of t 10000^(-j/64), j = 0..63. */
enum { TIME_EMBEDDING = 128 };
void noise_schedule_time(double out[TIME_EMBEDDING], double t);

#endif
