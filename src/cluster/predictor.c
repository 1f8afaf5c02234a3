#include "predictor.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "error.h"
#include "head.h"
#include "noise_schedule.h"
#include "row_hash.h"
#include "rows.h"
#include "sampler.h"

enum { PASS_ROWS = 2048, MOST_VIEWS = 64, MOST_LOGITS = 1 << 25 };

typedef struct predictor {
    const predictor_args *args;
    int64_t N, B; /* rows of a block, views sampled at a time */
    double *ab;   /* (T + 1) S1 */
    param_set params;
    denoiser net;
    arena memory;
    sampler sampler;
    head head;
    head_pass pass;
    tensor mean_u, mean_z;            /* (N, K), (N, d) mean over the samples */
    tensor part_u, part_z;            /* the same over one round of views */
    float *rows;                      /* (N, n) host */
    uint64_t *keys;                   /* (N) fingerprints of the rows */
    float *probabilities, *embedding; /* (N, K), (N, d) host */
    double started;
    int32_t first_draw; /* samples before the running round */
} predictor;

/* ---- set-up ---- */

static int64_t round_up(const backend *be, int64_t rows)
{
    return (rows + be->row_multiple - 1) / be->row_multiple * be->row_multiple;
}

static void layout(predictor *p, arena *a)
{
    const int64_t rows = p->B * p->N, d = p->net.d, K = p->net.K;
    sampler_layout(&p->sampler, a);
    head_layout(&p->head, a, &p->net, &p->args->model->info.config);
    head_pass_layout(&p->pass, a, &p->head, rows);
    p->mean_u = arena_take(a, p->N, K);
    p->part_u = arena_take(a, p->N, K);
    p->mean_z = arena_take(a, p->N, d);
    p->part_z = arena_take(a, p->N, d);
}

static cludi_status init_host(predictor *p, cludi_error *error)
{
    const cludi_allocator *allocator = &p->args->be->allocator;
    const cludi_model_info *info = &p->args->model->info;
    p->ab = alloc_array(allocator, info->config.T + 1, sizeof *p->ab);
    p->rows = alloc_zeroed(allocator, p->N * info->features, sizeof *p->rows);
    p->keys = alloc_zeroed(allocator, p->N, sizeof *p->keys);
    p->probabilities = alloc_array(allocator, p->N * info->clusters, sizeof *p->probabilities);
    p->embedding = alloc_array(allocator, p->N * info->config.d, sizeof *p->embedding);
    if (!p->ab || !p->rows || !p->keys || !p->probabilities || !p->embedding)
        return error_memory(error, "a block of rows");
    noise_schedule_fill(p->ab, info->config.T);
    return CLUDI_OK;
}

static cludi_status init(predictor *p, cludi_error *error)
{
    const cludi_model *model = p->args->model;
    backend *be = p->args->be;
    p->B = p->args->samples < MOST_VIEWS ? p->args->samples : MOST_VIEWS;
    p->N = round_up(be, PASS_ROWS / p->B);
    while (p->N > be->row_multiple && p->N * p->B * p->args->model->info.clusters > MOST_LOGITS)
        p->N = round_up(be, p->N / 2);
    const int64_t all = round_up(be, p->args->X->rows);
    p->N = p->N < all ? p->N : all;
    cludi_status status = init_host(p, error);
    if (status == CLUDI_OK)
        status = param_set_init(&p->params, be, model->specs, model->spec_count, false, error);
    if (status != CLUDI_OK)
        return status;
    param_set_copy_in(&p->params, HOST_F32, model->values);
    param_set_prepare(&p->params);
    denoiser_bind(&p->net, &p->params, model->info.features, model->info.clusters, &model->info.config);
    status = sampler_begin(&p->sampler, &p->net, p->N, p->B, p->args->denoise_steps, error);
    if (status != CLUDI_OK)
        return status;
    arena_begin(&p->memory, be);
    layout(p, &p->memory);
    status = arena_allocate(&p->memory, "the activations of a block of rows", error);
    if (status != CLUDI_OK)
        return status;
    layout(p, &p->memory);
    status = sampler_init(&p->sampler, &model->info.config, p->ab, error);
    if (status != CLUDI_OK)
        return status;
    sampler_prepare(&p->sampler);
    head_prepare(&p->head);
    return CLUDI_OK;
}

static void release(predictor *p)
{
    const cludi_allocator *allocator = &p->args->be->allocator;
    sampler_clear(&p->sampler);
    arena_clear(&p->memory);
    param_set_clear(&p->params);
    alloc_free(allocator, p->ab);
    alloc_free(allocator, p->rows);
    alloc_free(allocator, p->keys);
    alloc_free(allocator, p->probabilities);
    alloc_free(allocator, p->embedding);
}

/* ---- one block ---- */

