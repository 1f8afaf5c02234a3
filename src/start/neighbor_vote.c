#include "neighbor_vote.h"

#include <string.h>

#include "alloc.h"
#include "error.h"

enum { TASK_ROWS = 256 };

typedef struct ballot {
    backend *be;
    const weighted_graph *graph;
    int32_t clusters;
    int32_t *labels; /* (M) */
    int32_t *next;   /* (M) */
    double *weight;  /* (workers, K) zeros between two rows */
    int64_t *counts; /* (K) */
} ballot;

static int32_t choose(const ballot *b, int64_t i, double *weight)
{
    const weighted_graph *g = b->graph;
    int32_t best = b->labels[i];
    double most = 0;
    for (int64_t e = g->offset[i]; e < g->offset[i + 1]; e++)
        weight[b->labels[g->column[e]]] += g->weight[e];
    for (int64_t e = g->offset[i]; e < g->offset[i + 1]; e++) {
        const int32_t k = b->labels[g->column[e]];
        if (weight[k] > most || (weight[k] == most && k < best)) {
            most = weight[k];
            best = k;
        }
    }
    for (int64_t e = g->offset[i]; e < g->offset[i + 1]; e++)
        weight[b->labels[g->column[e]]] = 0;
    return best;
}

static void choose_some(void *self, int worker, int64_t task)
{
    const ballot *b = self;
    const int64_t end = (task + 1) * TASK_ROWS < b->graph->rows ? (task + 1) * TASK_ROWS : b->graph->rows;
    for (int64_t i = task * TASK_ROWS; i < end; i++)
        b->next[i] = choose(b, i, b->weight + (int64_t)worker * b->clusters);
}

/* Would a cluster that has rows now have none? */
static bool would_empty(const ballot *b)
{
    memset(b->counts, 0, (size_t)b->clusters * sizeof *b->counts);
    for (int64_t i = 0; i < b->graph->rows; i++)
        b->counts[b->next[i]]++;
    for (int64_t i = 0; i < b->graph->rows; i++)
        if (b->counts[b->labels[i]] == 0)
            return true;
    return false;
}

static cludi_status vote(ballot *b, int32_t rounds, cludi_error *error)
{
    const cludi_allocator *allocator = &b->be->allocator;
    const int64_t rows = b->graph->rows;
    const size_t bytes = (size_t)rows * sizeof *b->next;
    b->next = alloc_array(allocator, rows, sizeof *b->next);
    b->weight = alloc_zeroed(allocator, b->clusters, (size_t)b->be->threads * sizeof *b->weight);
    b->counts = alloc_array(allocator, b->clusters, sizeof *b->counts);
    if (!b->next || !b->weight || !b->counts)
        return error_memory(error, "the votes of neighbors");
    for (int32_t round = 0; round < rounds; round++) {
        host_each(b->be, (rows + TASK_ROWS - 1) / TASK_ROWS, choose_some, b);
        TRY(backend_finish(b->be, error));
        if (would_empty(b) || memcmp(b->next, b->labels, bytes) == 0)
            break;
        memcpy(b->labels, b->next, bytes);
    }
    return CLUDI_OK;
}

cludi_status neighbor_vote(backend *be, const weighted_graph *graph, int32_t clusters, int32_t rounds, int32_t *labels,
                           cludi_error *error)
{
    ballot b = {.be = be, .graph = graph, .clusters = clusters, .labels = labels};
    const cludi_status status = vote(&b, rounds, error);
    alloc_free(&be->allocator, b.next);
    alloc_free(&be->allocator, b.weight);
    alloc_free(&be->allocator, b.counts);
    return status;
}
