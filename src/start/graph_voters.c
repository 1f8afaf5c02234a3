#include "graph_voters.h"

#include <string.h>

#include "alloc.h"
#include "communities.h"
#include "consensus.h"
#include "error.h"
#include "spectral.h"

enum { STARTS = 3, SEEDS = 2 };
static const double ISLANDS = 0.99999; /* an eigenvalue above is 1 */

typedef struct graph_run {
    start_run *run;
    phase_clock *clock;
    int32_t *communities; /* (GRAPH_VOTERS_COMMUNITIES, M) */
    int32_t *spectral;    /* (GRAPH_VOTERS_SPECTRAL, M) */
    float *rows;          /* (M, K) eigenvectors */
    int32_t communities_count, spectral_count;
} graph_run;

/* What is asked of one graph. */
typedef struct graph_use {
    const weighted_graph *known; /* NULL: shared neighbors, to be made */
    int32_t neighbors, power;    /* power 0: fuzzy */
    bool communities, spectral;
} graph_use;

static bool has_spectral(const start_run *r)
{
    return !r->alone && r->args->clusters < r->args->X->rows;
}

int32_t graph_voters_count(const start_run *r)
{
    return r->alone ? 1 : GRAPH_VOTERS_COMMUNITIES + (has_spectral(r) ? GRAPH_VOTERS_SPECTRAL : 0);
}

/* power: 0: fuzzy */
static cludi_status make_graph(const start_run *r, int32_t neighbors, int32_t power, weighted_graph *graph,
                               cludi_error *error)
{
    const neighbor_graph *known = r->args->graph;
    const neighbor_lists lists = {known->rows, known->degree, known->neighbor, known->similarity};
    return power == 0 ? graph_fuzzy(r->args->be, &lists, neighbors, graph, error)
                      : graph_shared(r->args->be, &lists, neighbors, power, graph, error);
}

cludi_status start_graphs_make(const start_run *r, start_graphs *graphs, cludi_error *error)
{
    *graphs = (start_graphs){0};
    TRY(make_graph(r, r->narrow, 0, &graphs->fuzzy, error));
    return make_graph(r, r->wide, 1, &graphs->shared, error);
}

void start_graphs_clear(start_graphs *graphs)
{
    graph_clear(&graphs->fuzzy);
    graph_clear(&graphs->shared);
}

/* ---- voters ---- */

static cludi_status vote_communities(graph_run *g, const weighted_graph *graph, cludi_error *error)
{
    const start_args *a = g->run->args;
    phase_clock_start(g->clock, START_PART_COMMUNITIES);
    for (int32_t s = 0; s < (g->run->alone ? 1 : SEEDS); s++) {
        const communities_args args = {.be = a->be,
                                       .messages = &g->run->within,
                                       .graph = graph,
                                       .clusters = a->clusters,
                                       .seed = a->seed * SEEDS + (uint64_t)s};
        int32_t *labels = g->communities + g->communities_count++ * a->X->rows;
        if (!start_run_recall(g->run, false, labels)) {
            TRY(graph_communities(&args, labels, NULL, error));
            TRY(start_run_keep(g->run, labels, error));
        }
        TRY(start_run_step(g->run, error));
    }
    return CLUDI_OK;
}

/* labels: (M); the first is -1 where the graph has as many islands as there are clusters. */
static cludi_status cluster_vectors(graph_run *g, const weighted_graph *graph, int32_t *labels, cludi_error *error)
{
    const start_args *a = g->run->args;
    const spectral_args args = {
        .be = a->be, .messages = &g->run->within, .graph = graph, .vectors = a->clusters, .seed = a->seed};
    const cludi_matrix rows = {g->rows, a->X->rows, a->clusters, a->clusters};
    const start_means what = {.rows = &rows, .clusters = a->clusters, .starts = STARTS, .seed = a->seed};
    kmeans_result result = {0};
    spectral_facts facts;
    memset(labels, -1, (size_t)a->X->rows * sizeof *labels);
    TRY(graph_spectral(&args, g->rows, &facts, error));
    if (facts.last > ISLANDS)
        return CLUDI_OK;
    TRY(start_run_means(g->run, &what, &result, error));
    memcpy(labels, result.labels, (size_t)rows.rows * sizeof *labels);
    kmeans_result_clear(&result);
    return CLUDI_OK;
}

