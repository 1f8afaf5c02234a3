/* NumPy's .npy files: versions 1 to 3, C and Fortran order, either byte order; numbers, and strings as labels.
   Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
#ifndef IO_NPY_H
#define IO_NPY_H

#include <cludi/matrix.h>

#include "array_format.h"
#include "byte_source.h"
#include "out_file.h"

/* What the first bytes of every .npy file are. */
#define NPY_MAGIC "\x93NUMPY"
enum { NPY_MAGIC_LENGTH = 6 };

extern const array_format NPY_FORMAT;

/* Reads the header and checks that the file is as long as it says; longer is allowed, as in NumPy.
   Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT (not .npy, neither numbers nor strings, more than 8 dimensions, truncated). */
cludi_status npy_read_header(byte_source *source, array_info *info, cludi_error *error);

/* Reads rows first .. first + count as float32, row by row: a row is what lies behind the first dimension, info is what
   npy_read_header gave. Fortran order is for two dimensions at most. Values out of range become infinity.
   Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT (truncated meanwhile), naming the row. */
cludi_status npy_read_rows(byte_source *source, const array_info *info, int64_t first, int64_t count, float *out,
                           cludi_error *error);

/* Reads all numbers as int32, for (M,) and (M, 1): out has info->count places; strings as text_labels.h.
   Errors: as npy_read_rows, and CLUDI_ERROR_FORMAT for a number that is not whole or no int32, naming its row. */
cludi_status npy_read_labels(byte_source *source, const array_info *info, const cludi_allocator *allocator,
                             int32_t *out, cludi_error *error);

/* An array that is written a few rows at a time, byte for byte as NumPy does: (rows) of int32, or (rows, cols) of float32
   in C order. As out_file: whole or not at all, and npy_writer_discard at the end in any case. */
typedef struct npy_writer {
    out_file file;
    int64_t rows;    /* promised by the header */
    int64_t written; /* rows so far */
    int64_t cols;    /* numbers of a row; all are of 4 bytes */
} npy_writer;

/* Begins the file; path must outlive the writer. Errors: CLUDI_ERROR_FILE. */
cludi_status npy_writer_open_labels(npy_writer *writer, const char *path, int64_t rows, cludi_error *error);
cludi_status npy_writer_open_matrix(npy_writer *writer, const char *path, int64_t rows, int64_t cols,
                                    cludi_error *error);

/* Appends count rows of int32 or float32, whichever the file is of, without gaps.
   Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_ARGUMENT (more rows than promised). */
cludi_status npy_writer_append(npy_writer *writer, const void *rows, int64_t count, cludi_error *error);

/* Ends the file. Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_ARGUMENT (fewer rows than promised); the old file is whole. */
cludi_status npy_writer_commit(npy_writer *writer, cludi_error *error);

/* Closes and removes what was not committed. */
void npy_writer_discard(npy_writer *writer);

/* Writes (rows) of int32. Errors: CLUDI_ERROR_FILE. */
cludi_status npy_write_labels(const char *path, const int32_t *labels, int64_t rows, cludi_error *error);

/* Writes (rows, cols) of float32. Errors: CLUDI_ERROR_FILE. */
cludi_status npy_write_matrix(const char *path, const cludi_matrix *matrix, cludi_error *error);

#endif
