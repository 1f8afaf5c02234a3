/** @file dataset.h
 *  Arrays from files and into files.
 *
 *  Read: .npy (versions 1-3, C or Fortran order, either byte order; f2 f4 f8 i1-i8 u1-u8) and IDX or gzipped IDX (the MNIST
 *  format; items are flattened to rows and unsigned bytes are divided by 255). The format is found from the content, not
 *  from the name. Written: .npy, through a temporary file in the same folder that is synced and renamed.
 */
#ifndef CLUDI_DATASET_H
#define CLUDI_DATASET_H

#include <stdint.h>

#include <cludi/context.h>
#include <cludi/matrix.h>
#include <cludi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Feature vectors read from a file. Opaque. @since 0.1 */
typedef struct cludi_dataset cludi_dataset;

/** Labels read from a file. @since 0.1 */
typedef struct cludi_labels {
    int32_t *data; /**< (rows); owned, freed by cludi_labels_clear() */
    int64_t rows;  /**< number of labels */
} cludi_labels;

/** What a file holds, found without reading its numbers. @since 0.1 */
typedef struct cludi_file_info {
    char format[16];    /**< "npy", "idx", "idx.gz" or "model" */
    char dtype[8];      /**< NumPy's name, such as "<f4"; "" for a model */
    int32_t dimensions; /**< 0..8 */
    int64_t shape[8];   /**< as stored; product = number of elements */
    int32_t fortran;    /**< 1 when stored column by column */
    int64_t bytes;      /**< size of the file */
} cludi_file_info;

/** Reads feature vectors: a 2-D array, or more dimensions for IDX (flattened to rows).
 *  @param context its allocator is used; must outlive the dataset
 *  @param path    not NULL
 *  @param dataset out, not NULL; freed with cludi_dataset_free(); NULL after an error
 *  @param error   out, may be NULL; names the file and what is wrong where
 *  @return CLUDI_ERROR_ARGUMENT (NULL), CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT (not an array, truncated, wrong rank,
 *          objects, zero rows or columns), CLUDI_ERROR_MEMORY. NaN and infinity are passed on: cludi_fit() and cludi_predict() name the place.
 *  Cost: one pass; float32 in C order is read in place.
 *  Threads: one call at a time per context. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_dataset_read(cludi_context *context, const char *path,
                                                           cludi_dataset **dataset, cludi_error *error);

/** The rows of a dataset.
 *  @param dataset not NULL
 *  @return a view that lives as long as the dataset.
 *  Threads: safe. Cost: none. @since 0.1 */
CLUDI_API cludi_matrix cludi_dataset_get_matrix(const cludi_dataset *dataset);

/** Frees a dataset. @param dataset may be NULL.
 *  Threads: not while the dataset is in use elsewhere. Cost: negligible. @since 0.1 */
CLUDI_API void cludi_dataset_free(cludi_dataset *dataset);

/** Reads labels: a 1-D array of integers (or (M, 1), or whole numbers in floating point) that fit int32.
 *  @param context its allocator is used
 *  @param path    not NULL
 *  @param labels  out, not NULL; freed with cludi_labels_clear(); {NULL, 0} after an error
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL), CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT (also a value that is no int32, with its
 *          row), CLUDI_ERROR_MEMORY.
 *  Threads: one call at a time per context. Cost: one pass over the file. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_labels_read(cludi_context *context, const char *path,
                                                          cludi_labels *labels, cludi_error *error);

/** Frees what cludi_labels_read() gave. @param context as at read; @param labels may be NULL.
 *  Threads: one call at a time per context. Cost: negligible. @since 0.1 */
CLUDI_API void cludi_labels_clear(cludi_context *context, cludi_labels *labels);

/** Writes labels as a 1-D .npy of int32.
 *  @param path   not NULL
 *  @param labels (rows)
 *  @param rows   >= 0
 *  @param error  out, may be NULL
 *  @return CLUDI_ERROR_FILE, CLUDI_ERROR_ARGUMENT. The old file stays whole until the new one is.
 *  Threads: safe. Cost: one pass. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_labels_write(const char *path, const int32_t *labels, int64_t rows,
                                                           cludi_error *error);

/** Writes a matrix as a 2-D .npy of float32, C order.
 *  @param path   not NULL
 *  @param matrix not NULL
 *  @param error  out, may be NULL
 *  @return CLUDI_ERROR_FILE, CLUDI_ERROR_ARGUMENT. The old file stays whole until the new one is.
 *  Threads: safe. Cost: one pass. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_matrix_write(const char *path, const cludi_matrix *matrix,
                                                           cludi_error *error);

/** Looks at a file: array or model, type and shape. Reads the header only.
 *  @param context its allocator is used
 *  @param path    not NULL
 *  @param info    out, not NULL
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL), CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT, CLUDI_ERROR_MEMORY.
 *  Threads: one call at a time per context. Cost: reads the header. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_file_describe(cludi_context *context, const char *path,
                                                            cludi_file_info *info, cludi_error *error);

#ifdef __cplusplus
}
#endif
#endif
