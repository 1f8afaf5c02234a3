/* The method "kmeans": k-means of src/kmeans on unit rows, as a model.

     fit      best of 10 starts by inertia; rows in the canonical order of row_order.h, so that the order in which the
              caller has them does not matter
     predict  the nearest centroid, and p_k = softmax over k of -|x - c_k|^2 / (2 v): the posterior of K equally likely
              spherical Gaussians of variance v in each column
     model    centroids (K, n); variance (1) v = inertia / (M n), at least 2^-23: products of unit rows in float32 are
              no more exact

   All in float32, whatever the precision of the backend. steps of the model are the rounds of the start that was kept,
   loss is the inertia per row. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "alloc.h"
#include "bounds.h"
#include "error.h"
#include "kmeans.h"
#include "method.h"
#include "predict_report.h"
#include "rows.h"

static const double TOLERANCE = 1e-4;

enum { STARTS = 10, ROUNDS = 300, BLOCK_NUMBERS = 1 << 22 /* predicted at a time */ };

/* ---- the model ---- */

static int specs(const method *how, param_spec *list, const method_shape *shape)
{
    (void)how;
    list[0] = (param_spec){
        .name = "centroids", .rows = shape->clusters, .cols = shape->map->cols, .matrix = true, .trained = true};
    list[1] = (param_spec){.name = "variance", .rows = 1, .cols = 1, .trained = true};
    return 2;
}

static double least_variance(double variance)
{
    return fmax(variance, (double)FLT_EPSILON);
}

/* ---- fit ---- */

typedef struct kmeans_fit {
    const method_fit *fit;
    kmeans_result result;
    int64_t seen; /* steps reported so far */
    bool stopped;
} kmeans_fit;

/* One step more than k-means has: the labels at the end. */
static int pass_on(void *user, const cludi_progress *progress)
{
    kmeans_fit *f = user;
    cludi_progress now = *progress;
    now.seconds = message_seconds() - f->fit->started;
    now.steps++;
    f->seen = progress->step;
    f->stopped = message_progress(f->fit->messages, &now) != 0;
    return f->stopped;
}

static cludi_status find_clusters(kmeans_fit *f, cludi_error *error)
{
    const callbacks messages = {.progress = pass_on, .progress_user = f};
    const cludi_source rows = training_data_source(f->fit->data);
    const kmeans_args args = {.be = &f->fit->data->f32,
                              .messages = &messages,
                              .X = &rows,
                              .clusters = f->fit->clusters,
                              .starts = STARTS,
                              .rounds = ROUNDS,
                              .tolerance = TOLERANCE,
                              .seed = f->fit->seed};
    const cludi_status status = kmeans_run(&args, &f->result, error);
    if (status == CLUDI_STOPPED && f->stopped)
        return error_set(error, CLUDI_STOPPED, "k-means was stopped at step %lld, before it had a model.",
                         (long long)f->seen);
    return status;
}

/* Share of the largest cluster; NAN without memory. */
static double largest_share(const kmeans_fit *f)
{
    const cludi_allocator *allocator = &f->fit->be->allocator;
    const int64_t M = f->fit->data->args.X->rows;
    int64_t *counts = alloc_zeroed(allocator, f->fit->clusters, sizeof *counts), most = 0;
    if (!counts)
        return (double)NAN;
    for (int64_t i = 0; i < M; i++)
        counts[f->result.labels[i]]++;
    for (int32_t k = 0; k < f->fit->clusters; k++)
        most = max_int(counts[k], most);
    alloc_free(allocator, counts);
    return (double)most / (double)M;
}

static void report_end(const kmeans_fit *f, const method_result *result)
{
    const cludi_progress progress = {.phase = CLUDI_PHASE_FIT,
                                     .step = f->seen + 1,
                                     .steps = f->seen + 1,
                                     .seconds = message_seconds() - f->fit->started,
                                     .loss = result->loss,
                                     .clusters_in_use = result->clusters_in_use,
                                     .clusters = f->fit->clusters};
    (void)message_progress(f->fit->messages, &progress); /* nothing is left to be stopped */
}

