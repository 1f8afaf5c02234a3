#include "phase_clock.h"

#include <time.h>

static double read_clock(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void phase_clock_stop(phase_clock *clock)
{
    if (!clock)
        return;
    const phase_time now = {read_clock(CLOCK_MONOTONIC), read_clock(CLOCK_PROCESS_CPUTIME_ID)};
    if (clock->running > 0) {
        phase_time *total = &clock->total[clock->running - 1];
        total->wall += now.wall - clock->started.wall;
        total->processor += now.processor - clock->started.processor;
    }
    clock->started = now;
    clock->running = 0;
}

void phase_clock_start(phase_clock *clock, int index)
{
    phase_clock_stop(clock);
    if (clock)
        clock->running = index + 1;
}