/* Draw j of a row takes steps j S .. j S + S - 1 of the row's stream. */
static void fill_noise(void *self, backend *be, tensor eps, noise_part part)
{
    const predictor *p = self;
    const uint32_t S = (uint32_t)p->sampler.S;
    const uint32_t draw = (uint32_t)p->first_draw + (uint32_t)part.view;
    const rng_stream stream = {p->args->seed, RNG_PREDICT, draw * S + (uint32_t)part.step};
    be->ops.fill_normal_keyed(be, eps, stream, p->keys + part.first);
}

/* Rows first .. first + count of X, the rest of the block zero. */
static void load_block(predictor *p, int64_t first, int64_t count)
{
    backend *be = p->args->be;
    const cludi_matrix *X = p->args->X;
    for (int64_t i = 0; i < count; i++) {
        rows_gather(p->rows + i * X->cols, X, first + i);
        p->keys[i] = row_hash(X->data + (first + i) * X->stride, X->cols);
    }
    memset(p->rows + count * X->cols, 0, (size_t)((p->N - count) * X->cols) * sizeof *p->rows);
    be->ops.copy_in(be, p->sampler.x, HOST_F32, p->rows);
    be->ops.unit_rows(be, p->sampler.x, p->sampler.x, sqrt((double)X->cols));
}

/* mean += views / samples times the mean of the first `views` views of x */
static void add_views(predictor *p, tensor mean, tensor part, tensor x, int32_t views)
{
    backend *be = p->args->be;
    const double abc[3] = {(double)views / p->args->samples, 1, 0};
    be->ops.mean_views(be, part, backend_rows(be, x, 0, views * p->N));
    be->ops.mix_three(be, mean, part, part, abc);
}

static cludi_status report(const predictor *p, int64_t done, cludi_error *error)
{
    const int64_t M = p->args->X->rows;
    const cludi_progress progress = {.phase = "predict",
                                     .step = done,
                                     .steps = M,
                                     .seconds = message_seconds() - p->started,
                                     .clusters = p->args->model->info.clusters};
    if (message_progress(p->args->messages, &progress) == 0 || done == M)
        return CLUDI_OK;
    return error_set(error, CLUDI_STOPPED, "Prediction was stopped after row %lld of %lld.", (long long)done,
                     (long long)M);
}

/* All samples of the loaded block; `done` rows came before it. */
static cludi_status sample_block(predictor *p, int64_t done, cludi_error *error)
{
    backend *be = p->args->be;
    const noise_source noise = {fill_noise, p};
    cludi_status status = CLUDI_OK;
    be->ops.zero(be, p->mean_u);
    be->ops.zero(be, p->mean_z);
    for (p->first_draw = 0; status == CLUDI_OK && p->first_draw < p->args->samples; p->first_draw += (int32_t)p->B) {
        const int32_t left = p->args->samples - p->first_draw, views = left < p->B ? left : (int32_t)p->B;
        sampler_run(&p->sampler, &noise);
        head_assign(&p->head, &p->pass, p->sampler.z);
        add_views(p, p->mean_u, p->part_u, p->pass.u, views);
        add_views(p, p->mean_z, p->part_z, p->sampler.z, views);
        status = be->ops.finish(be, error);
        if (status == CLUDI_OK && left > p->B)
            status = report(p, done, error);
    }
    be->ops.unit_rows(be, p->mean_z, p->mean_z, sqrt((double)p->net.d));
    return status;
}

static int32_t argmax(const float *x, int64_t count)
{
    int64_t best = 0;
    for (int64_t k = 1; k < count; k++)
        best = x[k] > x[best] ? k : best;
    return (int32_t)best;
}

static void store_block(predictor *p, const cludi_prediction *out, int64_t first, int64_t count)
{
    backend *be = p->args->be;
    const int64_t K = p->net.K, d = p->net.d;
    be->ops.copy_out(be, HOST_F32, p->probabilities, p->mean_u);
    be->ops.copy_out(be, HOST_F32, p->embedding, p->mean_z);
    for (int64_t i = 0; out->labels && i < count; i++)
        out->labels[first + i] = argmax(p->probabilities + i * K, K);
    if (out->probabilities)
        memcpy(out->probabilities + first * K, p->probabilities, (size_t)(count * K) * sizeof *p->probabilities);
    if (out->embedding)
        memcpy(out->embedding + first * d, p->embedding, (size_t)(count * d) * sizeof *p->embedding);
}

cludi_status predictor_run(const predictor_args *args, const cludi_prediction *out, cludi_error *error)
{
    predictor p = {.args = args, .started = message_seconds()};
    const int64_t M = args->X->rows;
    (void)args->be->ops.finish(args->be, NULL); /* forget what a call that failed left unreported */
    cludi_status status = init(&p, error);
    for (int64_t first = 0; status == CLUDI_OK && first < M; first += p.N) {
        const int64_t count = M - first < p.N ? M - first : p.N;
        load_block(&p, first, count);
        status = sample_block(&p, first, error);
        if (status != CLUDI_OK)
            break;
        store_block(&p, out, first, count);
        status = report(&p, first + count, error);
    }
    release(&p);
    return status;
}
