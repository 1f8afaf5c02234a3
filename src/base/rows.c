#include "rows.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "bounds.h"
#include "error.h"

enum {
    MOST_COLUMNS = 1 << 26,  /* the random streams count columns in 26 bits */
    BLOCK_NUMBERS = 1 << 18, /* read at a time */
    LANES = 8                /* sums of a norm */
};

/* ---- shapes ---- */

static cludi_status check_size(int64_t rows, int64_t cols, int64_t least, cludi_error *error)
{
    if (cols > MOST_COLUMNS)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "X has %lld columns; at most %d are possible.", (long long)cols,
                         (int)MOST_COLUMNS);
    if (rows < least)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "X has %lld rows; at least %lld are wanted.", (long long)rows,
                         (long long)least);
    return CLUDI_OK;
}

cludi_status rows_check_matrix(const cludi_matrix *X, int64_t least, cludi_error *error)
{
    if (!X || !X->data)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "X is NULL; a matrix of feature vectors is wanted.");
    if (X->cols < 1 || X->stride < X->cols)
        return error_set(
            error, CLUDI_ERROR_ARGUMENT,
            "X has %lld columns and a stride of %lld; at least 1 column and a stride no smaller are wanted.",
            (long long)X->cols, (long long)X->stride);
    return check_size(X->rows, X->cols, least, error);
}

cludi_status rows_check_source(const cludi_source *X, int64_t least, cludi_error *error)
{
    if (!X || !X->read)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL; a source of feature vectors is wanted.",
                         X ? "X->read" : "X");
    if (X->cols < 1)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "X has %lld columns; at least 1 is wanted.", (long long)X->cols);
    return check_size(X->rows, X->cols, least, error);
}

/* ---- numbers ---- */

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
    cludi_status status = rows_check_matrix(X, least, error);
    for (int64_t i = 0; status == CLUDI_OK && i < X->rows; i++) {
        const float *row = X->data + i * X->stride;
        if (!row_is_finite(row, X->cols))
            status = refuse_row(row, i, X->cols, error);
    }
    return status;
}

bool rows_is_zero(const float *row, int64_t cols)
{
    int64_t j = 0;
    while (j < cols && row[j] == 0)
        j++;
    return j == cols;
}

void rows_scale(float *row, int64_t cols)
{
    float largest = 0;
    for (int64_t j = 0; j < cols; j++)
        largest = fabsf(row[j]) > largest ? fabsf(row[j]) : largest;
    if (largest == 0 || (largest > 1e-12F && largest < 1e12F))
        return;
    int exponent;
    frexpf(largest, &exponent);
    for (int64_t j = 0; j < cols; j++)
        row[j] = ldexpf(row[j], -exponent);
}

/* LANES sums side by side, then those in order: what a compiler may vectorize without changing a bit. */
double rows_square_sum(const float *row, int64_t n)
{
    double part[LANES] = {0}, sum = 0;
    int64_t j = 0;
    for (; j + LANES <= n; j += LANES)
        for (int lane = 0; lane < LANES; lane++)
            part[lane] += (double)row[j + lane] * (double)row[j + lane];
    for (int lane = 0; j + lane < n; lane++)
        part[lane] += (double)row[j + lane] * (double)row[j + lane];
    for (int lane = 0; lane < LANES; lane++)
        sum += part[lane];
    return sum;
}

bool rows_unit(float *row, int64_t n)
{
    const double sum = rows_square_sum(row, n);
    if (sum == 0)
        return false;
    const float factor = (float)(1 / sqrt(sum));
    for (int64_t j = 0; j < n; j++)
        row[j] *= factor;
    return true;
}

/* ---- sources ---- */

static cludi_status copy_rows(void *user, int64_t first, int64_t count, float *out, cludi_error *error)
{
    const cludi_matrix *X = user;
    (void)error;
    for (int64_t i = 0; i < count; i++)
        memcpy(out + i * X->cols, X->data + (first + i) * X->stride, (size_t)X->cols * sizeof *out);
    return CLUDI_OK;
}

cludi_source rows_of_matrix(const cludi_matrix *X)
{
    return (cludi_source){.rows = X->rows, .cols = X->cols, .read = copy_rows, .user = (void *)X};
}

cludi_status rows_read(const cludi_source *X, int64_t first, int64_t count, float *out, cludi_error *error)
{
    cludi_error unseen;
    cludi_error *said = error ? error : &unseen;
    said->message[0] = '\0';
    const cludi_status status = X->read(X->user, first, count, out, said);
    if (status == CLUDI_OK)
        return CLUDI_OK;
    said->status = status;
    if (said->message[0] != '\0')
        return status;
    return error_set(said, status, "The source of X could not read rows %lld to %lld (counted from 0).",
                     (long long)first, (long long)(first + count - 1));
}

/* Rows that follow each other in X are read together. */
static cludi_status read_runs(const cludi_source *X, const int64_t *rows, int64_t count, float *out, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    for (int64_t i = 0, run; status == CLUDI_OK && i < count; i += run) {
        run = 1;
        while (i + run < count && rows[i + run] == rows[i] + run)
            run++;
        status = rows_read(X, rows[i], run, out + i * X->cols, error);
    }
    return status;
}

cludi_status rows_read_many(const cludi_source *X, const int64_t *rows, int64_t count, float *out, cludi_error *error)
{
    cludi_error unseen;
    cludi_error *said = error ? error : &unseen;
    if (count == 0)
        return CLUDI_OK;
    if (!X->read_rows)
        return read_runs(X, rows, count, out, error);
    said->message[0] = '\0';
    const cludi_status status = X->read_rows(X->user, rows, count, out, said);
    if (status == CLUDI_OK)
        return CLUDI_OK;
    said->status = status;
    return said->message[0] != '\0'
               ? status
               : error_set(said, status, "The source of X could not read %lld rows of a batch.", (long long)count);
}

static cludi_status visit_block(const cludi_source *X, const float *block, int64_t first, int64_t count,
                                rows_visitor *visit, void *user, cludi_error *error)
{
    for (int64_t i = 0; i < count; i++) {
        const float *row = block + i * X->cols;
        if (!row_is_finite(row, X->cols))
            return refuse_row(row, first + i, X->cols, error);
        if (visit)
            visit(user, first + i, row);
    }
    return CLUDI_OK;
}

cludi_status rows_visit(const cludi_source *X, const cludi_allocator *allocator, rows_visitor *visit, void *user,
                        cludi_error *error)
{
    const int64_t most = X->cols < BLOCK_NUMBERS ? BLOCK_NUMBERS / X->cols : 1;
    const int64_t size = min_int(most, X->rows);
    float *block = alloc_array(allocator, size * X->cols, sizeof *block);
    cludi_status status = block ? CLUDI_OK : error_memory(error, "a block of rows");
    for (int64_t first = 0; status == CLUDI_OK && first < X->rows; first += size) {
        const int64_t count = min_int(X->rows - first, size);
        status = rows_read(X, first, count, block, error);
        if (status == CLUDI_OK)
            status = visit_block(X, block, first, count, visit, user, error);
    }
    alloc_free(allocator, block);
    return status;
}
