#include "kernel_features.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "bounds.h"
#include "cholesky.h"
#include "error.h"

static const double RIDGE = 1e-4, SMALLEST = 1e-6;
enum { NEIGHBOR = 15, TILE_ROWS = 64 };

static int ascending(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static cludi_status find_distance(kernel_features *f, const neighbor_graph *graph, cludi_error *error)
{
    const int64_t at = min_int(graph->degree, NEIGHBOR) - 1;
    float *distance = alloc_array(&f->be->allocator, graph->rows, sizeof *distance);
    if (!distance)
        return error_memory(error, "distances of neighbors");
    for (int64_t i = 0; i < graph->rows; i++)
        distance[i] = 2 - 2 * graph->similarity[i * graph->degree + at];
    qsort(distance, (size_t)graph->rows, sizeof *distance, ascending);
    f->distance = (double)distance[graph->rows / 2];
    alloc_free(&f->be->allocator, distance);
    return CLUDI_OK;
}

static float kernel(const kernel_features *f, float cosine)
{
    return f->width > 0 ? expf((cosine - 1) / (float)f->width) : cosine;
}

/* L^-1 of the landmarks' kernel, which has this more on its diagonal. */
static bool invert(kernel_features *f, double ridge)
{
    f->be->ops.copy_out(f->be, HOST_F64, f->factor, f->unmix);
    for (int64_t i = 0; i < f->count * f->count; i++)
        f->factor[i] = (double)kernel(f, (float)f->factor[i]);
    for (int64_t i = 0; i < f->count; i++)
        f->factor[i * f->count + i] = (f->width > 0 ? 1 : f->factor[i * f->count + i]) + ridge;
    return cholesky_inverse(f->factor, f->count);
}

/* Where rows lie close together, a narrow kernel magnifies the rounding of their cosines, and its matrix is positive with a larger ridge only. */
static cludi_status find_factor(kernel_features *f, cludi_error *error)
{
    backend *be = f->be;
    be->ops.linear(be, f->unmix, f->landmark, f->landmark, (tensor){0});
    TRY(backend_finish(be, error));
    double ridge = RIDGE;
    while (!invert(f, ridge)) {
        ridge *= 10;
        if (!(ridge <= 1))
            return error_set(error, CLUDI_ERROR_DATA, "The rows have no usable kernel: are some of them not finite?");
    }
    be->ops.copy_in(be, f->unmix, HOST_F64, f->factor);
    return CLUDI_OK;
}

cludi_status kernel_features_init(kernel_features *f, backend *be, const cludi_matrix *rows,
                                  const neighbor_graph *graph, cludi_error *error)
{
    const int64_t m = min_int(rows->rows, KERNEL_LANDMARKS), height = backend_workers(be) * (int64_t)TILE_ROWS;
    *f = (kernel_features){.be = be, .cols = rows->cols, .count = m, .rank = m, .rows = rows->data};
    f->landmark = backend_take(be, m, rows->cols);
    f->unmix = backend_take(be, m, m);
    f->tile = backend_take(be, height, m);
    f->factor = alloc_array(&be->allocator, m * m, sizeof *f->factor);
    f->host = alloc_array(&be->allocator, height * m, sizeof *f->host);
    if (!f->landmark.data || !f->unmix.data || !f->tile.data || !f->factor || !f->host)
        return error_memory(error, "features of a kernel");
    return find_distance(f, graph, error);
}

/* The axes, and zeros where there are more landmarks. */
static void set_axes(kernel_features *f)
{
    const int64_t n = f->cols, m = f->count;
    memset(f->factor, 0, (size_t)(m * m) * sizeof *f->factor);
    for (int64_t i = 0; i < n; i++)
        f->factor[i * n + i] = 1;
    f->be->ops.copy_in(f->be, f->landmark, HOST_F64, f->factor);
    memset(f->factor, 0, (size_t)(m * m) * sizeof *f->factor);
    for (int64_t i = 0; i < n; i++)
        f->factor[i * m + i] = 1;
    f->be->ops.copy_in(f->be, f->unmix, HOST_F64, f->factor);
}

cludi_status kernel_features_set(kernel_features *f, double width, cludi_error *error)
{
    const bool linear = width == 0, axes = linear && f->cols <= f->count;
    f->width = linear ? 0 : fmax(width * width * f->distance / 2, SMALLEST);
    f->rank = axes ? f->cols : f->count;
    if (axes) {
        set_axes(f);
        return CLUDI_OK;
    }
    f->be->ops.copy_in(f->be, f->landmark, HOST_F32, f->rows);
    return find_factor(f, error);
}

void kernel_features_clear(kernel_features *f)
{
    if (!f->be)
        return;
    alloc_free(&f->be->allocator, f->host);
    alloc_free(&f->be->allocator, f->factor);
    f->be->ops.release(f->be, f->tile.data);
    f->be->ops.release(f->be, f->unmix.data);
    f->be->ops.release(f->be, f->landmark.data);
    *f = (kernel_features){0};
}

typedef struct make_work {
    kernel_features *features;
    const cludi_matrix *rows;
    tensor x, out; /* (M, n), (M, m) */
} make_work;

static void make_part(void *self, int worker, int64_t task)
{
    const make_work *work = self;
    const kernel_features *f = work->features;
    backend be = backend_worker(f->be);
    const int64_t first = task * TILE_ROWS, count = min_int(TILE_ROWS, work->rows->rows - first);
    const tensor tile = backend_rows(&be, f->tile, worker * (int64_t)TILE_ROWS, count);
    float *host = f->host + worker * TILE_ROWS * f->count;
    be.ops.linear(&be, tile, backend_rows(&be, work->x, first, count), f->landmark, (tensor){0});
    be.ops.copy_out(&be, HOST_F32, host, tile);
    for (int64_t i = 0; i < count * f->count; i++)
        host[i] = kernel(f, host[i]);
    be.ops.copy_in(&be, tile, HOST_F32, host);
    be.ops.linear(&be, backend_rows(&be, work->out, first, count), tile, f->unmix, (tensor){0});
}

cludi_status kernel_features_make(kernel_features *f, const cludi_matrix *rows, tensor out, cludi_error *error)
{
    backend *be = f->be;
    make_work work = {f, rows, backend_take(be, rows->rows, rows->cols), out};
    if (!work.x.data)
        return error_memory(error, "the rows");
    be->ops.copy_in(be, work.x, HOST_F32, rows->data);
    be->ops.for_each(be, (rows->rows + TILE_ROWS - 1) / TILE_ROWS, make_part, &work);
    const cludi_status status = backend_finish(be, error);
    be->ops.release(be, work.x.data);
    return status;
}
