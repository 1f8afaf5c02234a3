#include "predict.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "assignment_head.h"
#include "bounds.h"
#include "error.h"
#include "noise_schedule.h"
#include "predict_report.h"
#include "row_hash.h"
#include "rows.h"
#include "sampler.h"

enum { PASS_ROWS = 2048, MOST_VIEWS = 64, MOST_LOGITS = 1 << 25, LOAD_ROWS = 64, MOST_ADAPTIVE = 64 };

typedef struct predictor {
    const predict_args *args; /* of the running call */
    cludi_allocator allocator;
    int64_t N, B;        /* rows of a block; there is room for B views of them */
    int64_t round_views; /* views sampled at a time, at most */
    double *ab;          /* (T + 1) S1 */
    param_set params;
    denoiser net;
    arena memory;
    sampler sampler;
    assignment_head head;
    head_pass pass;
    tensor mean_u, mean_z; /* (N, K), (N, d) mean over the views of a round */
    input_map map;
    float *rows;          /* (N, width) host: the rows being sampled, as the denoiser sees them */
    float *mapped;        /* (N, cols) host: before they are lifted */
    uint64_t *keys;       /* (N) their fingerprints */
    float *round_u;       /* (N, K) host: mean_u */
    float *round_z;       /* (N, d) host: mean_z */
    float *sum_u, *sum_z; /* (N, K), (N, d) host: sums over the samples of every row of the block */
    int64_t *active;      /* (N) rows of the block that are still sampled */
    int32_t *row_draws;   /* (N) samples of each row so far */
    int64_t first, count; /* rows of the block */
    int64_t active_count;
    int64_t chunk, chunk_count; /* active rows that are sampled together */
    int32_t first_draw;         /* samples of them before the running round */
} predictor;

/* ---- set-up ---- */

static int64_t round_up(const backend *be, int64_t rows)
{
    return (rows + be->row_multiple - 1) / be->row_multiple * be->row_multiple;
}

static void layout(predictor *p, arena *a)
{
    sampler_layout(&p->sampler, a);
    head_layout(&p->head, a, &p->net, &p->args->model.info->config);
    head_pass_layout(&p->pass, a, &p->head, p->B * p->N);
    p->mean_u = arena_take(a, p->N, p->net.K);
    p->mean_z = arena_take(a, p->N, p->net.d);
}

static cludi_status init_host(predictor *p, cludi_error *error)
{
    const cludi_allocator *allocator = &p->args->be->allocator;
    const cludi_model_info *info = p->args->model.info;
    float **numbers[] = {&p->rows, &p->mapped, &p->round_u, &p->round_z, &p->sum_u, &p->sum_z};
    const int64_t widths[] = {p->map.width,   p->map.cols,
                              info->clusters, info->config.embedding_dim,
                              info->clusters, info->config.embedding_dim};
    bool complete = true;
    for (int i = 0; i < 6; i++) {
        *numbers[i] = alloc_zeroed(allocator, p->N * widths[i], sizeof(float));
        complete = complete && *numbers[i];
    }
    p->ab = alloc_array(allocator, info->config.diffusion_steps + 1, sizeof *p->ab);
    p->keys = alloc_zeroed(allocator, p->N, sizeof *p->keys);
    p->active = alloc_zeroed(allocator, p->N, sizeof *p->active);
    p->row_draws = alloc_zeroed(allocator, p->N, sizeof *p->row_draws);
    if (!complete || !p->ab || !p->keys || !p->active || !p->row_draws)
        return error_memory(error, "a block of rows");
    noise_schedule_fill(p->ab, info->config.diffusion_steps);
    return CLUDI_OK;
}

/* Rows of a block, where it has room for B views. */
static int64_t block_rows(const predict_args *args, int64_t B)
{
    const backend *be = args->be;
    const int64_t K = args->model.info->clusters;
    int64_t N = min_int(round_up(be, PASS_ROWS / B), round_up(be, args->X->rows));
    while (N > be->row_multiple && N * B * K > MOST_LOGITS)
        N = round_up(be, N / 2);
    return N;
}

