/* IDX files, the format of MNIST, plain or gzipped: two zero bytes, a type, the number of dimensions, one big-endian
   32-bit length each, then big-endian numbers, the last dimension running fastest. */
#ifndef IO_IDX_H
#define IO_IDX_H

#include "array_format.h"

struct unzip;

typedef struct idx_file {
    const char *path; /* for messages; borrowed from the in_file */
    array_info info;  /* data_offset is within the unzipped bytes */
    bool gzipped;
    struct unzip *stream; /* NULL when closed */
} idx_file;

extern const array_format IDX_FORMAT;

/* true for the first bytes of a plain IDX file: known type, 1 to 8 dimensions. */
bool idx_is_start(const unsigned char *bytes, size_t size);

/* Reads the header and checks that the file can be as long as it says. file stays the caller's and may be closed.
   Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT (not IDX, truncated, damaged gzip), CLUDI_ERROR_MEMORY (zlib's);
   idx_close is allowed after an error. */
cludi_status idx_open(idx_file *idx, const in_file *file, cludi_error *error);

/* Reads rows first .. first + count as float32, unsigned bytes divided by 255: a row is what lies behind the first
   dimension. In a gzipped file the rows before are unzipped again when first is not the row behind the last one read.
   Errors: as idx_open, naming the row, and CLUDI_ERROR_FORMAT for more bytes than the header says behind the last row. */
cludi_status idx_read_rows(idx_file *idx, int64_t first, int64_t count, float *out, cludi_error *error);

/* Reads all numbers as int32 into idx->info.count places, unscaled. Errors: as idx_read_rows, and CLUDI_ERROR_FORMAT
   for a number that is not whole or no int32, naming its row. */
cludi_status idx_read_labels(idx_file *idx, int32_t *out, cludi_error *error);

/* Closes; closed is allowed. */
void idx_close(idx_file *idx);

#endif
