/* One member of a zip as a source of bytes, by libzip: stored or deflated, not encrypted. */
#ifndef IO_ZIP_MEMBER_H
#define IO_ZIP_MEMBER_H

#include "byte_source.h"

struct zip;
struct zip_file;

typedef struct zip_member {
    const char *path;        /* for messages; borrowed from the in_file */
    struct zip *archive;     /* libzip's; NULL when closed */
    struct zip_file *stream; /* NULL before the first read */
    stop_request *stop;      /* the in_file's */
    uint64_t index;          /* of the member */
    int64_t size;            /* unzipped, as the zip says */
    int64_t position;        /* of stream */
    bool deflated;
    bool sought;  /* stream was moved, so that libzip adds up no checksum */
    bool checked; /* the checksum is right */
} zip_member;

/* Finds an array: the member called key or key.npy, or without a key (NULL) the only one whose name ends in .npy. What the
   zip says of its size must be possible. file stays the caller's.
   Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT (damaged, encrypted, not deflated, no such member, more than one, with
   their keys), CLUDI_ERROR_MEMORY (libzip's); zip_member_close is allowed after one. */
cludi_status zip_member_open(zip_member *member, const in_file *file, const char *key, cludi_error *error);

/* The member's bytes; member must stay where it is. Sequential when it is deflated. */
byte_source zip_member_source(zip_member *member);

/* Compares the checksum, once, reading on from behind the array to the end, or all of it again where it was not read in
   order. end: where the array ends in the member; when more than 1 MiB follows, nothing is done. Errors: as reading. */
cludi_status zip_member_check(zip_member *member, int64_t end, cludi_error *error);

/* Closes; closed is allowed. */
void zip_member_close(zip_member *member);

#endif
