#include "scale_fit.h"

#include <math.h>

enum { TASK_ROWS = 64, STEPS = 14 };
static const double LEAST = 1, MOST = 200, GOLDEN = 0.618;

typedef struct loss_work {
    const scale_problem *problem;
    float scale;
} loss_work;

/* -target . log softmax = log sum exp - target . (scale cosine), for targets that sum to 1. */
static double row_loss(const float *cosine, const float *target, int32_t K, float scale)
{
    float high = cosine[0], sum = 0, meet = 0;
    for (int32_t k = 1; k < K; k++)
        high = cosine[k] > high ? cosine[k] : high;
    for (int32_t k = 0; k < K; k++) {
        sum += expf(scale * (cosine[k] - high));
        meet += target[k] * (cosine[k] - high);
    }
    return log((double)sum) - (double)(scale * meet);
}

static void loss_part(void *self, int worker, int64_t task)
{
    const loss_work *work = self;
    const scale_problem *p = work->problem;
    (void)worker;
    for (int64_t i = task * TASK_ROWS; i < (task + 1) * TASK_ROWS && i < p->rows; i++)
        p->loss[i] = row_loss(p->cosine + i * p->clusters, p->target + i * p->clusters, p->clusters, work->scale);
}

static double mean_loss(const scale_problem *p, double logarithm)
{
    loss_work work = {p, (float)exp(logarithm)};
    double sum = 0;
    host_each(p->be, (p->rows + TASK_ROWS - 1) / TASK_ROWS, loss_part, &work);
    for (int64_t i = 0; i < p->rows; i++)
        sum += p->loss[i];
    return sum;
}

double scale_fit(const scale_problem *p)
{
    double low = log(LEAST), high = log(MOST);
    double a = high - GOLDEN * (high - low), b = low + GOLDEN * (high - low);
    double at_a = mean_loss(p, a), at_b = mean_loss(p, b);
    for (int step = 0; step < STEPS; step++)
        if (at_a < at_b) {
            high = b;
            b = a;
            at_b = at_a;
            a = high - GOLDEN * (high - low);
            at_a = mean_loss(p, a);
        } else {
            low = a;
            a = b;
            at_a = at_b;
            b = low + GOLDEN * (high - low);
            at_b = mean_loss(p, b);
        }
    return exp((low + high) / 2);
}

double scale_loss(const scale_problem *p, double scale)
{
    return mean_loss(p, log(scale)) / (double)p->rows;
}
