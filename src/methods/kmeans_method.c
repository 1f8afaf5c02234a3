#include "kmeans_method.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "alloc.h"
#include "error.h"
#include "fit_check.h"
#include "kmeans.h"
#include "predict_loop.h"
#include "rows.h"
#include "training_data.h"

static const double TOLERANCE = 1e-4;

enum { BLOCK_NUMBERS = 1 << 22 /* predicted at a time */ };

/* ---- a backend in float32 ---- */

typedef struct float_backend {
    backend own; /* open if it is the one in use */
    backend *be;
} float_backend;

static cludi_status open_float(float_backend *f, backend *be, cludi_error *error)
{
    (void)be->ops.finish(be, NULL); /* forget what a call that failed left unreported */
    f->be = be;
    if (be->precision == PRECISION_F32)
        return CLUDI_OK;
    const cludi_status status = backend_open_float(&f->own, be, error);
    f->be = status == CLUDI_OK ? &f->own : NULL;
    return status;
}

static void close_float(float_backend *f)
{
    if (f->be == &f->own)
        backend_close(&f->own);
}

/* ---- the model ---- */

int kmeans_method_specs(param_spec *specs, int64_t n, int32_t K, const cludi_config *config)
{
    const int64_t cols = input_map_bind(config->preprocessing, n, NULL).cols;
    specs[0] = (param_spec){.name = "centroids", .rows = K, .cols = cols, .matrix = true, .trained = true};
    specs[1] = (param_spec){.name = "variance", .rows = 1, .cols = 1, .trained = true};
    return 2;
}

static double least_variance(double variance)
{
    return fmax(variance, (double)FLT_EPSILON);
}

/* ---- fit ---- */

typedef struct kmeans_fit {
    const fit_args *args;
    training_data data;
    cludi_config config; /* without auto */
    kmeans_result result;
    double started;
    int64_t seen; /* steps reported so far */
    bool stopped;
} kmeans_fit;

/* One step more than k-means has: the labels at the end. */
static int pass_on(void *user, const cludi_progress *progress)
{
    kmeans_fit *f = user;
    cludi_progress now = *progress;
    now.seconds = message_seconds() - f->started;
    now.steps++;
    f->seen = progress->step;
    f->stopped = message_progress(f->args->messages, &now) != 0;
    return f->stopped;
}

static cludi_status find_clusters(kmeans_fit *f, cludi_error *error)
{
    const callbacks messages = {.progress = pass_on, .progress_user = f};
    const cludi_source rows = training_data_source(&f->data);
    const kmeans_args args = {.be = &f->data.f32,
                              .messages = &messages,
                              .X = &rows,
                              .clusters = f->args->clusters,
                              .starts = KMEANS_METHOD_STARTS,
                              .rounds = KMEANS_METHOD_ROUNDS,
                              .tolerance = TOLERANCE,
                              .seed = f->args->seed};
    const cludi_status status = kmeans_run(&args, &f->result, error);
    if (status == CLUDI_STOPPED && f->stopped)
        return error_set(error, CLUDI_STOPPED, "k-means was stopped at step %lld, before it had a model.",
                         (long long)f->seen);
    return status;
}

/* Share of the largest cluster; NAN without memory. */
static double largest_share(const kmeans_fit *f)
{
    const cludi_allocator *allocator = &f->args->be->allocator;
    const int64_t M = f->args->X->rows;
    int64_t *counts = alloc_zeroed(allocator, f->args->clusters, sizeof *counts), most = 0;
    if (!counts)
        return (double)NAN;
    for (int64_t i = 0; i < M; i++)
        counts[f->result.labels[i]]++;
    for (int32_t k = 0; k < f->args->clusters; k++)
        most = counts[k] > most ? counts[k] : most;
    alloc_free(allocator, counts);
    return (double)most / (double)M;
}

static cludi_status make_model(const kmeans_fit *f, cludi_model **model, cludi_error *error)
{
    const int64_t cols = f->data.map.cols, K = f->args->clusters;
    const double M = (double)f->args->X->rows, share = largest_share(f);
    if (isnan(share))
        return error_memory(error, "the sizes of the clusters");
    const cludi_status status =
        model_new(model, &f->args->be->allocator, f->args->X->cols, f->args->clusters, &f->config, error);
    if (status != CLUDI_OK)
        return status;
    cludi_model_info *info = &(*model)->info;
    memcpy((*model)->values, f->result.centroids, (size_t)(K * cols) * sizeof(float));
    (*model)->values[K * cols] = (float)least_variance(f->result.inertia / M / (double)cols);
    memcpy((*model)->input, f->data.map_values, (size_t)f->data.map_numbers * sizeof(float));
    info->seed = f->args->seed;
    info->rows = f->args->X->rows;
    info->steps = f->result.rounds;
    info->loss = f->result.inertia / M;
    info->clusters_in_use = f->result.clusters_in_use;
    info->largest_share = share;
    const fit_check_args check = {f->args->be, f->args->seed, *model, f->args->X, &f->data.order};
    return fit_check_take(&check, &(*model)->check, error);
}

