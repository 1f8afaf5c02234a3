#include "start.h"

#include <string.h>

#include "agreement.h"
#include "alloc.h"
#include "cluster_scores.h"
#include "deep_voters.h"
#include "error.h"
#include "fill_clusters.h"
#include "graph_voters.h"
#include "neighbor_vote.h"

enum { VOTE_ROUNDS = 3 };
static const double MUCH_WORK = 3e6; /* rows times clusters from which on plain k-means has one start */

typedef struct finder {
    start_run run;
    start_details *details;
    start_facts facts;
    int32_t *labels[START_CANDIDATES]; /* (M) each */
    int64_t *counts;                   /* (K) */
    double *strength;                  /* (K) */
    start_graphs graphs;
    walk_agreement judge;
} finder;

static phase_clock *clock_of(const finder *f)
{
    return f->details ? &f->details->clock : NULL;
}

/* ---- candidates ---- */

int32_t start_plain_runs(const start_args *args)
{
    return (double)args->X->rows * args->clusters < MUCH_WORK ? args->starts : 1;
}

static cludi_status find_plain(finder *f, cludi_error *error)
{
    const start_args *a = f->run.args;
    const start_means what = {.rows = a->X, .clusters = a->clusters, .starts = start_plain_runs(a), .seed = a->seed};
    phase_clock_start(clock_of(f), START_PART_PLAIN);
    TRY(start_run_vote(&f->run, &what, f->labels[START_KMEANS], error));
    if (a->graph)
        f->facts.nearest = graph_agreement(a->graph, f->labels[START_KMEANS], a->clusters, f->counts);
    return start_run_step(&f->run, error);
}

static cludi_status find_graph(finder *f, cludi_error *error)
{
    const start_run *r = &f->run;
    int32_t *labels = f->labels[START_GRAPH];
    TRY(graph_voters_run(&f->run, &f->graphs, clock_of(f), labels, error));
    TRY(fill_clusters(r, labels, error));
    if (!r->alone) /* else votes of few neighbors harm */
        TRY(neighbor_vote(r->args->be, &f->graphs.fuzzy, r->args->clusters, VOTE_ROUNDS, labels, error));
    return start_run_step(&f->run, error);
}

static cludi_status find_deep(finder *f, cludi_error *error)
{
    phase_clock_start(clock_of(f), START_PART_DEEP);
    TRY(deep_voters_run(&f->run, &f->judge, f->labels[START_DEEP], f->labels[START_SINGLE], error));
    TRY(fill_clusters(&f->run, f->labels[START_DEEP], error));
    return start_run_step(&f->run, error);
}

/* ---- which one ---- */

/* f->counts are those of these labels. */
static double near_agreement(const finder *f, const int32_t *labels)
{
    const int32_t K = f->run.args->clusters;
    const double inside = graph_cluster_scores(&f->graphs.fuzzy, labels, K, f->strength).inside;
    double chance = 0;
    for (int32_t k = 0; k < K; k++) {
        const double share = (double)f->counts[k] / (double)f->run.args->X->rows;
        chance += share * share;
    }
    return chance < 1 ? (inside - chance) / (1 - chance) : 0;
}

static cludi_status measure(finder *f, cludi_error *error)
{
    const start_args *a = f->run.args;
    for (int c = 0; c < START_CANDIDATES; c++) {
        TRY(walk_agreement_score(&f->judge, f->labels[c], a->clusters, &f->facts.agreement[c], error));
        memset(f->counts, 0, (size_t)a->clusters * sizeof *f->counts);
        for (int64_t i = 0; i < a->X->rows; i++)
            f->counts[f->labels[c][i]]++;
        f->facts.unevenness[c] = start_unevenness(f->counts, a->clusters, a->X->rows);
        f->facts.near[c] = near_agreement(f, f->labels[c]);
    }
    return CLUDI_OK;
}

static cludi_status compare(finder *f, cludi_error *error)
{
    const start_run *r = &f->run;
    const start_data data = {r->args->X->rows, r->args->clusters, r->args->coordinates};
    f->run.alone = start_is_alone(&data, &f->facts);
    if (start_is_blurred(&f->facts))
        start_run_widen(&f->run);
    f->run.all = f->run.done + deep_voters_count(&f->run) + graph_voters_count(&f->run) + 2;
    phase_clock_start(clock_of(f), START_PART_GRAPHS);
    TRY(start_graphs_make(r, &f->graphs, error));
    TRY(walk_agreement_init(&f->judge, r->args->be, &f->graphs.shared, error));
    TRY(find_deep(f, error));
    TRY(find_graph(f, error));
    TRY(measure(f, error));
    f->facts.pick = start_choose(&data, &f->facts);
    return CLUDI_OK;
}

static cludi_status allocate(finder *f, cludi_error *error)
{
    const start_args *a = f->run.args;
    f->counts = alloc_array(&a->be->allocator, a->clusters, sizeof *f->counts);
    f->strength = alloc_array(&a->be->allocator, a->clusters, sizeof *f->strength);
    for (int c = 0; c < START_CANDIDATES; c++) {
        f->labels[c] = alloc_array(&a->be->allocator, a->X->rows, sizeof *f->labels[c]);
        if (!f->labels[c])
            return error_memory(error, "the partitions that training may start with");
        for (int64_t i = 0; i < a->X->rows; i++)
            f->labels[c][i] = -1;
    }
    return f->counts && f->strength ? CLUDI_OK : error_memory(error, "the partitions that training may start with");
}

static cludi_status find(finder *f, int32_t *labels, cludi_error *error)
{
    const start_args *a = f->run.args;
    TRY(allocate(f, error));
    TRY(find_plain(f, error));
    f->facts.pick = START_KMEANS;
    if (a->graph && a->clusters > 1)
        TRY(compare(f, error));
    memcpy(labels, f->labels[f->facts.pick], (size_t)a->X->rows * sizeof *labels);
    return fill_clusters(&f->run, labels, error);
}

static void tell(finder *f)
{
    start_details *d = f->details;
    if (!d)
        return;
    phase_clock_stop(&d->clock);
    d->facts = f->facts;
    for (int c = 0; c < START_CANDIDATES; c++)
        if (d->candidate[c] && f->labels[c])
            memcpy(d->candidate[c], f->labels[c], (size_t)f->run.args->X->rows * sizeof *f->labels[c]);
}

int32_t start_voters(const start_args *args)
{
    start_run r;
    start_run_begin(&r, args);
    return 1 + (args->graph ? deep_voters_count(&r) + graph_voters_count(&r) : 0);
}

cludi_status start_find(const start_args *args, int32_t *labels, start_details *details, cludi_error *error)
{
    const cludi_allocator *allocator = &args->be->allocator;
    finder f = {.details = details};
    start_run_begin(&f.run, args);
    f.run.all = start_voters(args) + (args->graph ? 2 : 0);
    const cludi_status status = find(&f, labels, error);
    tell(&f);
    walk_agreement_clear(&f.judge);
    start_graphs_clear(&f.graphs);
    for (int c = 0; c < START_CANDIDATES; c++)
        alloc_free(allocator, f.labels[c]);
    alloc_free(allocator, f.counts);
    alloc_free(allocator, f.strength);
    return start_run_status(status, error);
}
