/* Numbers for texts, in the order in which they are first seen: 0, 1, 2, ... */
#ifndef IO_TEXT_CODES_H
#define IO_TEXT_CODES_H

#include <stdbool.h>
#include <stdint.h>

#include "alloc.h"

typedef struct text_codes {
    const cludi_allocator *allocator;
    char *bytes; /* all texts, NUL-terminated, one behind the other */
    size_t used, room;
    size_t *starts;   /* (count) of each text in bytes */
    int32_t *slots;   /* (capacity) codes by hash, -1 where there is none */
    int64_t capacity; /* a power of two, 0 at first; starts has room for half of it */
    int32_t count;
} text_codes;

/* No texts; text_codes_clear frees them. */
void text_codes_init(text_codes *codes, const cludi_allocator *allocator);
void text_codes_clear(text_codes *codes);

/* *code = the number of a text. false when there is no memory, or there are 2^31 - 1 texts. */
bool text_codes_find(text_codes *codes, const char *text, int32_t *code);

/* The number of a text; -1: it was not seen. */
int32_t text_codes_look_up(const text_codes *codes, const char *text);

/* The text of a number. */
const char *text_codes_text(const text_codes *codes, int32_t code);

#endif
