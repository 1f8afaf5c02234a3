#include "consensus.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "error.h"
#include "rows.h"
#include "vote_codes.h"

enum { CODE = 128, BEST = 3, ROUNDS = 30 };

/* A voter, and how near its clusters' rows are in the space of codes. */
typedef struct candidate {
    const int32_t *labels; /* NULL: none */
    double inertia;
} candidate;

typedef struct council {
    start_run *run;
    const vote_family *families;
    int32_t count; /* of families */
    vote_codes codes;
    double *sums;     /* (K, CODE) of a partition's clusters */
    int64_t *counts;  /* (K) */
    float *centroids; /* (K, CODE) */
    candidate best[BEST];
} council;

static int64_t rows_of(const council *c)
{
    return c->run->args->X->rows;
}

static const int32_t *voter_of(const council *c, const vote_family *family, int32_t voter)
{
    return family->labels + voter * rows_of(c);
}

static void add_votes(council *c)
{
    int32_t number = 0;
    for (int32_t f = 0; f < c->count; f++)
        for (int32_t v = 0; v < c->families[f].voters; v++)
            vote_codes_add(&c->codes, voter_of(c, &c->families[f], v), number++,
                           (float)(1 / sqrt((double)c->families[f].voters)));
}

/* Sums and counts of the clusters; how many have rows. */
static int32_t add_up(council *c, const int32_t *labels)
{
    const int32_t K = c->run->args->clusters;
    int32_t used = 0;
    memset(c->sums, 0, (size_t)K * CODE * sizeof *c->sums);
    memset(c->counts, 0, (size_t)K * sizeof *c->counts);
    for (int64_t i = 0; i < rows_of(c); i++) {
        double *sums = c->sums + (int64_t)labels[i] * CODE;
        const float *code = c->codes.sums + i * CODE;
        used += c->counts[labels[i]]++ == 0;
        for (int j = 0; j < CODE; j++)
            sums[j] += (double)code[j];
    }
    return used;
}

/* Inertia less the sum of all squares, which every partition has in common. */
static double inertia_of(const council *c)
{
    double inertia = 0;
    for (int64_t k = 0; k < c->run->args->clusters; k++)
        for (int j = 0; j < CODE && c->counts[k] > 0; j++)
            inertia -= c->sums[k * CODE + j] * c->sums[k * CODE + j] / (double)c->counts[k];
    return inertia;
}

static void keep(council *c, candidate new)
{
    for (int b = 0; b < BEST; b++)
        if (!c->best[b].labels || new.inertia < c->best[b].inertia) {
            const candidate out = c->best[b];
            c->best[b] = new;
            if (!out.labels)
                return;
            new = out;
        }
}

/* The best voters with as many clusters as are wanted; the first of each family where there are none. */
static cludi_status find_best(council *c, cludi_error *error)
{
    for (int all = 1; all >= 0 && !c->best[0].labels; all--)
        for (int32_t f = 0; f < c->count; f++)
            for (int32_t v = 0; v < c->families[f].voters && (all || v == 0); v++) {
                TRY(stop_request_check(c->run->args->be->stop, error));
                const int32_t *labels = voter_of(c, &c->families[f], v);
                if (add_up(c, labels) == c->run->args->clusters || !all)
                    keep(c, (candidate){labels, inertia_of(c)});
            }
    return CLUDI_OK;
}

static cludi_status refine(council *c, const int32_t *from, kmeans_result *result, cludi_error *error)
{
    const int32_t K = c->run->args->clusters;
    const cludi_matrix rows = {c->codes.sums, rows_of(c), CODE, CODE}, initial = {c->centroids, K, CODE, CODE};
    (void)add_up(c, from);
    for (int64_t k = 0; k < K; k++)
        for (int j = 0; j < CODE; j++)
            c->centroids[k * CODE + j] = c->counts[k] > 0 ? (float)(c->sums[k * CODE + j] / (double)c->counts[k]) : 0;
    const start_means what = {.rows = &rows, .clusters = K, .starts = 1, .initial = &initial, .rounds = ROUNDS};
    return start_run_means(c->run, &what, result, error);
}

static cludi_status refine_best(council *c, int32_t *labels, cludi_error *error)
{
    double least = INFINITY;
    for (int b = 0; b < BEST && c->best[b].labels; b++) {
        kmeans_result result = {0};
        TRY(refine(c, c->best[b].labels, &result, error));
        if (result.inertia < least) {
            least = result.inertia;
            memcpy(labels, result.labels, (size_t)rows_of(c) * sizeof *labels);
        }
        kmeans_result_clear(&result);
    }
    return CLUDI_OK;
}

/* One voter agrees with itself. */
static bool is_agreed(const council *c, int32_t *labels)
{
    const int32_t *only = NULL;
    int32_t voters = 0;
    for (int32_t f = 0; f < c->count; f++) {
        voters += c->families[f].voters;
        only = c->families[f].voters > 0 ? c->families[f].labels : only;
    }
    if (voters == 1)
        memcpy(labels, only, (size_t)rows_of(c) * sizeof *labels);
    return voters == 1;
}

static cludi_status agree(council *c, int32_t *labels, cludi_error *error)
{
    const cludi_allocator *allocator = c->codes.allocator;
    const int64_t K = c->run->args->clusters;
    if (is_agreed(c, labels))
        return CLUDI_OK;
    c->sums = alloc_array(allocator, K, CODE * sizeof *c->sums);
    c->counts = alloc_array(allocator, K, sizeof *c->counts);
    c->centroids = alloc_array(allocator, K, CODE * sizeof *c->centroids);
    if (!c->sums || !c->counts || !c->centroids)
        return error_memory(error, "the votes for a first partition");
    TRY(vote_codes_init(&c->codes, error));
    add_votes(c);
    TRY(find_best(c, error));
    return refine_best(c, labels, error);
}

cludi_status consensus_find(start_run *r, const vote_family *families, int32_t count, int32_t *labels,
                            cludi_error *error)
{
    const start_args *a = r->args;
    const cludi_allocator *allocator = &a->be->allocator;
    council c = {.run = r, .families = families, .count = count};
    c.codes = (vote_codes){
        .allocator = allocator, .rows = a->X->rows, .clusters = a->clusters, .width = CODE, .seed = a->seed};
    const cludi_status status = agree(&c, labels, error);
    vote_codes_clear(&c.codes);
    alloc_free(allocator, c.sums);
    alloc_free(allocator, c.counts);
    alloc_free(allocator, c.centroids);
    return status;
}
