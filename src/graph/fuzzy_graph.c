#include <math.h>

#include "alloc.h"
#include "both_ways.h"
#include "float_math.h"
#include "list_check.h"

enum { HALVINGS = 64 };
static const double CLOSE = 1e-5;       /* of a sum to its target: UMAP's */
static const double LEAST_SCALE = 1e-3; /* times the mean distance: UMAP's */

typedef struct fuzzy_run {
    const neighbor_lists *lists;
    int32_t k;
    double target, least;
    float *value; /* (rows, k) */
} fuzzy_run;

static float distance(const fuzzy_run *f, int64_t row, int32_t j)
{
    return fmaxf(1 - f->lists->similarity[row * f->lists->degree + j], 0);
}

/* exp(-max(d - first, 0) / scale) */
static float membership(const fuzzy_run *f, int64_t row, int32_t j, double scale)
{
    const float beyond = distance(f, row, j) - distance(f, row, 0);
    return beyond > 0 ? float_exp((float)(-beyond / scale)) : 1; /* scale > 0: it is halved 64 times at most */
}

static double find_scale(const fuzzy_run *f, int64_t row)
{
    double scale = 1, low = 0, high = INFINITY;
    for (int halving = 0; halving < HALVINGS; halving++) {
        double sum = 0;
        for (int32_t j = 0; j < f->k; j++)
            sum += membership(f, row, j, scale);
        if (fabs(sum - f->target) < CLOSE)
            break;
        if (sum > f->target)
            high = scale;
        else
            low = scale;
        scale = isinf(high) ? 2 * scale : (low + high) / 2;
    }
    return fmax(scale, f->least);
}

static void weigh_some(void *self, int worker, int64_t task)
{
    const fuzzy_run *f = self;
    (void)worker;
    for (int64_t i = task * BOTH_WAYS_TASK; i < (task + 1) * BOTH_WAYS_TASK && i < f->lists->rows; i++) {
        const double scale = find_scale(f, i);
        for (int32_t j = 0; j < f->k; j++)
            f->value[i * f->k + j] = membership(f, i, j, scale);
    }
}

static float fuzzy_union(const both_ways *b, int64_t row, const both_ways_edge *edge, int32_t power)
{
    (void)b;
    (void)row;
    (void)power;
    return edge->out + edge->back - edge->out * edge->back;
}

static double mean_distance(const fuzzy_run *f)
{
    double sum = 0;
    for (int64_t i = 0; i < f->lists->rows; i++)
        for (int32_t j = 0; j < f->k; j++)
            sum += distance(f, i, j);
    return sum / (double)f->lists->rows / f->k;
}

static cludi_status make_graph(fuzzy_run *f, backend *be, weighted_graph *graph, cludi_error *error)
{
    both_ways b;
    f->target = log2(f->k + 1.0);
    f->least = LEAST_SCALE * mean_distance(f);
    host_each(be, (f->lists->rows + BOTH_WAYS_TASK - 1) / BOTH_WAYS_TASK, weigh_some, f);
    TRY(backend_finish(be, error));
    TRY(both_ways_init(&b, be, f->lists, f->k, f->value, error));
    const cludi_status status = both_ways_unite(&b, be, fuzzy_union, 1, graph, error);
    both_ways_clear(&b);
    return status;
}

cludi_status graph_fuzzy(backend *be, const neighbor_lists *lists, int32_t k, weighted_graph *graph, cludi_error *error)
{
    fuzzy_run f = {.lists = lists, .k = k};
    *graph = (weighted_graph){0};
    TRY(list_check(lists, k, error));
    f.value = alloc_array(&be->allocator, lists->rows * k, sizeof *f.value);
    const cludi_status status =
        f.value ? make_graph(&f, be, graph, error) : error_memory(error, "the graph of the neighbors");
    alloc_free(&be->allocator, f.value);
    return status;
}
