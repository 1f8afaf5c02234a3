#include "noise_schedule.h"

#include <math.h>

static double left_over(double r)
{
    return 1 - sqrt(r + 1e-4);
}

void noise_schedule_fill(double *ab, int32_t T)
{
    ab[0] = 1;
    for (int32_t t = 1; t <= T; t++) {
        double beta = 1 - left_over((double)t / T) / left_over((double)(t - 1) / T);
        ab[t] = ab[t - 1] * (1 - fmin(beta, 0.999));
    }
}

void noise_schedule_grid(int32_t *grid, int32_t T, int32_t S)
{
    for (int32_t i = 0; i <= S; i++)
        grid[i] = (int32_t)floor((double)T * (S - i) / S + 0.5);
}

double noise_schedule_scale(double ab, double F)
{
    return sqrt(ab + (1 - ab) * F * F);
}

void noise_schedule_reverse(double abc[3], double ab_t, double ab_s, double F)
{
    double variance = (1 - ab_s) / (1 - ab_t) * (1 - ab_t / ab_s);
    double eps_hat = sqrt(fmax(1 - ab_s - variance, 0)) / sqrt(1 - ab_t); /* factor of z_t - sqrt(ab_t) zt */
    abc[0] = sqrt(ab_s) - eps_hat * sqrt(ab_t);
    abc[1] = eps_hat;
    abc[2] = sqrt(variance) * F;
}

double noise_schedule_weight(double ab, double gamma, cludi_snr_weight kind)
{
    double snr = ab / (1 - ab);
    switch (kind) {
    case CLUDI_SNR_MAX:
        return fmax(snr, gamma) / (snr + 1);
    case CLUDI_SNR_MIN:
        return fmin(snr, gamma) / (snr + 1);
    case CLUDI_SNR_NONE:
        break;
    }
    return 1;
}

void noise_schedule_time(double out[TIME_EMBEDDING], double t)
{
    enum { HALF = TIME_EMBEDDING / 2 };
    for (int j = 0; j < HALF; j++) {
        double angle = t * pow(10000, -(double)j / HALF);
        out[j] = cos(angle);
        out[HALF + j] = sin(angle);
    }
}
