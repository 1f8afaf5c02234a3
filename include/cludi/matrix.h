/** @file matrix.h
 *  The borrowed view through which callers hand in rows of numbers.
 */
#ifndef CLUDI_MATRIX_H
#define CLUDI_MATRIX_H

#include <stdint.h>

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

#ifdef __cplusplus
}
#endif
#endif
