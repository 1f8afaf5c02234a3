/* Bytes by their place, wherever they come from: a file, or a member of a zip. */
#ifndef IO_BYTE_SOURCE_H
#define IO_BYTE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cludi/status.h>

#include "in_file.h"

typedef struct byte_source {
    const char *path; /* for messages; borrowed */
    int64_t size;     /* bytes, as far as is known without reading them */
    int64_t offset;   /* where the next byte_source_read begins; may be set */
    bool sequential;  /* going back takes a pass over what lies before */

    /* Reads up to size bytes at offset; *got is less only at the end of the bytes, or after an error. */
    cludi_status (*read_at)(void *user, int64_t offset, void *bytes, size_t size, size_t *got, cludi_error *error);
    void *user; /* handed to read_at; borrowed */
} byte_source;

/* The bytes of a file, which must stay where it is. */
byte_source byte_source_of(in_file *file);

/* Reads exactly size bytes at source->offset and moves it on, after an error to where reading ended.
   Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT (the bytes end before), CLUDI_ERROR_MEMORY (a zip library's). */
cludi_status byte_source_read(byte_source *source, void *bytes, size_t size, cludi_error *error);

/* CLUDI_ERROR_FORMAT with the usual sentence when fewer than wanted bytes lie from offset on. */
cludi_status byte_source_require(const byte_source *source, int64_t offset, int64_t wanted, cludi_error *error);

#endif
