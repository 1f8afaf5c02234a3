#include "walk_agreement.h"

#include <string.h>

#include "alloc.h"
#include "error.h"

/* ---- room ---- */

static cludi_status allocate(walk_agreement *w, cludi_error *error)
{
    const cludi_allocator *allocator = &w->be->allocator;
    const int64_t rows = w->graph->rows;
    w->start = alloc_array(allocator, rows, sizeof *w->start);
    w->arrive = alloc_zeroed(allocator, rows, sizeof *w->arrive);
    w->sums = alloc_zeroed(allocator, rows, (size_t)w->be->threads * sizeof *w->sums);
    w->members = alloc_array(allocator, rows, sizeof *w->members);
    w->first = alloc_array(allocator, rows + 1, sizeof *w->first);
    w->inside = alloc_array(allocator, rows, sizeof *w->inside);
    return w->start && w->arrive && w->sums && w->members && w->first && w->inside
               ? CLUDI_OK
               : error_memory(error, "the score of a partition");
}

void walk_agreement_clear(walk_agreement *w)
{
    if (!w->be)
        return;
    const cludi_allocator *allocator = &w->be->allocator;
    alloc_free(allocator, w->start);
    alloc_free(allocator, w->arrive);
    alloc_free(allocator, w->sums);
    alloc_free(allocator, w->members);
    alloc_free(allocator, w->first);
    alloc_free(allocator, w->inside);
    *w = (walk_agreement){0};
}

/* ---- walks of all rows, whatever the partition ---- */

/* sum over the edges of row i of weight times x. */
static double step(const weighted_graph *g, int64_t i, const double *x)
{
    double sum = 0;
    for (int64_t e = g->offset[i]; e < g->offset[i + 1]; e++)
        sum += g->weight[e] * x[g->column[e]];
    return sum;
}

/* W is symmetric: walks that end at a row are two steps back from it. */
static void count_walks(walk_agreement *w)
{
    const weighted_graph *g = w->graph;
    double *strength = w->arrive, *middle = w->inside;
    for (int64_t i = 0; i < g->rows; i++)
        for (int64_t e = g->offset[i]; e < g->offset[i + 1]; e++)
            strength[i] += g->weight[e];
    for (int64_t i = 0; i < g->rows; i++) {
        const double all = step(g, i, strength);
        w->start[i] = all > 0 ? 1 / ((double)g->rows * all) : 0;
    }
    for (int64_t i = 0; i < g->rows; i++)
        middle[i] = step(g, i, w->start);
    for (int64_t i = 0; i < g->rows; i++)
        w->arrive[i] = step(g, i, middle);
}

cludi_status walk_agreement_init(walk_agreement *w, backend *be, const weighted_graph *graph, cludi_error *error)
{
    *w = (walk_agreement){.be = be, .graph = graph};
    TRY(allocate(w, error));
    count_walks(w);
    return stop_request_check(be->stop, error);
}

/* ---- one partition ---- */

static void sort_members(walk_agreement *w, int32_t clusters)
{
    const int64_t rows = w->graph->rows;
    memset(w->first, 0, ((size_t)clusters + 1) * sizeof *w->first);
    for (int64_t i = 0; i < rows; i++)
        w->first[w->labels[i] + 1]++;
    for (int32_t k = 0; k < clusters; k++)
        w->first[k + 1] += w->first[k];
    for (int64_t i = 0; i < rows; i++)
        w->members[w->first[w->labels[i]]++] = (int32_t)i;
    memmove(w->first + 1, w->first, (size_t)clusters * sizeof *w->first);
    w->first[0] = 0;
}

/* The walks that begin and end in cluster k. */
static void count_inside(void *self, int worker, int64_t k)
{
    const walk_agreement *w = self;
    const weighted_graph *g = w->graph;
    double *sums = w->sums + worker * g->rows, inside = 0;
    for (int64_t m = w->first[k]; m < w->first[k + 1]; m++)
        for (int64_t e = g->offset[w->members[m]]; e < g->offset[w->members[m] + 1]; e++)
            sums[g->column[e]] += g->weight[e];
    for (int64_t m = w->first[k]; m < w->first[k + 1]; m++)
        inside += w->start[w->members[m]] * step(g, w->members[m], sums);
    for (int64_t m = w->first[k]; m < w->first[k + 1]; m++)
        for (int64_t e = g->offset[w->members[m]]; e < g->offset[w->members[m] + 1]; e++)
            sums[g->column[e]] = 0;
    w->inside[k] = inside;
}

/* What would stay by chance: the share of walks that begin in cluster k times that of those that end there. */
static double chance_of(const walk_agreement *w, int64_t k)
{
    int64_t begin = 0;
    double end = 0;
    for (int64_t m = w->first[k]; m < w->first[k + 1]; m++) {
        begin += w->start[w->members[m]] > 0;
        end += w->arrive[w->members[m]];
    }
    return (double)begin / (double)w->graph->rows * end;
}

cludi_status walk_agreement_score(walk_agreement *w, const int32_t *labels, int32_t clusters, double *kappa,
                                  cludi_error *error)
{
    double share = 0, chance = 0;
    w->labels = labels;
    sort_members(w, clusters);
    host_each(w->be, clusters, count_inside, w);
    TRY(backend_finish(w->be, error));
    for (int32_t k = 0; k < clusters; k++) {
        share += w->inside[k];
        chance += chance_of(w, k);
    }
    *kappa = chance < 1 - 1e-12 ? (share - chance) / (1 - chance) : 0;
    return CLUDI_OK;
}
