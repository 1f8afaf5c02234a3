/* NumPy's .npy files: versions 1 to 3, C and Fortran order, either byte order; numbers only.
   Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
#ifndef IO_NPY_H
#define IO_NPY_H

#include <cludi/matrix.h>

#include "array_info.h"
#include "in_file.h"

/* What the first bytes of every .npy file are. */
#define NPY_MAGIC "\x93NUMPY"
enum { NPY_MAGIC_LENGTH = 6 };

/* Reads the header and checks that the file is as long as it says; longer is allowed, as in NumPy.
   Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT (not .npy, not numbers, more than 8 dimensions, truncated). */
cludi_status npy_read_header(in_file *file, array_info *info, cludi_error *error);

/* Reads all numbers as float32, row by row: out has info->count places, info is what npy_read_header gave. Fortran order
   is for two dimensions at most. Values out of range become infinity.
   Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT (truncated meanwhile). */
cludi_status npy_read_floats(in_file *file, const array_info *info, float *out, cludi_error *error);

/* Reads all numbers as int32, for (M,) and (M, 1): out has info->count places.
   Errors: as npy_read_floats, and CLUDI_ERROR_FORMAT for a number that is not whole or no int32, naming its row. */
cludi_status npy_read_labels(in_file *file, const array_info *info, int32_t *out, cludi_error *error);

/* Writes (rows) of int32, byte for byte as NumPy does. Errors: CLUDI_ERROR_FILE. */
cludi_status npy_write_labels(const char *path, const int32_t *labels, int64_t rows, cludi_error *error);

/* Writes (rows, cols) of float32 in C order, byte for byte as NumPy does. Errors: CLUDI_ERROR_FILE. */
cludi_status npy_write_matrix(const char *path, const cludi_matrix *matrix, cludi_error *error);

#endif
