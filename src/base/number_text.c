#include "number_text.h"

#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_NUMBER = 512 };

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

void number_text_round(char text[NUMBER_TEXT], double value, int digits)
{
    snprintf(text, NUMBER_TEXT, "%.*g", digits, value);
    replace(text, local_point(), '.');
}

void number_text_fixed(char text[NUMBER_TEXT], double value, int decimals)
{
    snprintf(text, NUMBER_TEXT, "%.*f", decimals, value);
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

static const char DECIMAL[] = "+-.0123456789eE";

/* A sign that was taken from the front of text. */
static bool take_sign(const char **text)
{
    bool negative = **text == '-';
    *text += negative || **text == '+';
    return negative;
}

static bool is_word(const char *text, const char *lower)
{
    while (*text && (*text | 0x20) == *lower) {
        text++;
        lower++;
    }
    return *text == '\0' && *lower == '\0';
}

static bool parse_word(const char *text, float *value)
{
    bool negative = take_sign(&text);
    bool infinite = is_word(text, "inf") || is_word(text, "infinity");
    if (!infinite && !is_word(text, "nan"))
        return false;
    float magnitude = infinite ? INFINITY : NAN;
    *value = negative ? -magnitude : magnitude;
    return true;
}

/* The usual case without strtof, whose result this is: up to 7 digits and a power of ten up to 7, which are float32
   both, so that one division rounds correctly. */
static bool parse_short(const char *text, float *value)
{
    static const float POWERS[] = {1e0F, 1e1F, 1e2F, 1e3F, 1e4F, 1e5F, 1e6F, 1e7F};
    bool negative = take_sign(&text), point = false;
    int32_t whole = 0;
    int digits = 0, behind = 0;
    for (; (*text >= '0' && *text <= '9') || (*text == '.' && !point); text++) {
        if (*text == '.') {
            point = true;
            continue;
        }
        whole = whole * 10 + (*text - '0');
        digits++;
        behind += point;
        if (digits > 7)
            return false;
    }
    if (*text || digits == 0)
        return false;
    float magnitude = (float)whole / POWERS[behind];
    *value = negative ? -magnitude : magnitude;
    return true;
}

bool number_text_parse_float(const char *text, float *value)
{
    char copy[LONGEST_NUMBER], *end;
    if (parse_short(text, value))
        return true;
    size_t length = strlen(text);
    if (length == 0 || length >= sizeof copy || strspn(text, DECIMAL) != length)
        return parse_word(text, value);
    memcpy(copy, text, length + 1);
    replace(copy, '.', local_point());
    *value = strtof(copy, &end);
    return *end == '\0' && end != copy;
}
