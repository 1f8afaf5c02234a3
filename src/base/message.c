#include "message.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "escape.h"

void message_log(const callbacks *to, cludi_log_level level, const char *format, ...)
{
    char text[1024], shown[512];
    va_list arguments;
    if (!to->log)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    escape_text(shown, sizeof shown, text);
    to->log(to->log_user, level, shown);
}

int message_progress(const callbacks *to, const cludi_progress *progress)
{
    cludi_progress named = *progress;
    named.phase_name = cludi_progress_phase_name(progress->phase);
    return to->progress ? to->progress(to->progress_user, &named) : 0;
}

const char *cludi_progress_phase_name(cludi_progress_phase phase)
{
    static const char *const NAMES[] = {"none", "neighbors", "init", "fit", "predict", "embed"};
    return phase > CLUDI_PHASE_NONE && phase <= CLUDI_PHASE_EMBED ? NAMES[phase] : NAMES[0];
}

double message_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
