#include "consensus_init.h"

#include <string.h>

#include "alloc.h"
#include "average.h"
#include "error.h"
#include "kmeans.h"
#include "rows.h"
#include "vote_codes.h"

enum { CODE = 256, WIDTHS = 4, DEPTHS = 3, FINAL_STARTS = 10, MOST_ROUNDS = 300 };
static const double TOLERANCE = 1e-4;

typedef struct start_run {
    const consensus_init_args *args;
    int32_t *labels;  /* (S) what is sought */
    float *smooth[2]; /* (S, cols) the rows before and after a smoothing */
    vote_codes votes;
    int32_t voted;
    double inertia; /* without a graph: the least so far */
    double started;
    callbacks within; /* of one k-means */
} start_run;

/* Progress of one k-means: that of the whole start. */
static int pass_on(void *user, const cludi_progress *inner)
{
    const start_run *s = user;
    const cludi_progress progress = {.phase = CLUDI_PHASE_INIT,
                                     .step = s->voted,
                                     .steps = s->args->init_runs,
                                     .seconds = message_seconds() - s->started,
                                     .clusters = s->args->clusters};
    (void)inner;
    return message_progress(s->args->messages, &progress);
}

static cludi_status refuse_stopped(cludi_error *error)
{
    return error_set(error, CLUDI_STOPPED, "Training was stopped before its first step.");
}

static cludi_status run_kmeans(const start_run *s, const cludi_matrix *rows, int32_t starts, uint64_t seed,
                               kmeans_result *result, cludi_error *error)
{
    const cludi_source source = rows_of_matrix(rows);
    const kmeans_args args = {.be = s->args->be,
                              .messages = &s->within,
                              .X = &source,
                              .clusters = s->args->clusters,
                              .starts = starts,
                              .rounds = MOST_ROUNDS,
                              .tolerance = TOLERANCE,
                              .seed = seed};
    const cludi_status status = kmeans_run(&args, result, error);
    return status == CLUDI_STOPPED ? refuse_stopped(error) : status;
}

static void take(start_run *s, const kmeans_result *result)
{
    if (s->args->graph) {
        vote_codes_add(&s->votes, result->labels, s->voted, 1);
    } else if (s->voted == 0 || result->inertia < s->inertia) {
        s->inertia = result->inertia;
        memcpy(s->labels, result->labels, (size_t)s->args->X->rows * sizeof *s->labels);
    }
}

static cludi_status vote(start_run *s, const cludi_matrix *rows, cludi_error *error)
{
    kmeans_result result = {0};
    cludi_status status = run_kmeans(s, rows, 1, s->args->seed + (uint64_t)s->voted, &result, error);
    if (status == CLUDI_OK) {
        take(s, &result);
        s->voted++;
        status = pass_on(s, NULL) ? refuse_stopped(error) : CLUDI_OK;
    }
    kmeans_result_clear(&result);
    return status;
}

/* The init runs on smoothing `which` of `all`. */
static cludi_status vote_all(start_run *s, const cludi_matrix *rows, int32_t which, int32_t all, cludi_error *error)
{
    for (int32_t run = which; run < s->args->init_runs; run += all)
        TRY(vote(s, rows, error));
    return CLUDI_OK;
}

static int32_t width_of(const consensus_init_args *a, int32_t which)
{
    static const int32_t THIRDS[WIDTHS] = {2, 3, 4, 6};
    const int32_t count = a->neighbors * THIRDS[which] / 3;
    return count < 1 ? 1 : count < a->graph->degree ? count : a->graph->degree;
}

/* Smoothings by one number of neighbors: once, twice, three times. */
static cludi_status vote_width(start_run *s, int32_t which, cludi_error *error)
{
    const cludi_matrix *X = s->args->X;
    cludi_matrix from = *X;
    cludi_status status = CLUDI_OK;
    for (int32_t depth = 0; status == CLUDI_OK && depth < DEPTHS; depth++) {
        float *out = s->smooth[depth % 2];
        graph_average(s->args->be, &from, s->args->graph, width_of(s->args, which), out);
        from = (cludi_matrix){out, X->rows, X->cols, X->cols};
        status = backend_finish(s->args->be, error);
        if (status == CLUDI_OK)
            status = vote_all(s, &from, which * DEPTHS + depth, WIDTHS * DEPTHS, error);
    }
    return status;
}

static cludi_status allocate(start_run *s, cludi_error *error)
{
    const cludi_allocator *allocator = &s->args->be->allocator;
    const cludi_matrix *X = s->args->X;
    s->votes = (vote_codes){
        .allocator = allocator, .rows = X->rows, .clusters = s->args->clusters, .width = CODE, .seed = s->args->seed};
    for (int i = 0; i < 2; i++)
        s->smooth[i] = alloc_array(allocator, X->rows * X->cols, sizeof(float));
    if (!s->smooth[0] || !s->smooth[1])
        return error_memory(error, "the rows that training starts with");
    return vote_codes_init(&s->votes, error);
}

static cludi_status conclude(const start_run *s, cludi_error *error)
{
    const int64_t S = s->args->X->rows;
    const cludi_matrix votes = {s->votes.sums, S, CODE, CODE};
    kmeans_result result = {0};
    const cludi_status status = run_kmeans(s, &votes, FINAL_STARTS, s->args->seed, &result, error);
    if (status == CLUDI_OK)
        memcpy(s->labels, result.labels, (size_t)S * sizeof *s->labels);
    kmeans_result_clear(&result);
    return status;
}

static cludi_status find_consensus(start_run *s, cludi_error *error)
{
    const cludi_allocator *allocator = &s->args->be->allocator;
    cludi_status status = allocate(s, error);
    for (int32_t which = 0; status == CLUDI_OK && which < WIDTHS; which++)
        status = vote_width(s, which, error);
    if (status == CLUDI_OK)
        status = conclude(s, error);
    vote_codes_clear(&s->votes);
    for (int i = 0; i < 2; i++)
        alloc_free(allocator, s->smooth[i]);
    return status;
}

cludi_status consensus_init_find(const consensus_init_args *args, int32_t *labels, cludi_error *error)
{
    start_run s = {.args = args, .labels = labels, .started = message_seconds()};
    s.within = (callbacks){.progress = pass_on, .progress_user = &s};
    return args->graph ? find_consensus(&s, error) : vote_all(&s, args->X, 0, 1, error);
}
