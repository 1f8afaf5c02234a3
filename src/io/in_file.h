/* Regular files read with exact counts. Folders, pipes, sockets and devices are refused, and never waited for. What is
   packed may be unpacked on the way (unzip.h); then size and offsets are of what it unpacks to. */
#ifndef IO_IN_FILE_H
#define IO_IN_FILE_H

#include <stddef.h>
#include <stdint.h>

#include <cludi/status.h>

#include "stop_request.h"

/* What stands between the bytes of a file and its reader. */
typedef struct in_file_filter {
    /* Up to size bytes at offset, all of which lie before the file's size. */
    cludi_status (*read_at)(void *state, int64_t offset, void *bytes, size_t size, size_t *got, cludi_error *error);
    void (*close)(void *state);
} in_file_filter;

typedef struct in_file {
    const char *path;   /* as the caller gave it, for messages; borrowed, must outlive the in_file */
    int descriptor;     /* -1 when closed; its own position stays at 0 */
    int64_t size;       /* bytes, when it was opened */
    int64_t offset;     /* where the next in_file_read begins; may be set */
    stop_request *stop; /* what may end a long read with CLUDI_STOPPED; NULL, as in_file_open leaves it: nothing */
    const in_file_filter *filter; /* NULL: bytes are read as they are */
    void *filter_state;           /* owned; closed with the file */
} in_file;

/* Opens a regular file; one that grows afterwards keeps the size it had. Errors: CLUDI_ERROR_FILE; *file may then be closed or left. */
cludi_status in_file_open(in_file *file, const char *path, cludi_error *error);

/* Reads exactly size bytes at file->offset and moves it on, after an error to where reading ended.
   Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT (the file ends before), CLUDI_STOPPED. */
cludi_status in_file_read(in_file *file, void *bytes, size_t size, cludi_error *error);

/* Reads up to size bytes at offset, wherever file->offset is; *got is less only at the end of the file or after an error.
   Errors: CLUDI_ERROR_FILE, CLUDI_STOPPED. */
cludi_status in_file_read_at(const in_file *file, int64_t offset, void *bytes, size_t size, size_t *got,
                             cludi_error *error);

/* Reads the first bytes, at most capacity, without moving file->offset; *got: how many there are.
   Errors: CLUDI_ERROR_FILE. */
cludi_status in_file_peek(const in_file *file, void *bytes, size_t capacity, size_t *got, cludi_error *error);

/* CLUDI_ERROR_FORMAT with the usual sentence when fewer than wanted bytes lie from offset on. */
cludi_status in_file_require(const in_file *file, int64_t offset, int64_t wanted, cludi_error *error);

/* Closes; a closed file is allowed. */
void in_file_close(in_file *file);

#endif