static cludi_status fill(const kmeans_fit *f, float *values, method_result *result, cludi_error *error)
{
    const int64_t cols = f->fit->data->map.cols, K = f->fit->clusters;
    const double M = (double)f->fit->data->args.X->rows, share = largest_share(f);
    if (isnan(share))
        return error_memory(error, "the sizes of the clusters");
    memcpy(values, f->result.centroids, (size_t)(K * cols) * sizeof(float));
    values[K * cols] = (float)least_variance(f->result.inertia / M / (double)cols);
    *result = (method_result){.steps = f->result.rounds,
                              .loss = f->result.inertia / M,
                              .clusters_in_use = f->result.clusters_in_use,
                              .largest_share = share};
    report_end(f, result);
    return CLUDI_OK;
}

static cludi_status fit_whole(const method_fit *fit, float *values, method_result *result, cludi_error *error)
{
    kmeans_fit f = {.fit = fit};
    cludi_status status = find_clusters(&f, error);
    if (status == CLUDI_OK)
        status = fill(&f, values, result, error);
    kmeans_result_clear(&f.result);
    return status;
}

/* ---- predict ---- */

typedef struct kmeans_predictor {
    cludi_allocator allocator;
    double variance;
    float *room; /* (block, cols) */
} kmeans_predictor;

static cludi_status predict_open(void **self, const predict_args *args, int64_t *block, cludi_error *error)
{
    kmeans_predictor *p = alloc_zeroed(&args->be->allocator, 1, sizeof *p);
    const int64_t K = args->model.info->clusters, cols = args->model.map.cols;
    *self = p;
    *block = min_int(max_int(BLOCK_NUMBERS / max_int(cols, K), 1), args->X->rows);
    if (!p)
        return error_memory(error, "the prediction");
    p->allocator = args->be->allocator;
    p->variance = least_variance((double)args->model.values[K * cols]);
    p->room = alloc_array(&p->allocator, *block * cols, sizeof *p->room);
    return p->room ? CLUDI_OK : error_memory(error, "a block of rows");
}

static void predict_close(void *self)
{
    kmeans_predictor *p = self;
    const cludi_allocator allocator = p->allocator;
    alloc_free(&allocator, p->room);
    alloc_free(&allocator, p);
}

static cludi_status predict_block(void *self, const predict_args *args, int64_t first, int64_t count,
                                  const cludi_prediction *out, cludi_error *error)
{
    kmeans_predictor *p = self;
    const input_map *map = &args->model.map;
    const int64_t K = args->model.info->clusters;
    const cludi_matrix centroids = {args->model.values, K, map->cols, map->cols};
    const cludi_matrix mapped = {p->room, count, map->cols, map->cols};
    const cludi_source rows = rows_of_matrix(&mapped);
    int64_t overflowed = -1;
    const kmeans_answers answers = {.labels = out->labels ? out->labels + first : NULL,
                                    .probabilities = out->probabilities ? out->probabilities + first * K : NULL,
                                    .variance = p->variance,
                                    .overflowed = &overflowed};
    for (int64_t i = 0; i < count; i++)
        input_map_row(map, args->X->data + (first + i) * args->X->stride, p->room + i * map->cols);
    const cludi_status status = kmeans_answer(args->be, &centroids, &rows, &answers, error);
    return status == CLUDI_OK && overflowed >= 0 ? predict_overflow(first + overflowed, error) : status;
}

static const char *const PARAMETERS[] = {"method", "preprocessing", NULL};

const method METHOD_KMEANS = {.value = CLUDI_METHOD_KMEANS,
                              .name = "kmeans",
                              .help = "the best of ten runs of k-means",
                              .loss = "inertia per row",
                              .unit = "rounds of k-means",
                              .parameters = PARAMETERS,
                              .needs = TRAINING_NEEDS_ROWS,
                              .in_float = true,
                              .specs = specs,
                              .fit_whole = fit_whole,
                              .predict_open = predict_open,
                              .predict_block = predict_block,
                              .predict_close = predict_close};
