#include "block_filter.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "error.h"

typedef struct filter_run {
    const block_filter *f;
    float *X;
    int64_t p;
    float center, half; /* of the interval */
    int degree;
} filter_run;

static cludi_status scale(block_filter *f, cludi_error *error)
{
    const weighted_graph *g = f->graph;
    const cludi_allocator *allocator = &f->be->allocator;
    double *root = alloc_array(allocator, g->rows, sizeof *root);
    if (!root)
        return error_memory(error, "the eigenvectors of the graph");
    for (int64_t i = 0; i < g->rows; i++) {
        double sum = 0;
        for (int64_t e = g->offset[i]; e < g->offset[i + 1]; e++)
            sum += g->weight[e];
        root[i] = sum > 0 ? 1 / sqrt(sum) : 0;
    }
    for (int64_t i = 0; i < g->rows; i++)
        for (int64_t e = g->offset[i]; e < g->offset[i + 1]; e++)
            f->scaled[e] = (float)(root[i] * g->weight[e] * root[g->column[e]]);
    alloc_free(allocator, root);
    return CLUDI_OK;
}

cludi_status block_filter_init(block_filter *f, backend *be, const weighted_graph *graph, cludi_error *error)
{
    *f = (block_filter){.be = be, .graph = graph};
    const int64_t numbers = graph->rows * FILTER_LANES * 2;
    f->scaled = alloc_array(&be->allocator, graph->entries, sizeof *f->scaled);
    f->lanes = alloc_array(&be->allocator, be->threads * numbers, sizeof *f->lanes);
    return f->scaled && f->lanes ? scale(f, error) : error_memory(error, "the eigenvectors of the graph");
}

void block_filter_clear(block_filter *f)
{
    if (!f->be)
        return;
    alloc_free(&f->be->allocator, f->scaled);
    alloc_free(&f->be->allocator, f->lanes);
    *f = (block_filter){0};
}

/* out = factor (S x - center x) - minus out for some vectors, lane by lane. */
static void multiply(const weighted_graph *g, const float *scaled, const float *x, float *out, const float by[3])
{
    for (int64_t i = 0; i < g->rows; i++) {
        float sum[FILTER_LANES] = {0};
        for (int64_t e = g->offset[i]; e < g->offset[i + 1]; e++) {
            const float w = scaled[e], *from = x + (int64_t)g->column[e] * FILTER_LANES;
            for (int l = 0; l < FILTER_LANES; l++)
                sum[l] += w * from[l];
        }
        const float *own = x + i * FILTER_LANES;
        float *to = out + i * FILTER_LANES;
        for (int l = 0; l < FILTER_LANES; l++)
            to[l] = by[0] * (sum[l] - by[1] * own[l]) - by[2] * to[l];
    }
}

/* T_0 = x, T_1 = y x, T_k = 2 y T_(k-1) - T_(k-2), y = (S - center) / half. */
static void filter_some(void *self, int worker, int64_t task)
{
    const filter_run *r = self;
    const weighted_graph *g = r->f->graph;
    const int64_t numbers = g->rows * FILTER_LANES, first = task * FILTER_LANES;
    const size_t count = (size_t)(r->p - first < FILTER_LANES ? r->p - first : FILTER_LANES);
    float *x = r->f->lanes + worker * 2 * numbers, *out = x + numbers;
    memset(x, 0, (size_t)(2 * numbers) * sizeof *x);
    for (int64_t i = 0; i < g->rows; i++)
        memcpy(x + i * FILTER_LANES, r->X + i * r->p + first, count * sizeof *x);
    for (int k = 1; k <= r->degree && !stop_request_stopped(r->f->be->stop); k++) {
        const float by[] = {(k == 1 ? 1 : 2) / r->half, r->center, k == 1 ? 0 : 1};
        multiply(g, r->f->scaled, x, out, by);
        float *const last = x;
        x = out;
        out = last;
    }
    for (int64_t i = 0; i < g->rows; i++)
        memcpy(r->X + i * r->p + first, x + i * FILTER_LANES, count * sizeof *x);
}

static cludi_status run(const block_filter *f, filter_run *r, cludi_error *error)
{
    host_each(f->be, (r->p + FILTER_LANES - 1) / FILTER_LANES, filter_some, r);
    return backend_finish(f->be, error);
}

cludi_status block_filter_apply(const block_filter *f, float *X, int64_t p, double cut, int degree, cludi_error *error)
{
    filter_run r = {f, X, p, (float)((cut - 1) / 2), (float)((cut + 1) / 2), degree};
    return run(f, &r, error);
}

cludi_status block_filter_multiply(const block_filter *f, float *X, int64_t p, cludi_error *error)
{
    filter_run r = {f, X, p, 0, 1, 1};
    return run(f, &r, error);
}
