/* IDX files, the format of MNIST: two zero bytes, a type, the number of dimensions, one big-endian 32-bit length each, then
   big-endian numbers, the last dimension running fastest. */
#ifndef IO_IDX_H
#define IO_IDX_H

#include "array_format.h"
#include "byte_source.h"

extern const array_format IDX_FORMAT;

/* true for the first bytes of an IDX file: known type, 1 to 8 dimensions. */
bool idx_is_start(const unsigned char *bytes, size_t size);

/* Reads the header and checks that the file is exactly as long as it says. Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT. */
cludi_status idx_read_header(byte_source *source, array_info *info, cludi_error *error);

/* Reads rows first .. first + count as float32, unsigned bytes divided by 255: a row is what lies behind the first
   dimension. Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT (truncated meanwhile), naming the row. */
cludi_status idx_read_rows(byte_source *source, const array_info *info, int64_t first, int64_t count, float *out,
                           cludi_error *error);

#endif
