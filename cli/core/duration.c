#include "words.h"

#include <stdio.h>
#include <time.h>

static double read_clock(clockid_t clock)
{
    struct timespec now = {0};
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double duration_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

double duration_processor(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

void duration_format(char *text, double seconds)
{
    const double year = 365.0 * 24 * 3600;
    if (!(seconds >= 0 && seconds < year)) {
        snprintf(text, DURATION_SIZE, "?");
        return;
    }
    long whole = (long)(seconds + 0.5);
    long hours = whole / 3600;
    if (hours > 0)
        snprintf(text, DURATION_SIZE, "%ld:%02ld:%02ld", hours, whole / 60 % 60, whole % 60);
    else
        snprintf(text, DURATION_SIZE, "%ld:%02ld", whole / 60, whole % 60);
}

const char *duration_format_fine(char *text, double seconds)
{
    const double long_ones = 100;
    if (seconds >= 0 && seconds < long_ones)
        snprintf(text, DURATION_SIZE, "%.*f s", seconds < long_ones / 10 ? 2 : 1, seconds);
    else
        duration_format(text, seconds);
    return text;
}
