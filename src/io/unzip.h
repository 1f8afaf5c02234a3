/* The bytes of a file in order, unzipped if it is gzip (RFC 1952: one or more members), else as they are. Nothing but
   members and zeros, as tapes have them, may be in a gzip file; zlib's own gzread leaves out the rest without a word. */
#ifndef IO_UNZIP_H
#define IO_UNZIP_H

#include <stdbool.h>

#include "in_file.h"

typedef struct unzip unzip;

/* Opens a second time what *file has open; file stays the caller's and may be closed, its path must outlive *out.
   *out is NULL after an error. Its memory is zlib's and malloc's, about 48 KiB. Errors: CLUDI_ERROR_FILE,
   CLUDI_ERROR_FORMAT, CLUDI_ERROR_MEMORY. */
cludi_status unzip_open(unzip **out, const in_file *file, cludi_error *error);

/* Is the file gzip? */
bool unzip_is_zipped(const unzip *stream);

/* Bytes read so far, unzipped. */
int64_t unzip_position(const unzip *stream);

/* Reads up to size bytes; *got is less only where the data end. Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_MEMORY,
   CLUDI_ERROR_FORMAT (damaged, ends within a member, has something behind the last member). */
cludi_status unzip_read(unzip *stream, void *bytes, size_t size, size_t *got, cludi_error *error);

/* Goes to a byte, unzipping from where it is or from the start. Errors: as unzip_read; CLUDI_OK behind the end as well, with
   the position at the end. */
cludi_status unzip_seek(unzip *stream, int64_t position, cludi_error *error);

/* Closes; NULL is allowed. */
void unzip_close(unzip *stream);

#endif