/* Views of a round, rows of a block, and room for at least one row_multiple of rows in the largest round. */
static void choose_shape(predictor *p)
{
    const backend *be = p->args->be;
    const int64_t K = p->args->model.info->clusters;
    const int64_t rows_fit = MOST_LOGITS / K / be->row_multiple;
    p->round_views = min_int(MOST_VIEWS, max_int(rows_fit, 1));
    p->B = min_int(p->args->draws, p->round_views);
    p->N = block_rows(p->args, p->B);
    if (p->args->adaptive && p->B * p->N < p->round_views * be->row_multiple)
        p->B = (p->round_views * be->row_multiple + p->N - 1) / p->N;
}

/* For a few rows no threads are started, not even for the weights. */
static void prepare_weights(predictor *p)
{
    enum { FEW = 64 };
    backend *be = p->args->be;
    const int threads = be->threads;
    if (p->args->X->rows * p->args->draws <= FEW)
        be->threads = 1;
    param_set_prepare(&p->params);
    be->threads = threads;
}

static cludi_status init(predictor *p, cludi_error *error)
{
    const method_model *model = &p->args->model;
    const cludi_config *config = &model->info->config;
    backend *be = p->args->be;
    p->map = model->map;
    choose_shape(p);
    TRY(init_host(p, error));
    TRY(param_set_init(&p->params, be, model->specs, model->spec_count, false, error));
    param_set_copy_in(&p->params, HOST_F32, model->values);
    prepare_weights(p);
    denoiser_bind(&p->net, &p->params, p->map.width, model->info->clusters, config);
    TRY(sampler_begin(&p->sampler, &p->net, p->N, p->B, p->args->denoise_steps, error));
    arena_begin(&p->memory, be);
    layout(p, &p->memory);
    TRY(arena_allocate(&p->memory, "the activations of a block of rows", error));
    layout(p, &p->memory);
    TRY(sampler_init(&p->sampler, config, p->ab, error));
    sampler_prepare(&p->sampler);
    head_prepare(&p->head);
    return CLUDI_OK;
}

cludi_status predictor_open(void **self, const predict_args *args, int64_t *block, cludi_error *error)
{
    predictor *p = alloc_zeroed(&args->be->allocator, 1, sizeof *p);
    *self = p;
    if (!p)
        return error_memory(error, "the prediction");
    p->args = args;
    p->allocator = args->be->allocator;
    const cludi_status status = init(p, error);
    *block = p->N;
    return status;
}

void predictor_close(void *self)
{
    predictor *p = self;
    const cludi_allocator allocator = p->allocator;
    void *const host[] = {p->ab,      p->rows,  p->mapped, p->keys,   p->round_u,
                          p->round_z, p->sum_u, p->sum_z,  p->active, p->row_draws};
    sampler_clear(&p->sampler);
    arena_clear(&p->memory);
    param_set_clear(&p->params);
    for (size_t i = 0; i < sizeof host / sizeof *host; i++)
        alloc_free(&allocator, host[i]);
    alloc_free(&allocator, p);
}

/* ---- one block ---- */

/* Draw j of a row takes steps j S .. j S + S - 1 of the row's stream. */
static void fill_noise(void *self, backend *be, tensor eps, noise_part part)
{
    const predictor *p = self;
    const uint32_t S = (uint32_t)p->sampler.S, draw = (uint32_t)p->first_draw + (uint32_t)part.view;
    const rng_stream stream = {p->args->seed, RNG_PREDICT, draw * S + (uint32_t)part.step};
    be->ops.fill_normal_keyed(be, eps, stream, p->keys + part.first);
}

