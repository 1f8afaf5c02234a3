/** @file matrix.h
 *  How callers hand in rows of numbers: a borrowed view of memory, or a function that fetches them; the names of their columns.
 */
#ifndef CLUDI_MATRIX_H
#define CLUDI_MATRIX_H

#include <stdint.h>

#include <cludi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A read-only row-major matrix that somebody else owns. Element (i, j) is `data[i * stride + j]`.
 *  @since 0.1 */
typedef struct cludi_matrix {
    const float *data; /**< (rows, cols) float32; not owned */
    int64_t rows;      /**< number of rows, >= 0 */
    int64_t cols;      /**< number of columns, >= 1 */
    int64_t stride;    /**< elements from one row to the next, >= cols */
} cludi_matrix;

/** Rows that are fetched in blocks and need not be in memory together: those of a file that is open
 *  (cludi_dataset_get_source()), of a database, of anything that can be asked for rows by their number.
 *
 *  It must return the same rows every time, because the numbers of a row decide its place in training.
 *  @since 0.1 */
typedef struct cludi_source {
    int64_t rows; /**< number of rows, >= 0 */
    int64_t cols; /**< number of columns, >= 1 */

    /** Fetches the rows first .. first + count - 1.
     *  @param user  the field below
     *  @param first 0 .. rows - 1
     *  @param count 1 .. rows - first; the caller decides how many it asks for, often one
     *  @param out   (count, cols) float32 row-major, the caller's; undefined after an error
     *  @param error not NULL; filled in with one sentence before an error is returned
     *  @return CLUDI_OK, or any other status: the running call ends, passing on status and sentence. CLUDI_STOPPED ends
     *          it as the progress callback would
     *  Threads: called from the thread that called cludi, one call at a time. */
    cludi_status (*read)(void *user, int64_t first, int64_t count, float *out, cludi_error *error);

    void *user;         /**< handed to read; not owned */
    int32_t sequential; /**< not 0: only blocks in the order of the rows are cheap, others may take a pass each */

    /** Fetches any rows, as a training step needs them: one call instead of one read for each row. An implementation that reads
     *  from a disk may choose a better order. NULL: read is called instead.
     *  @param user  the field above
     *  @param rows  (count) 0 .. rows - 1 each, in any order, possibly repeated
     *  @param count >= 1
     *  @param out   (count, cols) float32 row-major, the caller's: row i is row rows[i]
     *  @param error as in read
     *  @return as read. Threads: as read. @since 0.2 */
    cludi_status (*read_rows)(void *user, const int64_t *rows, int64_t count, float *out, cludi_error *error);
} cludi_source;

/** cludi_source as 0.1 had it. @since 0.2 */
typedef struct cludi_source_0_1 {
    int64_t rows; /**< as there, and the rest */
    int64_t cols; /**< >= 1 */
    cludi_status (*read)(void *user, int64_t first, int64_t count, float *out, cludi_error *error); /**< as there */
    void *user;         /**< handed to read */
    int32_t sequential; /**< as there */
} cludi_source_0_1;

/** The names of columns, in UTF-8. {0}: they have none. @since 0.2 */
typedef struct cludi_columns {
    const char *const *names; /**< (count) of the features, in their order; not owned */
    int64_t count;
    const char *const *dropped; /**< (dropped_count) of columns of the file that are not features; not owned */
    int64_t dropped_count;
} cludi_columns;

#ifdef __cplusplus
}
#endif
#endif
