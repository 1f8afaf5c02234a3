#include "average.h"

#include <math.h>

#include "alloc.h"
#include "error.h"
#include "rows.h"

enum { LANES = 8, BLOCK_BYTES = 1 << 22, BLOCK_ROWS = 4096, TASK_ROWS = 16 };

/* ---- one row ---- */

/* LANES sums side by side, then those in order: what a compiler may vectorise without changing a bit. */
static double square_sum(const float *row, int64_t n)
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

bool average_unit(float *row, int64_t n)
{
    const double sum = square_sum(row, n);
    if (sum == 0)
        return false;
    const float factor = (float)(1 / sqrt(sum));
    for (int64_t j = 0; j < n; j++)
        row[j] *= factor;
    return true;
}

void graph_average_row(const average_row *row, float *out)
{
    for (int64_t j = 0; j < row->n; j++)
        out[j] = row->rows[0][j];
    for (int32_t i = 0; i < row->count; i++) {
        const float *x = row->rows[1 + i];
        const float weight = row->similarity[i] > 0 ? row->similarity[i] : 0;
        for (int64_t j = 0; j < row->n; j++)
            out[j] += weight * x[j];
    }
    (void)average_unit(out, row->n);
}

/* ---- all rows ---- */

typedef struct averager {
    const average_args *args;
    float *out;
    int64_t n, first, rows; /* columns; the running block */
    int64_t most;           /* rows of a block */
    const float **address;  /* (most, 1 + count) where the rows of the block and their neighbours are */
    float *staging;         /* (most, 1 + count, n) from a source */
    double started;
} averager;

static cludi_status check(const average_args *args, cludi_error *error)
{
    const neighbour_graph *graph = args->graph;
    const cludi_status status =
        args->matrix ? rows_check_matrix(args->matrix, 1, error) : rows_check_source(args->X, 1, error);
    if (status != CLUDI_OK)
        return status;
    const int64_t rows = args->matrix ? args->matrix->rows : args->X->rows;
    if (rows != graph->rows)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "X has %lld rows; the graph of their neighbours has %lld.",
                         (long long)rows, (long long)graph->rows);
    if (args->count < 0 || args->count > graph->degree)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%d neighbours were to be averaged; the graph has 0 to %d.",
                         (int)args->count, (int)graph->degree);
    return CLUDI_OK;
}

static cludi_status begin(averager *a, cludi_error *error)
{
    const average_args *args = a->args;
    const cludi_allocator *allocator = &args->be->allocator;
    const int64_t each = 1 + args->count;
    a->n = args->matrix ? args->matrix->cols : args->X->cols;
    const int64_t fit = BLOCK_BYTES / (int64_t)sizeof(float) / each / a->n;
    a->most = args->matrix || fit > BLOCK_ROWS ? BLOCK_ROWS : fit > 1 ? fit : 1;
    a->address = alloc_array(allocator, a->most * each, sizeof *a->address);
    if (!args->matrix)
        a->staging = alloc_array(allocator, a->most * each * a->n, sizeof *a->staging);
    return a->address && (args->matrix || a->staging) ? CLUDI_OK : error_memory(error, "rows and their neighbours");
}

/* Row `row` at place `place` of the block. */
static cludi_status fetch(averager *a, int64_t place, int64_t row, cludi_error *error)
{
    if (a->args->matrix) {
        a->address[place] = a->args->matrix->data + row * a->args->matrix->stride;
        return CLUDI_OK;
    }
    a->address[place] = a->staging + place * a->n;
    return rows_read(a->args->X, row, 1, a->staging + place * a->n, error);
}

static cludi_status fetch_block(averager *a, cludi_error *error)
{
    const neighbour_graph *graph = a->args->graph;
    const int32_t count = a->args->count;
    cludi_status status = CLUDI_OK;
    for (int64_t i = 0; status == CLUDI_OK && i < a->rows; i++) {
        const int64_t place = i * (1 + count), row = a->first + i;
        status = fetch(a, place, row, error);
        for (int32_t j = 0; status == CLUDI_OK && j < count; j++)
            status = fetch(a, place + 1 + j, graph->neighbour[row * graph->degree + j], error);
    }
    return status;
}

static void average_some(void *self, int worker, int64_t index)
{
    const averager *a = self;
    const neighbour_graph *graph = a->args->graph;
    (void)worker;
    for (int64_t i = index * TASK_ROWS; i < (index + 1) * TASK_ROWS && i < a->rows; i++) {
        const average_row row = {a->address + i * (1 + a->args->count),
                                 graph->similarity + (a->first + i) * graph->degree, a->args->count, a->n};
        graph_average_row(&row, a->out + (a->first + i) * a->n);
    }
}

static cludi_status report(const averager *a, cludi_error *error)
{
    const int64_t done = a->first + a->rows, all = a->args->graph->rows;
    const cludi_progress progress = {
        .phase = "average", .step = done, .steps = all, .seconds = message_seconds() - a->started};
    if (!a->args->messages || message_progress(a->args->messages, &progress) == 0 || done == all)
        return CLUDI_OK;
    return error_set(error, CLUDI_STOPPED, "The averaging was stopped after row %lld of %lld.", (long long)done,
                     (long long)all);
}

cludi_status graph_average(const average_args *args, float *out, cludi_error *error)
{
    averager a = {.args = args, .out = out, .started = message_seconds()};
    cludi_status status = check(args, error);
    if (status != CLUDI_OK)
        return status;
    status = begin(&a, error);
    for (a.first = 0; status == CLUDI_OK && a.first < args->graph->rows; a.first += a.rows) {
        a.rows = args->graph->rows - a.first < a.most ? args->graph->rows - a.first : a.most;
        status = fetch_block(&a, error);
        if (status != CLUDI_OK)
            break;
        args->be->ops.for_each(args->be, (a.rows + TASK_ROWS - 1) / TASK_ROWS, average_some, &a);
        status = report(&a, error);
    }
    alloc_free(&args->be->allocator, a.address);
    alloc_free(&args->be->allocator, a.staging);
    return status;
}
