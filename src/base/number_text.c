#include "number_text.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the process's locale writes for the point, and what it reads. */
static char local_point(void)
{
    const char *point = localeconv()->decimal_point;
    return point && point[0] && !point[1] ? point[0] : '.';
}

static void replace(char *text, char from, char to)
{
    char *at = strchr(text, from);
    if (at)
        *at = to;
}

void number_text_format(char text[NUMBER_TEXT], double value)
{
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, NUMBER_TEXT, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    replace(text, local_point(), '.');
}

bool number_text_parse(const char *text, double *value)
{
    char copy[2 * NUMBER_TEXT], *end;
    if (!*text || strlen(text) >= sizeof copy || strspn(text, "+-.0123456789eE") != strlen(text))
        return false;
    memcpy(copy, text, strlen(text) + 1);
    replace(copy, '.', local_point());
    *value = strtod(copy, &end);
    return *end == '\0' && end != copy && !isnan(*value);
}
