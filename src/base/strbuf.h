/* A string that grows, on a context's allocator. After a failed append it stays failed; check once at the end. */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stdbool.h>
#include <stddef.h>

#include "alloc.h"

typedef struct strbuf {
    const cludi_allocator *allocator;
    char *text;      /* NUL-terminated once anything was appended; owned */
    size_t length;   /* without the NUL */
    size_t capacity; /* bytes at text */
    bool failed;     /* an allocation failed; text is what fitted before */
} strbuf;

/* An empty string; strbuf_clear frees it. */
void strbuf_init(strbuf *buffer, const cludi_allocator *allocator);
void strbuf_clear(strbuf *buffer);

/* Appends formatted text. */
__attribute__((format(printf, 2, 3))) void strbuf_printf(strbuf *buffer, const char *format, ...);

#endif
