#include "deep_voters.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "average.h"
#include "consensus.h"
#include "error.h"

enum { WIDTHS = 2, DEPTHS = 4, DEEPEST = 12, CONSENSUS_DEPTH = 5, MOST_EACH = 3, FEW_ROWS = 2000, MANY_ROWS = 20000 };

/* Smoothings after which k-means votes. */
static const struct {
    int32_t depth;
    bool always; /* where the graph stands alone, too */
} VOTES[DEPTHS] = {{3, true}, {5, false}, {8, true}, {12, false}};

typedef struct deep_run {
    start_run *run;
    walk_agreement *judge;
    neighbor_graph plain; /* the lists without their similarities: every neighbor counts the same */
    float *smooth[2];     /* (M, n) before and after a smoothing */
    int32_t *agreeing;    /* (of the consensus, M) */
    int32_t agreeing_count;
    int32_t *labels; /* (M) of a voter */
    int32_t *single; /* (M) the best so far */
    double agreement;
} deep_run;

/* K-means of each smoothing. */
static int32_t voters_each(const start_run *r)
{
    if (r->alone || r->args->X->rows > MANY_ROWS)
        return 1;
    return r->args->X->rows <= FEW_ROWS ? MOST_EACH : MOST_EACH - 1;
}

int32_t deep_voters_count(const start_run *r)
{
    return r->alone ? DEPTHS / 2 : WIDTHS * voters_each(r) * DEPTHS;
}

static cludi_status judge_voter(deep_run *d, const int32_t *labels, cludi_error *error)
{
    double agreement;
    TRY(walk_agreement_score(d->judge, labels, d->run->args->clusters, &agreement, error));
    if (agreement > d->agreement) {
        d->agreement = agreement;
        memcpy(d->single, labels, (size_t)d->plain.rows * sizeof *labels);
    }
    return CLUDI_OK;
}

/* is_agreeing: the voter is one of the consensus. */
static cludi_status vote(deep_run *d, const cludi_matrix *rows, uint64_t seed, bool is_agreeing, cludi_error *error)
{
    const start_means what = {.rows = rows, .clusters = d->run->args->clusters, .starts = 1, .seed = seed};
    TRY(start_run_vote(d->run, &what, d->labels, error));
    TRY(judge_voter(d, d->labels, error));
    if (is_agreeing)
        memcpy(d->agreeing + d->agreeing_count++ * rows->rows, d->labels, (size_t)rows->rows * sizeof *d->labels);
    return start_run_step(d->run, error);
}

static cludi_status vote_depth(deep_run *d, const cludi_matrix *rows, int32_t width, int32_t depth, cludi_error *error)
{
    const start_args *a = d->run->args;
    for (int v = 0; v < DEPTHS; v++)
        for (int32_t i = 0; depth == VOTES[v].depth && (VOTES[v].always || !d->run->alone) && i < voters_each(d->run);
             i++)
            TRY(vote(d, rows, a->seed * 97 + (uint64_t)(((width - 1) * DEPTHS + v) * MOST_EACH + i),
                     width == WIDTHS && depth <= CONSENSUS_DEPTH, error));
    return CLUDI_OK;
}

static cludi_status vote_width(deep_run *d, int32_t width, cludi_error *error)
{
    const start_args *a = d->run->args;
    const int32_t wanted = width * d->run->narrow, count = wanted < d->plain.degree ? wanted : d->plain.degree;
    cludi_matrix from = *a->X;
    for (int32_t depth = 1; depth <= DEEPEST; depth++) {
        float *out = d->smooth[depth % 2];
        graph_average(a->be, &from, &d->plain, count, out);
        TRY(backend_finish(a->be, error));
        from = (cludi_matrix){out, a->X->rows, a->X->cols, a->X->cols};
        TRY(vote_depth(d, &from, width, depth, error));
    }
    return CLUDI_OK;
}

static cludi_status run(deep_run *d, int32_t *deep, cludi_error *error)
{
    const start_args *a = d->run->args;
    for (int i = 0; i < 2; i++)
        d->smooth[i] = alloc_array(&a->be->allocator, a->X->rows, (size_t)a->X->cols * sizeof(float));
    d->agreeing = alloc_array(&a->be->allocator, a->X->rows * 2 * voters_each(d->run), sizeof *d->agreeing);
    d->labels = alloc_array(&a->be->allocator, a->X->rows, sizeof *d->labels);
    if (!d->smooth[0] || !d->smooth[1] || !d->agreeing || !d->labels)
        return error_memory(error, "the rows that training starts with");
    for (int32_t width = d->run->alone ? WIDTHS : 1; width <= WIDTHS; width++)
        TRY(vote_width(d, width, error));
    const vote_family family = {d->agreeing, d->agreeing_count};
    return consensus_find(d->run, &family, 1, deep, error);
}

cludi_status deep_voters_run(start_run *r, walk_agreement *judge, int32_t *deep, int32_t *single, cludi_error *error)
{
    const cludi_allocator *allocator = &r->args->be->allocator;
    deep_run d = {.run = r, .judge = judge, .plain = *r->args->graph, .single = single, .agreement = -INFINITY};
    d.plain.similarity = NULL;
    const cludi_status status = run(&d, deep, error);
    for (int i = 0; i < 2; i++)
        alloc_free(allocator, d.smooth[i]);
    alloc_free(allocator, d.agreeing);
    alloc_free(allocator, d.labels);
    return status;
}
