#include "kmeans_rows.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "bounds.h"
#include "error.h"
#include "rows.h"

enum {
    BLOCK_NUMBERS = 1 << 23, /* 32 MiB of float32 */
    PIECE = 64,              /* columns of a task that measures */
    PRODUCT_ELEMENT = 64     /* multiplications in a product that take as long as an element elsewhere */
};

/* ---- memory ---- */

static int64_t block_rows(int64_t rows, int64_t cols)
{
    const int64_t room = cols < BLOCK_NUMBERS ? BLOCK_NUMBERS / cols : 1;
    const int64_t most = min_int(room, rows);
    return (most + KMEANS_CHUNK - 1) / KMEANS_CHUNK * KMEANS_CHUNK;
}

cludi_status kmeans_rows_init(kmeans_rows *rows, backend *be, const cludi_source *X, cludi_error *error)
{
    *rows = (kmeans_rows){.be = be, .X = X, .capacity = block_rows(X->rows, X->cols), .scale = 1};
    rows->chunks = (X->rows + KMEANS_CHUNK - 1) / KMEANS_CHUNK;
    rows->mean = alloc_zeroed(&be->allocator, X->cols, sizeof *rows->mean);
    rows->moments = alloc_zeroed(&be->allocator, 2 * X->cols, sizeof *rows->moments);
    rows->squares = alloc_array(&be->allocator, X->rows, sizeof *rows->squares);
    rows->numbers = alloc_array(&be->allocator, rows->capacity * X->cols, sizeof *rows->numbers);
    rows->x = (tensor){.rows = rows->capacity, .cols = X->cols};
    rows->x.data = be->ops.allocate(be, backend_bytes(be, rows->x));
    const bool ok = rows->mean && rows->moments && rows->squares && rows->numbers && rows->x.data;
    return ok ? CLUDI_OK : error_memory(error, "a block of rows of k-means");
}

void kmeans_rows_clear(kmeans_rows *rows)
{
    if (!rows->be)
        return;
    const cludi_allocator *allocator = &rows->be->allocator;
    rows->be->ops.release(rows->be, rows->x.data);
    alloc_free(allocator, rows->numbers);
    alloc_free(allocator, rows->squares);
    alloc_free(allocator, rows->moments);
    alloc_free(allocator, rows->mean);
    *rows = (kmeans_rows){0};
}

/* ---- measuring ---- */

static cludi_status read_block(kmeans_rows *rows, int64_t first, cludi_error *error)
{
    const int64_t left = rows->X->rows - first;
    rows->count = 0;
    rows->first = first;
    const int64_t count = min_int(left, rows->capacity);
    const cludi_status status = rows_read(rows->X, first, count, rows->numbers, error);
    rows->count = status == CLUDI_OK ? count : 0;
    return status;
}

/* Sums of some columns, less the data's first row, and of their squares. */
static void measure_piece(void *self, int worker, int64_t index)
{
    const kmeans_rows *rows = self;
    const int64_t n = rows->X->cols, from = index * PIECE, to = min_int(from + PIECE, n);
    (void)worker;
    for (int64_t r = 0; r < rows->count; r++)
        for (int64_t j = from; j < to; j++) {
            const double x = (double)rows->numbers[r * n + j] - rows->mean[j];
            rows->moments[j] += x;
            rows->moments[n + j] += x * x;
        }
}

static void finish_measure(kmeans_rows *rows)
{
    const int64_t n = rows->X->cols;
    const double M = (double)rows->X->rows;
    double variance = 0;
    int exponent = 0;
    for (int64_t j = 0; j < n; j++) {
        const double mean = rows->moments[j] / M;
        const double own = rows->moments[n + j] / M - mean * mean;
        variance += own > 0 ? own : 0;
        rows->mean[j] += mean;
    }
    variance /= (double)n;
    if (variance > 0)
        (void)frexp(sqrt(variance), &exponent);
    rows->scale = ldexp(1, -exponent);
    rows->variance = variance * rows->scale * rows->scale;
    rows->count = 0;
}

cludi_status kmeans_rows_measure(kmeans_rows *rows, cludi_error *error)
{
    const int64_t n = rows->X->cols;
    for (int64_t first = 0; first < rows->X->rows; first += rows->capacity) {
        TRY(read_block(rows, first, error));
        for (int64_t j = 0; first == 0 && j < n; j++)
            rows->mean[j] = (double)rows->numbers[j];
        kmeans_each(rows->be, (kmeans_tasks){(n + PIECE - 1) / PIECE, n * rows->count}, measure_piece, rows);
    }
    TRY(backend_finish(rows->be, error));
    for (int64_t j = 0; j < n; j++)
        if (!isfinite(rows->mean[j]) || !isfinite(rows->moments[j]))
            return rows_visit(rows->X, &rows->be->allocator, NULL, NULL, error); /* names the row */
    finish_measure(rows);
    return CLUDI_OK;
}

