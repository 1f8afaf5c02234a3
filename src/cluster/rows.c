#include "rows.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "error.h"

enum { MOST_COLUMNS = 1 << 26 }; /* the random streams count columns in 26 bits */

static cludi_status check_shape(const cludi_matrix *X, int64_t least, cludi_error *error)
{
    if (!X || !X->data)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "X is NULL; a matrix of feature vectors is wanted.");
    if (X->cols < 1 || X->stride < X->cols)
        return error_set(
            error, CLUDI_ERROR_ARGUMENT,
            "X has %lld columns and a stride of %lld; at least 1 column and a stride no smaller are wanted.",
            (long long)X->cols, (long long)X->stride);
    if (X->cols > MOST_COLUMNS)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "X has %lld columns; at most %d are possible.",
                         (long long)X->cols, (int)MOST_COLUMNS);
    if (X->rows < least)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "X has %lld rows; at least %lld are wanted.", (long long)X->rows,
                         (long long)least);
    return CLUDI_OK;
}

/* 0 times a number is 0, unless it is NaN or infinite. */
static bool row_is_finite(const float *row, int64_t cols)
{
    float sum = 0;
    for (int64_t j = 0; j < cols; j++)
        sum += 0.0F * row[j];
    return sum == 0;
}

static cludi_status refuse_row(const float *row, int64_t i, int64_t cols, cludi_error *error)
{
    int64_t j = 0;
    while (j < cols - 1 && isfinite(row[j]))
        j++;
    return error_set(error, CLUDI_ERROR_DATA,
                     "X has %s in row %lld, column %lld (counted from 0); numbers must be finite in float32.",
                     isnan(row[j]) ? "NaN" : "an infinity", (long long)i, (long long)j);
}

cludi_status rows_check(const cludi_matrix *X, int64_t least, cludi_error *error)
{
    cludi_status status = check_shape(X, least, error);
    for (int64_t i = 0; status == CLUDI_OK && i < X->rows; i++) {
        const float *row = X->data + i * X->stride;
        if (!row_is_finite(row, X->cols))
            status = refuse_row(row, i, X->cols, error);
    }
    return status;
}

bool rows_is_zero(const cludi_matrix *X, int64_t row)
{
    const float *in = X->data + row * X->stride;
    int64_t j = 0;
    while (j < X->cols && in[j] == 0)
        j++;
    return j == X->cols;
}

void rows_gather(float *out, const cludi_matrix *X, int64_t row)
{
    const float *in = X->data + row * X->stride;
    float largest = 0;
    for (int64_t j = 0; j < X->cols; j++)
        largest = fabsf(in[j]) > largest ? fabsf(in[j]) : largest;
    memcpy(out, in, (size_t)X->cols * sizeof *out);
    if (largest == 0 || (largest > 1e-12F && largest < 1e12F))
        return;
    int exponent;
    frexpf(largest, &exponent);
    for (int64_t j = 0; j < X->cols; j++)
        out[j] = ldexpf(in[j], -exponent);
}
