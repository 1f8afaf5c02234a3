/* How long training lasts, and its learning rate.

   With a number of steps from the caller: lr_schedule(). Without: the rate stays at its peak until the clusters have converged, and then
   falls by a cosine over the last STOPPING_TAIL steps. Converged means: of a fixed probe of rows no more than 1 % have
   another cluster than STOPPING_INTERVAL steps ago. There are bounds: every row should be seen about once after the start,
   and some data never converges. */
#ifndef FIT_STOPPING_H
#define FIT_STOPPING_H

#include <stdbool.h>

#include "method.h"

enum { STOPPING_INTERVAL = 50, STOPPING_TAIL = 100 };

typedef struct stopping {
    const cludi_config *config;
    int64_t steps;      /* at which training ends, as far as is known: at most so many */
    bool converges;     /* the length is found, not given */
    int64_t least;      /* no earlier than this counts as converged */
    int64_t next_probe; /* step before which the probe is taken; beyond steps when there are no more */
} stopping;

/* Of a method that trains in steps. */
stopping stopping_begin(const method *how, const cludi_config *config, int64_t rows);

/* Learning rate of step i = 0, 1, ... */
double stopping_rate(const stopping *p, int64_t i);

/* After a probe before step i: changed is the share of the probe's rows whose cluster is another, 1 at the first. */
void stopping_probe(stopping *p, int64_t i, double changed);

#endif