static void report_end(const kmeans_fit *f, const cludi_model_info *info)
{
    const cludi_progress progress = {.phase = CLUDI_PHASE_FIT,
                                     .step = f->seen + 1,
                                     .steps = f->seen + 1,
                                     .seconds = message_seconds() - f->started,
                                     .loss = info->loss,
                                     .clusters_in_use = info->clusters_in_use,
                                     .clusters = info->clusters};
    (void)message_progress(f->args->messages, &progress); /* nothing is left to be stopped */
}

cludi_status kmeans_method_fit(const fit_args *args, cludi_model **model, cludi_error *error)
{
    kmeans_fit f = {.args = args, .started = message_seconds()};
    *model = NULL;
    if (args->profile)
        *args->profile = (cludi_profile){0};
    const training_data_args wanted = {args->be,       args->messages, args->X, args->config,
                                       args->clusters, args->seed,     NULL};
    cludi_status status = training_data_init(&f.data, &wanted, error);
    f.config = *args->config;
    f.config.preprocessing = f.data.kind;
    if (status == CLUDI_OK)
        status = find_clusters(&f, error);
    if (status == CLUDI_OK)
        status = make_model(&f, model, error);
    if (status == CLUDI_OK) {
        report_end(&f, &(*model)->info);
    } else {
        model_free(*model);
        *model = NULL;
    }
    kmeans_result_clear(&f.result);
    training_data_clear(&f.data);
    return status;
}

/* ---- predict ---- */

/* room: (X->rows, columns of mapped rows) */
static cludi_status predict_rows(backend *be, const predictor_args *args, const cludi_matrix *X, float *room,
                                 const kmeans_answers *out, cludi_error *error)
{
    const input_map map = model_input(args->model);
    const cludi_matrix centroids = {args->model->values, args->model->info.clusters, map.cols, map.cols};
    const cludi_matrix mapped = {room, X->rows, map.cols, map.cols};
    const cludi_source rows = rows_of_matrix(&mapped);
    for (int64_t i = 0; i < X->rows; i++)
        input_map_row(&map, X->data + i * X->stride, room + i * map.cols);
    return kmeans_answer(be, &centroids, &rows, out, error);
}

static cludi_status predict_blocks(backend *be, const predictor_args *args, const cludi_prediction *out,
                                   cludi_error *error)
{
    const cludi_matrix *X = args->X;
    const int64_t K = args->model->info.clusters, cols = model_input(args->model).cols, widest = cols > K ? cols : K;
    const int64_t most = widest < BLOCK_NUMBERS ? BLOCK_NUMBERS / widest : 1, size = most < X->rows ? most : X->rows;
    const double variance = least_variance((double)args->model->values[K * cols]), started = message_seconds();
    float *room = alloc_array(&be->allocator, size * cols, sizeof *room);
    cludi_status status = room ? CLUDI_OK : error_memory(error, "a block of rows");
    for (int64_t first = 0; status == CLUDI_OK && first < X->rows; first += size) {
        const int64_t count = X->rows - first < size ? X->rows - first : size;
        const cludi_matrix block = {X->data + first * X->stride, count, X->cols, X->stride};
        int64_t overflowed = -1;
        const kmeans_answers answers = {.labels = out->labels ? out->labels + first : NULL,
                                        .probabilities = out->probabilities ? out->probabilities + first * K : NULL,
                                        .variance = variance,
                                        .overflowed = &overflowed};
        status = predict_rows(be, args, &block, room, &answers, error);
        if (status == CLUDI_OK && overflowed >= 0)
            status = predict_overflow(first + overflowed, error);
        if (status == CLUDI_OK)
            status = predict_report(args, first + count, started, error);
    }
    alloc_free(&be->allocator, room);
    return status;
}

cludi_status kmeans_method_predict(const predictor_args *args, const cludi_prediction *out, cludi_error *error)
{
    float_backend own = {0};
    if (out->embedding)
        return error_set(error, CLUDI_ERROR_UNSUPPORTED,
                         "A model of the method kmeans has no embeddings; embedding must be NULL.");
    cludi_status status = open_float(&own, args->be, error);
    if (status == CLUDI_OK)
        status = predict_blocks(own.be, args, out, error);
    if (status == CLUDI_OK && out->draws)
        memset(out->draws, 0, (size_t)args->X->rows * sizeof *out->draws);
    close_float(&own);
    return status;
}
