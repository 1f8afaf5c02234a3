#include "communities.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "error.h"
#include "exact_count.h"
#include "leiden.h"

enum { RUNS = 24, NEAR = 200 /* one of so many clusters too many or too few is near enough to stop */ };
static const double LOWEST = 0.01, HIGHEST = 64, RAISE = 16; /* resolutions */

typedef struct search {
    const communities_args *args;
    leiden l;
    int32_t *trial; /* (M) */
    int32_t *labels;
    communities_facts facts; /* found: 0 as long as there is no result */
    double low, high;        /* resolutions; high: no more than a guess until it gave enough */
    bool is_closed;
} search;

static cludi_status report(const search *s, cludi_error *error)
{
    const cludi_progress progress = {
        .phase = CLUDI_PHASE_INIT, .step = s->facts.runs, .steps = RUNS, .clusters = s->args->clusters};
    if (!s->args->messages || message_progress(s->args->messages, &progress) == 0)
        return CLUDI_OK;
    return error_set(error, CLUDI_STOPPED, "The search for communities was stopped.");
}

/* What is left of the bounds where a run gave `found` communities. */
static void narrow(search *s, double resolution, int64_t found)
{
    if (found < s->args->clusters)
        s->low = resolution;
    else
        s->high = resolution;
    if (found < s->args->clusters && !s->is_closed && resolution > s->high / 2)
        s->high *= RAISE;
    else if (found >= s->args->clusters)
        s->is_closed = true;
}

static cludi_status try_resolution(search *s, cludi_error *error)
{
    const double resolution = sqrt(s->low * s->high);
    const int64_t wanted = s->args->clusters;
    int64_t found;
    TRY(leiden_run(&s->l, resolution, s->args->seed, s->trial, &found, error));
    s->facts.runs++;
    if (s->facts.found == 0 || llabs(found - wanted) < llabs(s->facts.found - wanted)) {
        s->facts.found = found;
        s->facts.resolution = resolution;
        memcpy(s->labels, s->trial, (size_t)s->args->graph->rows * sizeof *s->labels);
    }
    narrow(s, resolution, found);
    return report(s, error);
}

static cludi_status find(search *s, cludi_error *error)
{
    const int64_t wanted = s->args->clusters;
    s->trial = alloc_array(&s->args->be->allocator, s->args->graph->rows, sizeof *s->trial);
    if (!s->trial)
        return error_memory(error, "the communities of the graph");
    TRY(leiden_init(&s->l, s->args->graph, &s->args->be->allocator, s->args->be->stop, error));
    while (s->facts.runs < RUNS && (s->facts.found == 0 || llabs(s->facts.found - wanted) > wanted / NEAR))
        TRY(try_resolution(s, error));
    return exact_count(s->args, s->labels, s->facts.found, error);
}

cludi_status graph_communities(const communities_args *args, int32_t *labels, communities_facts *facts,
                               cludi_error *error)
{
    search s = {.args = args, .labels = labels, .low = LOWEST, .high = HIGHEST};
    if (args->clusters < 1 || args->clusters > args->graph->rows)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "%d communities are asked of %lld rows; 1 to as many as rows are possible.",
                         (int)args->clusters, (long long)args->graph->rows);
    const cludi_status status = find(&s, error);
    if (facts)
        *facts = s.facts;
    leiden_clear(&s.l);
    alloc_free(&args->be->allocator, s.trial);
    return status;
}
