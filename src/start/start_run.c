#include "start_run.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "error.h"
#include "rows.h"

enum { MOST_ROUNDS = 300, FEW_ROUNDS = 10, LEAST_WIDE = 10, LEAST_MIDDLE = 8, LEAST_NARROW = 6 };
static const double TOLERANCE = 1e-4, PART_OF_CLUSTER = 0.9;

static int pass_on(void *user, const cludi_progress *inner)
{
    const start_run *r = user;
    const cludi_progress progress = {.phase = CLUDI_PHASE_INIT,
                                     .step = r->done,
                                     .steps = r->all,
                                     .seconds = message_seconds() - r->started,
                                     .clusters = r->args->clusters};
    (void)inner;
    return r->args->messages ? message_progress(r->args->messages, &progress) : 0;
}

static int32_t at_least(double number, int32_t least, int32_t known)
{
    const int32_t count = number < least ? least : (int32_t)number;
    return count < known ? count : known;
}

static void set_widths(start_run *r, double wide)
{
    const int32_t known = r->args->graph->degree;
    r->wide = at_least(wide, LEAST_WIDE, known);
    r->middle = at_least(rint(2 * wide / 3), LEAST_MIDDLE, known);
    r->narrow = at_least(rint(wide / 3), LEAST_NARROW, known);
}

void start_run_begin(start_run *r, const start_args *args)
{
    const double rows = (double)args->X->rows / args->clusters;
    *r = (start_run){.args = args, .started = message_seconds(), .alone = args->clusters > START_MANY_CLUSTERS};
    r->within = (callbacks){.progress = pass_on, .progress_user = r};
    if (args->graph)
        set_widths(r, fmin(fmax(rint(PART_OF_CLUSTER * rows), LEAST_WIDE), START_NEIGHBORS));
}

void start_run_widen(start_run *r)
{
    set_widths(r, START_NEIGHBORS);
}

cludi_status start_run_status(cludi_status status, cludi_error *error)
{
    return status == CLUDI_STOPPED ? error_set(error, CLUDI_STOPPED, "Training was stopped before its first step.")
                                   : status;
}

cludi_status start_run_step(start_run *r, cludi_error *error)
{
    r->done++;
    return start_run_status(pass_on(r, NULL) ? CLUDI_STOPPED : CLUDI_OK, error);
}

bool start_run_recall(start_run *r, bool may_be_none, int32_t *labels)
{
    start_votes *votes = r->args->votes;
    const int64_t M = r->args->X->rows;
    if (!votes || r->asked >= votes->known)
        return false;
    memcpy(labels, votes->labels + r->asked * M, (size_t)M * sizeof *labels);
    if (labels[0] < 0 && !may_be_none) {
        votes->known = r->asked; /* of another start: this one and those behind it are asked again */
        return false;
    }
    r->asked++;
    return true;
}

cludi_status start_run_keep(start_run *r, const int32_t *labels, cludi_error *error)
{
    start_votes *votes = r->args->votes;
    const int64_t M = r->args->X->rows;
    if (!votes)
        return CLUDI_OK;
    memcpy(votes->labels + r->asked++ * M, labels, (size_t)M * sizeof *labels);
    votes->known = r->asked;
    return votes->keep(votes->user, error);
}

static cludi_status run_means(const start_run *r, const start_means *what, kmeans_result *result, cludi_error *error)
{
    const cludi_source source = rows_of_matrix(what->rows);
    const kmeans_args args = {.be = r->args->be,
                              .messages = &r->within,
                              .X = &source,
                              .clusters = what->clusters,
                              .starts = what->starts,
                              .rounds = what->initial ? what->rounds : MOST_ROUNDS,
                              .tolerance = what->initial ? 0 : TOLERANCE,
                              .initial = what->initial,
                              .seed = what->seed};
    return kmeans_run(&args, result, error);
}

/* A few rounds from K rows at even distances: k-means++ reads all rows for each of its centroids. */
static cludi_status run_from_rows(const start_run *r, const start_means *what, kmeans_result *result,
                                  cludi_error *error)
{
    const cludi_allocator *allocator = &r->args->be->allocator;
    const cludi_matrix *rows = what->rows;
    const int64_t K = what->clusters, n = rows->cols, first = (int64_t)(what->seed % (uint64_t)(rows->rows / K));
    float *centroid = alloc_array(allocator, K, (size_t)n * sizeof *centroid);
    if (!centroid)
        return error_memory(error, "the first centroids");
    for (int64_t k = 0; k < K; k++)
        memcpy(centroid + k * n, rows->data + (k * rows->rows / K + first) * rows->stride,
               (size_t)n * sizeof *centroid);
    const cludi_matrix initial = {centroid, K, n, n};
    const start_means from = {
        .rows = rows, .clusters = what->clusters, .starts = 1, .initial = &initial, .rounds = FEW_ROUNDS};
    const cludi_status status = run_means(r, &from, result, error);
    alloc_free(allocator, centroid);
    return status;
}

cludi_status start_run_means(const start_run *r, const start_means *what, kmeans_result *result, cludi_error *error)
{
    const bool is_seeded = what->initial || what->clusters <= START_MANY_CLUSTERS;
    return is_seeded ? run_means(r, what, result, error) : run_from_rows(r, what, result, error);
}

cludi_status start_run_vote(start_run *r, const start_means *what, int32_t *labels, cludi_error *error)
{
    kmeans_result result = {0};
    if (start_run_recall(r, false, labels))
        return CLUDI_OK;
    TRY(start_run_means(r, what, &result, error));
    memcpy(labels, result.labels, (size_t)what->rows->rows * sizeof *labels);
    kmeans_result_clear(&result);
    return start_run_keep(r, labels, error);
}
