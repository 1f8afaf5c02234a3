#include "text_fit.h"

#include <stddef.h>
#include <string.h>

#include "escape.h"

static const char ELLIPSIS[] = "\xE2\x80\xA6";
static const double NARROW = 0.6, WIDE = 1.05; /* widths of a character for a size of 1 */

/* Adds the character at `at`, of valid UTF-8, to *width; returns its bytes. From three bytes on most are as wide as high. */
static size_t add_character(const char *at, double size, double *width)
{
    unsigned char first = (unsigned char)*at;
    size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    *width += size * (length < 3 ? NARROW : WIDE);
    return length;
}

double text_width(const char *text, double size)
{
    double width = 0;
    while (*text)
        text += add_character(text, size, &width);
    return width;
}

double text_fit(char out[TEXT_BYTES], const char *text, double size, double room)
{
    size_t length = escape_text(out, TEXT_BYTES - sizeof ELLIPSIS, text), end = 0;
    double width = text_width(out, size), kept = 0;
    if (width <= room)
        return width;
    room -= size * WIDE;
    for (size_t at = 0; at < length;) {
        at += add_character(out + at, size, &kept);
        if (kept > room)
            break;
        end = at;
    }
    memcpy(out + end, ELLIPSIS, sizeof ELLIPSIS);
    return text_width(out, size);
}
