#include "escape.h"

#include <stdint.h>
#include <string.h>

/* Bytes of the UTF-8 character at `at`, 0 if there is none: RFC 3629, so no overlong forms and no surrogates. */
static size_t character_length(const unsigned char *at, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = *at < 0x80 ? 1 : *at >= 0xF0 ? 4 : *at >= 0xE0 ? 3 : *at >= 0xC2 ? 2 : 0;
    *code = length <= 1 ? *at : *at & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        *code = *code << 6 | (at[i] & 0x3FU);
    }
    bool surrogate = *code >= 0xD800 && *code <= 0xDFFF;
    return length > 1 && (*code < least[length] || *code > 0x10FFFF || surrogate) ? 0 : length;
}

static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

size_t escape_text(char *out, size_t capacity, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    size_t used = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        uint32_t code;
        size_t length = character_length(at, &code);
        bool plain = length > 0 && !is_control(code);
        size_t bytes = length > 0 ? length : 1;
        if (used + (plain ? bytes : 4 * bytes) >= capacity)
            break;
        for (size_t i = 0; i < bytes; i++) {
            const char escaped[] = {'\\', 'x', digits[at[i] >> 4], digits[at[i] & 15]};
            size_t width = plain ? 1 : sizeof escaped;
            memcpy(out + used, plain ? (const char *)at + i : escaped, width);
            used += width;
        }
        at += bytes;
    }
    if (capacity > 0)
        out[used] = '\0';
    return used;
}

bool escape_is_utf8(const char *text)
{
    uint32_t code;
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        const size_t length = character_length(at, &code);
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}