/* ---- blocks ---- */

void kmeans_rows_enter(const kmeans_rows *rows, const float *in, float *out)
{
    for (int64_t j = 0; j < rows->X->cols; j++)
        out[j] = (float)(((double)in[j] - rows->mean[j]) * rows->scale);
}

void kmeans_rows_leave(const kmeans_rows *rows, const float *in, float *out)
{
    for (int64_t j = 0; j < rows->X->cols; j++)
        out[j] = (float)((double)in[j] / rows->scale + rows->mean[j]);
}

kmeans_chunk kmeans_rows_chunk(const kmeans_rows *rows, int64_t index)
{
    kmeans_chunk chunk = {.start = index * KMEANS_CHUNK, .count = KMEANS_CHUNK};
    chunk.first = rows->first + chunk.start;
    chunk.number = chunk.first / KMEANS_CHUNK;
    chunk.count = min_int(rows->count - chunk.start, KMEANS_CHUNK);
    return chunk;
}

static backend choose_runner(const backend *be, int64_t work)
{
    return work < be->grain ? backend_worker(be) : *be;
}

void kmeans_each(const backend *be, kmeans_tasks tasks, backend_task *task, void *self)
{
    const backend runner = choose_runner(be, tasks.work);
    host_each(&runner, tasks.count, task, self);
}

void kmeans_each_tensor(const backend *be, kmeans_tasks tasks, backend_task *task, void *self)
{
    backend runner = choose_runner(be, tasks.work);
    runner.ops.for_each(&runner, tasks.count, task, self);
}

static int64_t loaded_chunks(const kmeans_rows *rows)
{
    return (rows->count + KMEANS_CHUNK - 1) / KMEANS_CHUNK;
}

void kmeans_rows_each_chunk(const kmeans_rows *rows, int64_t width, backend_task *task, void *self)
{
    const int64_t work = rows->count * (rows->X->cols * width / PRODUCT_ELEMENT + width + rows->X->cols);
    kmeans_each_tensor(rows->be, (kmeans_tasks){loaded_chunks(rows), work}, task, self);
}

void kmeans_rows_each_host_chunk(const kmeans_rows *rows, int64_t elements, backend_task *task, void *self)
{
    kmeans_each(rows->be, (kmeans_tasks){loaded_chunks(rows), rows->count * elements}, task, self);
}

/* The loaded block into the backend's memory, and zeros behind it. */
static void enter_block(const kmeans_rows *rows)
{
    const backend *be = rows->be;
    const int64_t filled = loaded_chunks(rows) * KMEANS_CHUNK;
    be->ops.copy_in_centered(rows->be, backend_rows(be, rows->x, 0, rows->count), rows->squares + rows->first,
                             rows->numbers, rows->mean, rows->scale);
    be->ops.zero(rows->be, backend_rows(be, rows->x, rows->count, filled - rows->count));
}

cludi_status kmeans_rows_load(kmeans_rows *rows, int64_t first, cludi_error *error)
{
    if (rows->count > 0 && rows->first == first)
        return CLUDI_OK;
    TRY(read_block(rows, first, error));
    enter_block(rows);
    return CLUDI_OK;
}

cludi_status kmeans_rows_fetch(const kmeans_rows *rows, int64_t row, float *out, cludi_error *error)
{
    const int64_t n = rows->X->cols, inside = row - rows->first;
    if (inside >= 0 && inside < rows->count) {
        memcpy(out, rows->numbers + inside * n, (size_t)n * sizeof *out);
        return CLUDI_OK;
    }
    return rows_read(rows->X, row, 1, out, error);
}

/* ---- arithmetic ---- */

/* Eight sums side by side, so that the compiler can use its lanes. */
enum { LANES = 8 };

static double add_lanes(const double sum[LANES])
{
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

double kmeans_square(const float *a, int64_t n)
{
    double sum[LANES] = {0};
    int64_t j = 0;
    for (; j + LANES <= n; j += LANES)
        for (int i = 0; i < LANES; i++)
            sum[i] += (double)a[j + i] * (double)a[j + i];
    for (int i = 0; j < n; i++, j++)
        sum[i] += (double)a[j] * (double)a[j];
    return add_lanes(sum);
}

double kmeans_distance(const float *a, const float *b, int64_t n)
{
    double sum[LANES] = {0};
    int64_t j = 0;
    for (; j + LANES <= n; j += LANES)
        for (int i = 0; i < LANES; i++) {
            const double d = (double)a[j + i] - (double)b[j + i];
            sum[i] += d * d;
        }
    for (int i = 0; j < n; i++, j++) {
        const double d = (double)a[j] - (double)b[j];
        sum[i] += d * d;
    }
    return add_lanes(sum);
}