static cludi_status vote_spectral(graph_run *g, const weighted_graph *graph, cludi_error *error)
{
    int32_t *labels = g->spectral + g->spectral_count * g->run->args->X->rows;
    phase_clock_start(g->clock, START_PART_SPECTRAL);
    if (!start_run_recall(g->run, true, labels)) {
        TRY(cluster_vectors(g, graph, labels, error));
        TRY(start_run_keep(g->run, labels, error));
    }
    g->spectral_count += labels[0] >= 0;
    return start_run_step(g->run, error);
}

/* ---- all graphs ---- */

static cludi_status ask(graph_run *g, const graph_use *use, cludi_error *error)
{
    weighted_graph made = {0};
    cludi_status status = CLUDI_OK;
    phase_clock_start(g->clock, START_PART_GRAPHS);
    if (!use->known)
        TRY(make_graph(g->run, use->neighbors, use->power, &made, error));
    const weighted_graph *graph = use->known ? use->known : &made;
    if (use->communities)
        status = vote_communities(g, graph, error);
    if (status == CLUDI_OK && use->spectral && has_spectral(g->run))
        status = vote_spectral(g, graph, error);
    graph_clear(&made);
    return status;
}

static cludi_status ask_all(graph_run *g, const start_graphs *graphs, cludi_error *error)
{
    const start_run *r = g->run;
    const graph_use uses[] = {{&graphs->fuzzy, r->narrow, 0, !r->alone, false},
                              {NULL, r->middle, 0, !r->alone, false},
                              {NULL, r->middle, 1, !r->alone, true},
                              {NULL, r->middle, 2, false, true},
                              {&graphs->shared, r->wide, 1, r->alone, true},
                              {NULL, r->wide, 2, false, true}};
    for (size_t u = 0; u < sizeof uses / sizeof *uses; u++)
        if (uses[u].communities || has_spectral(r))
            TRY(ask(g, &uses[u], error));
    return CLUDI_OK;
}

static cludi_status run(graph_run *g, const start_graphs *graphs, int32_t *labels, cludi_error *error)
{
    const start_args *a = g->run->args;
    const cludi_allocator *allocator = &a->be->allocator;
    g->communities = alloc_array(allocator, a->X->rows, GRAPH_VOTERS_COMMUNITIES * sizeof *g->communities);
    g->spectral = alloc_array(allocator, a->X->rows, GRAPH_VOTERS_SPECTRAL * sizeof *g->spectral);
    g->rows = alloc_array(allocator, has_spectral(g->run) ? a->X->rows : 0, (size_t)a->clusters * sizeof *g->rows);
    if (!g->communities || !g->spectral || !g->rows)
        return error_memory(error, "the partitions of the graph");
    TRY(ask_all(g, graphs, error));
    const vote_family families[] = {{g->communities, g->communities_count}, {g->spectral, g->spectral_count}};
    phase_clock_start(g->clock, START_PART_CONSENSUS);
    return consensus_find(g->run, families, 2, labels, error);
}

cludi_status graph_voters_run(start_run *r, const start_graphs *graphs, phase_clock *clock, int32_t *labels,
                              cludi_error *error)
{
    const cludi_allocator *allocator = &r->args->be->allocator;
    graph_run g = {.run = r, .clock = clock};
    const cludi_status status = run(&g, graphs, labels, error);
    alloc_free(allocator, g.communities);
    alloc_free(allocator, g.spectral);
    alloc_free(allocator, g.rows);
    return status;
}