/* Some rows of the chunk, and zeros behind the last one. */
static void load_part(void *self, int worker, int64_t index)
{
    predictor *p = self;
    const cludi_matrix *X = p->args->X;
    (void)worker;
    for (int64_t i = index * LOAD_ROWS; i < (index + 1) * LOAD_ROWS && i < p->sampler.N; i++) {
        if (i < p->chunk_count) {
            const int64_t row = p->first + p->active[p->chunk + i];
            float *mapped = p->mapped + i * p->map.cols;
            input_map_row(&p->map, X->data + row * X->stride, mapped);
            input_map_lift(&p->map, mapped, p->rows + i * p->map.width);
            p->keys[i] = row_hash(X->data + row * X->stride, X->cols);
        } else {
            memset(p->rows + i * p->map.width, 0, (size_t)p->map.width * sizeof *p->rows);
        }
    }
}

/* The active rows chunk .. chunk + chunk_count as the rows of the sampler. */
static void load_chunk(predictor *p)
{
    backend *be = p->args->be;
    p->sampler.N = round_up(be, p->chunk_count);
    host_each(be, (p->sampler.N + LOAD_ROWS - 1) / LOAD_ROWS, load_part, p);
    const tensor x = backend_rows(be, p->sampler.x, 0, p->sampler.N);
    be->ops.copy_in(be, x, HOST_F32, p->rows);
    be->ops.unit_rows(be, x, x, sqrt((double)x.cols));
}

static void add_row(float *sum, const float *mean, int64_t count, float weight)
{
    for (int64_t j = 0; j < count; j++)
        sum[j] += weight * mean[j];
}

/* Samples `views` views of the chunk and adds them to the sums. */
static cludi_status sample_views(predictor *p, int32_t views, cludi_error *error)
{
    backend *be = p->args->be;
    const int64_t K = p->net.K, d = p->net.d;
    const noise_source noise = {fill_noise, p};
    p->sampler.B = views;
    p->sampler.together = views * p->chunk_count <= p->sampler.block ? p->chunk_count : 0;
    const int64_t rows = sampler_rows(&p->sampler), N = p->sampler.together ? p->sampler.together : p->sampler.N;
    const tensor z = backend_rows(be, p->sampler.z, 0, rows);
    head_pass pass = head_pass_rows(&p->head, &p->pass, 0, rows);
    sampler_run(&p->sampler, &noise);
    head_assign(&p->head, &pass, z);
    be->ops.mean_views(be, backend_rows(be, p->mean_u, 0, N), backend_rows(be, pass.u, 0, views * N));
    be->ops.mean_views(be, backend_rows(be, p->mean_z, 0, N), backend_rows(be, z, 0, views * N));
    be->ops.copy_out(be, HOST_F32, p->round_u, backend_rows(be, p->mean_u, 0, N));
    be->ops.copy_out(be, HOST_F32, p->round_z, backend_rows(be, p->mean_z, 0, N));
    for (int64_t i = 0; i < p->chunk_count; i++) {
        const int64_t row = p->active[p->chunk + i];
        add_row(p->sum_u + row * K, p->round_u + i * K, K, (float)views);
        add_row(p->sum_z + row * d, p->round_z + i * d, d, (float)views);
        p->row_draws[row] += views;
    }
    return backend_finish(be, error);
}

/* Whether more samples could change the label: with p and q the largest two mean probabilities of s samples, the
   difference of two of a sample's probabilities has a variance of at most p + q - (p - q)^2, as they lie between 0 and
   1. Decided: p - q is at least DEVIATIONS standard errors. */
static bool is_decided(const float *sums, int64_t K, int32_t draws)
{
    static const double DEVIATIONS = 2;
    double p = 0, q = 0;
    for (int64_t k = 0; k < K; k++) {
        const double u = (double)sums[k] / draws;
        q = u > p ? p : fmax(q, u);
        p = fmax(p, u);
    }
    const double gap = p - q;
    return gap * gap * draws >= DEVIATIONS * DEVIATIONS * (p + q - gap * gap);
}

static void keep_undecided(predictor *p)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < p->active_count; i++) {
        const int64_t row = p->active[i];
        if (!is_decided(p->sum_u + row * p->net.K, p->net.K, p->row_draws[row]))
            p->active[kept++] = row;
    }
    p->active_count = kept;
}

/* Samples the active rows until each has `target` samples. How many views make a round follows from the samples alone,
   never from how many rows there are: sums of other rounds have other bits. */
