#include "kmeans.h"

#include <math.h>

#include "alloc.h"
#include "error.h"
#include "kmeans_rounds.h"
#include "kmeans_seed.h"
#include "rows.h"

/* ---- arguments ---- */

static cludi_status check_numbers(const kmeans_args *args, cludi_error *error)
{
    if (args->clusters < 1 || args->clusters > args->X->rows)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "%d clusters are asked of %lld rows; 1 to as many as rows are possible.", (int)args->clusters,
                         (long long)args->X->rows);
    if (args->starts < 1 || args->rounds < 1)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "starts is %d and rounds is %d; at least 1 is wanted of each.",
                         (int)args->starts, (int)args->rounds);
    if (!(args->tolerance >= 0))
        return error_set(error, CLUDI_ERROR_ARGUMENT, "tolerance is %g; at least 0 is wanted.", args->tolerance);
    return CLUDI_OK;
}

static cludi_status check_initial(const kmeans_args *args, cludi_error *error)
{
    const cludi_matrix *initial = args->initial;
    if (args->starts != 1)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "starts is %d; with first centroids given only 1 is possible.",
                         (int)args->starts);
    if (initial->rows != args->clusters || initial->cols != args->X->cols)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "The first centroids are %lld x %lld; %d x %lld is wanted.",
                         (long long)initial->rows, (long long)initial->cols, (int)args->clusters,
                         (long long)args->X->cols);
    return rows_check(initial, 1, error);
}

static cludi_status check_args(const kmeans_args *args, cludi_error *error)
{
    TRY(rows_check_source(args->X, 1, error));
    TRY(check_numbers(args, error));
    if (args->initial)
        TRY(check_initial(args, error));
    return CLUDI_OK;
}

/* ---- the run ---- */

static cludi_status first_centroids(const kmeans_args *args, kmeans_rows *rows, float *centroids, cludi_error *error)
{
    if (!args->initial)
        return kmeans_seed(args, rows, centroids, error);
    for (int64_t k = 0; k < args->clusters; k++)
        kmeans_rows_enter(rows, args->initial->data + k * args->initial->stride, centroids + k * rows->X->cols);
    return CLUDI_OK;
}

/* The start that is kept, with its centroids where the data are. */
static void take_best(const kmeans_rounds *w, kmeans_result *result)
{
    const kmeans_start *best = kmeans_rounds_best(w);
    const int64_t n = w->rows->X->cols;
    for (int64_t k = 0; k < w->args->clusters; k++)
        kmeans_rows_leave(w->rows, best->centroids + k * n, result->centroids + k * n);
    result->rounds = best->rounds;
    result->empty_repaired = best->repaired;
}

static cludi_status find_centroids(const kmeans_args *args, kmeans_result *result, cludi_error *error)
{
    kmeans_rows rows = {0};
    kmeans_rounds rounds = {0};
    cludi_status status = kmeans_rows_init(&rows, args->be, args->X, error);
    if (status == CLUDI_OK)
        status = kmeans_rows_measure(&rows, error);
    if (status == CLUDI_OK)
        status = kmeans_rounds_init(&rounds, args, &rows, error);
    if (status == CLUDI_OK)
        status = first_centroids(args, &rows, rounds.centroids, error);
    if (status == CLUDI_OK)
        status = kmeans_rounds_run(&rounds, error);
    if (status == CLUDI_OK)
        take_best(&rounds, result);
    kmeans_rounds_clear(&rounds);
    kmeans_rows_clear(&rows);
    return status;
}

/* Labels, inertia and clusters in use as the centroids in float32 give them: as prediction will. */
static cludi_status judge(const kmeans_args *args, kmeans_result *result, cludi_error *error)
{
    const cludi_allocator *allocator = &args->be->allocator;
    const cludi_matrix centroids = {result->centroids, args->clusters, args->X->cols, args->X->cols};
    double *squared = alloc_array(allocator, args->X->rows, sizeof *squared);
    bool *seen = alloc_zeroed(allocator, args->clusters, sizeof *seen);
    cludi_status status = squared && seen ? CLUDI_OK : error_memory(error, "the distances of k-means");
    if (status == CLUDI_OK)
        status = kmeans_assign(args->be, &centroids, args->X, result->labels, squared, error);
    for (int64_t i = 0; status == CLUDI_OK && i < args->X->rows; i++) {
        result->inertia += squared[i];
        result->clusters_in_use += !seen[result->labels[i]];
        seen[result->labels[i]] = true;
    }
    alloc_free(allocator, seen);
    alloc_free(allocator, squared);
    return status;
}

cludi_status kmeans_run(const kmeans_args *args, kmeans_result *result, cludi_error *error)
{
    *result = (kmeans_result){.allocator = args->be->allocator};
    TRY(check_args(args, error));
    cludi_status status = CLUDI_OK;
    result->labels = alloc_array(&result->allocator, args->X->rows, sizeof *result->labels);
    result->centroids =
        alloc_array(&result->allocator, args->clusters, (size_t)args->X->cols * sizeof *result->centroids);
    if (!result->labels || !result->centroids)
        status = error_memory(error, "the result of k-means");
    if (status == CLUDI_OK)
        status = find_centroids(args, result, error);
    if (status == CLUDI_OK)
        status = judge(args, result, error);
    if (status != CLUDI_OK)
        kmeans_result_clear(result);
    return status;
}

void kmeans_result_clear(kmeans_result *result)
{
    if (result->labels || result->centroids) {
        alloc_free(&result->allocator, result->labels);
        alloc_free(&result->allocator, result->centroids);
    }
    *result = (kmeans_result){0};
}
