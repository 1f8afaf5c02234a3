#include "words.h"

#include <math.h>
#include <stdio.h>

static const double KB = 1e3;

const char *byte_size_format(char *text, double bytes)
{
    static const char *const UNITS[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;
    if (isnan(bytes)) {
        snprintf(text, BYTE_SIZE_SIZE, "?");
        return text;
    }
    while (bytes >= KB && unit + 1 < sizeof UNITS / sizeof *UNITS) {
        bytes /= KB;
        unit++;
    }
    snprintf(text, BYTE_SIZE_SIZE, "%.*f %s", unit == 0 || bytes >= KB / 10 ? 0 : 1, bytes, UNITS[unit]);
    return text;
}