static cludi_status sample_until(predictor *p, int32_t target, cludi_error *error)
{
    const int64_t row_multiple = p->args->be->row_multiple;
    const int32_t done = p->row_draws[p->active[0]]; /* all active rows have had as many */
    const int32_t most = (int32_t)min_int(target - done, p->round_views);
    const int64_t chunk = min_int(p->B * p->N / most / row_multiple * row_multiple, p->N);
    cludi_status status = CLUDI_OK;
    for (p->chunk = 0; status == CLUDI_OK && p->chunk < p->active_count; p->chunk += chunk) {
        p->chunk_count = min_int(p->active_count - p->chunk, chunk);
        load_chunk(p);
        for (p->first_draw = done; status == CLUDI_OK && p->first_draw < target; p->first_draw += most) {
            status = sample_views(p, (int32_t)min_int(target - p->first_draw, most), error);
            if (status == CLUDI_OK && p->first_draw + most < target)
                status = predict_report(p->args, p->first, error);
        }
    }
    return status;
}

/* Rows first .. first + count: all get `samples` samples; undecided ones twice as many, again and again, if asked for. */
static cludi_status sample_block(predictor *p, int64_t first, int64_t count, cludi_error *error)
{
    const int64_t K = p->net.K, d = p->net.d;
    const int32_t most = p->args->adaptive ? MOST_ADAPTIVE : p->args->draws;
    p->first = first;
    p->count = p->active_count = count;
    for (int64_t i = 0; i < count; i++)
        p->active[i] = i;
    memset(p->row_draws, 0, (size_t)count * sizeof *p->row_draws);
    memset(p->sum_u, 0, (size_t)(count * K) * sizeof *p->sum_u);
    memset(p->sum_z, 0, (size_t)(count * d) * sizeof *p->sum_z);
    int32_t target = p->args->draws;
    cludi_status status = sample_until(p, target, error);
    while (status == CLUDI_OK && target < most) {
        keep_undecided(p);
        if (p->active_count == 0)
            break;
        target = target < most / 2 ? 2 * target : most;
        status = sample_until(p, target, error);
    }
    return status;
}

static void scale_row(float *out, const float *in, int64_t count, double factor)
{
    for (int64_t j = 0; j < count; j++)
        out[j] = (float)(factor * (double)in[j]);
}

/* The factor that gives a row the norm sqrt(d); NaN where a number of the row is no finite one. */
static double unit_factor(const float *row, int64_t d)
{
    double sum = 0;
    for (int64_t j = 0; j < d; j++)
        sum += (double)row[j] * (double)row[j];
    return isfinite(sum) ? sqrt((double)d / fmax(sum, 1e-24)) : (double)NAN;
}

static cludi_status store_row(const predictor *p, int64_t i, const cludi_prediction *out, cludi_error *error)
{
    const int64_t K = p->net.K, d = p->net.d, row = p->first + i;
    const float *u = p->sum_u + i * K, *z = p->sum_z + i * d;
    const double unit = unit_factor(z, d);
    if (!predict_adds_up(u, K, p->row_draws[i]) || (out->embedding && isnan(unit)))
        return predict_overflow(row, error);
    if (out->labels)
        out->labels[row] = argmax_float(u, K);
    if (out->probabilities)
        scale_row(out->probabilities + row * K, u, K, 1.0 / p->row_draws[i]);
    if (out->draws)
        out->draws[row] = p->row_draws[i];
    if (out->embedding)
        scale_row(out->embedding + row * d, z, d, unit);
    return CLUDI_OK;
}

static cludi_status store_block(const predictor *p, const cludi_prediction *out, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    for (int64_t i = 0; i < p->count && status == CLUDI_OK; i++)
        status = store_row(p, i, out, error);
    return status;
}

cludi_status predictor_block(void *self, const predict_args *args, int64_t first, int64_t count,
                             const cludi_prediction *out, cludi_error *error)
{
    predictor *p = self;
    p->args = args;
    p->map = args->model.map;
    TRY(sample_block(p, first, count, error));
    return store_block(p, out, error);
}
