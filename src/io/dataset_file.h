/* Arrays from files of any format that cludi knows, told apart by their content. */
#ifndef IO_DATASET_FILE_H
#define IO_DATASET_FILE_H

#include <cludi/context.h>
#include <cludi/dataset.h>

/* Feature vectors in memory. */
typedef struct dataset_rows {
    float *data;  /* (rows, cols); from the allocator, freed by the caller with alloc_free */
    int64_t rows; /* >= 1 */
    int64_t cols; /* >= 1 */
} dataset_rows;

/* Reads feature vectors; *out is {NULL, 0, 0} after an error.
   Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT, CLUDI_ERROR_MEMORY. */
cludi_status dataset_file_read_rows(const char *path, const cludi_allocator *allocator, dataset_rows *out,
                                    cludi_error *error);

/* Reads labels; out->data is freed by the caller with alloc_free; *out is {NULL, 0} after an error. Errors: the same. */
cludi_status dataset_file_read_labels(const char *path, const cludi_allocator *allocator, cludi_labels *out,
                                      cludi_error *error);

/* Reads the header of an array or model. Errors: the same. */
cludi_status dataset_file_describe(const char *path, const cludi_allocator *allocator, cludi_file_info *info,
                                   cludi_error *error);

#endif
