#include "cost.h"

static double pass_flop(const cludi_config *c)
{
    const double w = c->hidden_dim, d = c->embedding_dim;
    return 2 * (2 * d * w + 2 * c->blocks * w * w + w * d);
}

static double feature_flop(const cludi_config *c, int64_t n)
{
    const double w = c->hidden_dim;
    return 2 * ((double)n * w + w * w);
}

/* Gradients of weights and inputs; nobody needs those of [sc ; z] and of x. */
static double backward_flop(const cludi_config *c, int64_t n)
{
    const double w = c->hidden_dim, d = c->embedding_dim;
    return 2 * pass_flop(c) - 2 * (2 * d * w) + 2 * feature_flop(c, n) - 2 * (double)n * w;
}

double step_cost_flop(const cludi_config *c, int64_t n, step_phase phase)
{
    const double N = c->batch_size, rows = N * c->views;
    if (phase == STEP_TEACHER)
        return rows * c->teacher_steps * pass_flop(c) + N * feature_flop(c, n);
    if (phase == STEP_STUDENT)
        return rows * ((1 + c->self_condition) * pass_flop(c) + feature_flop(c, n));
    return phase == STEP_BACKWARD ? rows * backward_flop(c, n) : 0;
}

double step_cost_predict_flop(const cludi_config *c, int64_t n, int32_t draws, int32_t denoise_steps)
{
    return feature_flop(c, n) + (double)draws * denoise_steps * pass_flop(c);
}
