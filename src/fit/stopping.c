#include "stopping.h"

#include <math.h>

#include "bounds.h"
#include "lr_schedule.h"

static const double CONVERGED = 0.01;
static const double MOST_STEPS = 4e9; /* the random streams count steps in 32 bits */

enum { USUAL_MOST = 600, FARTHEST = 10000 };

stopping stopping_begin(const method *how, const cludi_config *config, int64_t rows)
{
    const double N = (double)how->batch_rows(config, rows), epoch = ceil((double)rows / N);
    const int64_t start = config->init_runs > 0 ? config->init_steps : 0;
    stopping p = {.config = config, .next_probe = INT64_MAX, .steps = config->steps};
    if (config->epochs > 0)
        p.steps = (int64_t)clamp_real(1, ceil(config->epochs * (double)rows / N), MOST_STEPS);
    else if (p.steps == 0 && how->usual_steps)
        p.steps = how->usual_steps(how, rows);
    if (p.steps > 0)
        return p;
    p.converges = true;
    p.least = start + STOPPING_INTERVAL + (int64_t)clamp_real(0, epoch - STOPPING_TAIL, FARTHEST);
    p.steps = (int64_t)clamp_real(USUAL_MOST, 2 * (double)p.least + STOPPING_TAIL,
                                  fmax(2 * FARTHEST, (double)p.least + STOPPING_INTERVAL + STOPPING_TAIL));
    p.next_probe = start;
    return p;
}

double stopping_rate(const stopping *p, int64_t i)
{
    const cludi_config *c = p->config;
    const int64_t tail = i - (p->steps - STOPPING_TAIL);
    if (!p->converges)
        return lr_schedule(c->lr, i, p->steps, c->warmup);
    const double rise = c->warmup > 0 ? fmin(1, (double)(i + 1) / c->warmup) : 1;
    return tail < 0 ? c->lr * rise : lr_schedule(c->lr, tail, STOPPING_TAIL, 0);
}

void stopping_probe(stopping *p, int64_t i, double changed)
{
    p->next_probe = i + STOPPING_INTERVAL;
    if (i >= p->least && changed <= CONVERGED && i + STOPPING_TAIL < p->steps)
        p->steps = i + STOPPING_TAIL;
    if (p->next_probe + STOPPING_TAIL > p->steps)
        p->next_probe = p->steps + 1;
}
