/* The method "cludi" as the loop of src/fit sees it: batches, the first partition as the teacher at first, steps, counts of clusters. */
#include <math.h>
#include <string.h>

#include "alloc.h"
#include "batch.h"
#include "bounds.h"
#include "error.h"
#include "method.h"
#include "predict.h"
#include "step.h"

static const double SURE = 0.9; /* probability of a row's cluster in the first partition */

typedef struct denoiser_fit {
    const method_fit *fit;
    train_step step;
    batch batch;
    float *given;         /* (N, K) logits of the first partition */
    double *counts;       /* (K) rows per cluster of the running epoch */
    double *batch_counts; /* (K) of the running batch */
    double *last_counts;  /* (K) of the epoch before */
    double epoch_rows;    /* rows seen in the running epoch */
    int64_t taken;        /* steps of this run */
    int64_t taught;       /* of them those in which the network was the teacher */
    double confidence;    /* of the last step */
    train_loss loss;
} denoiser_fit;

static int cludi_specs(const method *how, param_spec *specs, const method_shape *shape)
{
    _Static_assert((int)DENOISER_MAX_PARAMS <= (int)METHOD_MOST_SPECS, "all tensors have room");
    (void)how;
    return denoiser_specs(specs, shape->map->width, shape->clusters, shape->config);
}

static int64_t batch_rows(const cludi_config *config, int64_t rows)
{
    (void)rows;
    return config->batch_size;
}

/* Those in which the first partition is the teacher. */
static int64_t first_steps(const method *how, const cludi_config *config, int64_t steps)
{
    (void)how;
    return config->init_runs > 0 ? min_int(config->init_steps, steps) : 0;
}

static int64_t rows_read(const method *how, int32_t neighbors)
{
    (void)how;
    return 1 + (int64_t)neighbors;
}

/* ---- set-up ---- */

/* Shares of the clusters in the first partition, drawn towards 1 / K where they are nearly that: for a divergence D (Kullback and Leibler)
   of the shares from 1 / K, pi_k goes with share_k^alpha, alpha = D^2 / (D^2 + EVEN^2). */
static void expect_sizes(denoiser_fit *f)
{
    static const double EVEN = 0.05;
    const int32_t K = f->fit->clusters;
    const training_data *data = f->fit->data;
    const int64_t rows = data->sample_rows;
    double *share = f->counts, divergence = 0, sum = 0;
    if (!data->start || f->fit->config->cluster_sizes == CLUDI_CLUSTER_SIZES_EQUAL)
        return;
    for (int64_t i = 0; i < rows; i++)
        share[data->start[i]] += 1;
    for (int32_t k = 0; k < K; k++)
        divergence += share[k] > 0 ? share[k] / (double)rows * log(share[k] / (double)rows * K) : 0;
    const double alpha = divergence * divergence / (divergence * divergence + EVEN * EVEN);
    for (int32_t k = 0; k < K; k++) {
        share[k] = pow((share[k] + 0.5) / ((double)rows + 0.5 * K), alpha);
        sum += share[k];
    }
    for (int32_t k = 0; k < K; k++)
        share[k] = -log(K * share[k] / sum);
    f->fit->be->ops.copy_in(f->fit->be, f->step.classes.expected, HOST_F64, share);
    memset(share, 0, (size_t)K * sizeof *share);
}

static cludi_status init_host(denoiser_fit *f, cludi_error *error)
{
    const cludi_allocator *allocator = &f->fit->be->allocator;
    const int32_t K = f->fit->clusters;
    f->given = alloc_array(allocator, f->step.N * K, sizeof *f->given);
    f->counts = alloc_zeroed(allocator, K, sizeof *f->counts);
    f->batch_counts = alloc_zeroed(allocator, K, sizeof *f->batch_counts);
    f->last_counts = alloc_zeroed(allocator, K, sizeof *f->last_counts);
    const bool complete = f->given && f->counts && f->batch_counts && f->last_counts;
    return complete ? CLUDI_OK : error_memory(error, "a batch of rows");
}

static cludi_status first_weights(denoiser_fit *f, cludi_error *error)
{
    const cludi_allocator *allocator = &f->fit->be->allocator;
    const int count = f->fit->spec_count;
    float *values = alloc_array(allocator, param_specs_total(f->fit->specs, count), sizeof *values);
    if (!values)
        return error_memory(error, "the first weights");
    param_specs_initialize(f->fit->be, f->fit->specs, count, f->fit->seed, values);
    param_set_copy_in(&f->step.params, HOST_F32, values);
    alloc_free(allocator, values);
    return CLUDI_OK;
}

static cludi_status open(void **self, const method_fit *fit, cludi_error *error)
{
    denoiser_fit *f = alloc_zeroed(&fit->be->allocator, 1, sizeof *f);
    const cludi_config *c = fit->config;
    *self = f;
    if (!f)
        return error_memory(error, "the training");
    f->fit = fit;
    const train_shape shape = {.n = fit->data->map.width,
                               .K = fit->clusters,
                               .specs = fit->specs,
                               .count = fit->spec_count,
                               .clock = fit->clock,
                               .sum = fit->sum};
    cludi_status status = train_step_init(&f->step, fit->be, &shape, c, error);
    const batch_share share = {f->step.sum.rank * f->step.N, f->step.N, c->batch_size};
    const batch_shape rows = {BATCH_AVERAGED, share, c->views, c->neighbor_swap};
    if (status == CLUDI_OK)
        status = batch_init(&f->batch, fit->data, fit->be, &rows, error);
    if (status == CLUDI_OK)
        status = init_host(f, error);
    if (status == CLUDI_OK)
        status = first_weights(f, error);
    if (status == CLUDI_OK)
        expect_sizes(f);
    return status;
}

static void close(void *self)
{
    denoiser_fit *f = self;
    const cludi_allocator *allocator = &f->fit->be->allocator;
    void *const host[] = {f->given, f->counts, f->batch_counts, f->last_counts};
    train_step_clear(&f->step);
    batch_clear(&f->batch);
    for (size_t i = 0; i < sizeof host / sizeof *host; i++)
        alloc_free(allocator, host[i]);
    alloc_free(allocator, f);
}

/* ---- a step ---- */

/* The first partition as the teacher's logits: SURE for a row's cluster, the rest for all alike. */
static void fill_init_logits(denoiser_fit *f)
{
    const int32_t K = f->fit->clusters;
    const double tau = f->fit->config->temperature;
    const float other = (float)(tau * log((1 - SURE) / K)), own = (float)(tau * log(SURE + (1 - SURE) / K));
    for (int64_t i = 0; i < f->step.N; i++)
        for (int32_t k = 0; k < K; k++)
            f->given[i * K + k] = f->fit->data->start[f->batch.place[i]] == k ? own : other;
    f->fit->be->ops.copy_in(f->fit->be, f->step.init_logits, HOST_F32, f->given);
}

static cludi_status load_batch(denoiser_fit *f, int64_t index, cludi_error *error)
{
    backend *be = f->fit->be;
    training_data *data = f->fit->data;
    phase_clock_start(f->fit->clock, STEP_DATA);
    f->step.given = data->start && (data->init_is_teacher || index < f->fit->config->init_steps);
    row_order_reach(&data->order, f->step.given ? data->sample_rows : data->args.X->rows);
    TRY(batch_load(&f->batch, (uint32_t)index, error));
    be->ops.copy_in(be, f->step.x, HOST_F32, f->batch.teacher);
    be->ops.copy_in(be, f->step.views, HOST_F32, f->batch.views);
    if (f->step.given)
        fill_init_logits(f);
    return CLUDI_OK;
}

/* Counts of this epoch so far; at its end they become those of the last epoch. */
static void update_counts(denoiser_fit *f)
{
    const int32_t K = f->fit->clusters;
    if (f->epoch_rows >= (double)f->fit->data->args.X->rows) {
        memcpy(f->last_counts, f->counts, (size_t)K * sizeof *f->counts);
        memset(f->counts, 0, (size_t)K * sizeof *f->counts);
        f->epoch_rows = 0;
    }
    f->confidence = train_step_count(&f->step, f->batch_counts);
    for (int32_t k = 0; k < K; k++)
        f->counts[k] += f->batch_counts[k];
    f->epoch_rows += f->fit->config->batch_size;
}

/* What a step leaves is changed by train_step_update() and what follows alone: before it a stop throws the step away. */
static cludi_status step(void *self, const method_step *at, cludi_error *error)
{
    denoiser_fit *f = self;
    TRY(load_batch(f, at->index, error));
    train_noise_draw(&f->step, f->fit->seed, (uint32_t)at->index);
    TRY(train_step_gradient(&f->step, &f->loss, error));
    if (!isfinite(f->loss.total))
        return CLUDI_ERROR_DIVERGED;
    train_step_update(&f->step, at->rate, at->index + 1);
    f->taken++;
    f->taught += !f->step.given;
    update_counts(f);
    return CLUDI_OK;
}

static void report(void *self, method_report *r)
{
    const denoiser_fit *f = self;
    r->loss = f->loss.total;
    r->embedding_loss = f->loss.embedding;
    r->class_loss = f->loss.classes;
    r->confidence = f->confidence;
    for (int32_t k = 0; k < f->fit->clusters; k++)
        r->counts[k] = f->counts[k] + f->last_counts[k];
}

static cludi_status probe(void *self, int32_t *labels, cludi_error *error)
{
    denoiser_fit *f = self;
    backend *be = f->fit->be;
    const training_data *data = f->fit->data;
    const int64_t rows = data->sample_rows, width = data->map.width, cols = data->map.cols;
    const int64_t first = f->step.sum.rank * f->step.N;
    for (int64_t i = 0; i < f->step.N; i++)
        input_map_lift(&data->map, data->sample + (first + i) % rows * cols, f->batch.teacher + i * width);
    be->ops.copy_in(be, f->step.x, HOST_F32, f->batch.teacher);
    return train_step_assign(&f->step, labels, error);
}

static double total(void *self, double number)
{
    denoiser_fit *f = self;
    return train_step_total(&f->step, number);
}

static void copy_out(void *self, float *values)
{
    denoiser_fit *f = self;
    param_set_copy_out(&f->step.params, HOST_F32, values);
}

static double flop(const void *self, step_phase phase)
{
    const denoiser_fit *f = self;
    return (double)(phase == STEP_TEACHER ? f->taught : f->taken) *
           step_cost_flop(f->fit->config, f->fit->data->map.width, phase);
}

/* ---- a checkpoint ---- */

static cludi_status add_state(const void *self, checkpoint_state *state, cludi_error *error)
{
    static const char *const WEIGHTS[] = {"values", "m", "v"}, *const COUNTS[] = {"counts", "last_counts"};
    const denoiser_fit *f = self;
    const int64_t total = param_specs_total(f->fit->specs, f->fit->spec_count);
    for (int i = 0; i < 3; i++)
        TRY(checkpoint_state_add(state, WEIGHTS[i], CHECKPOINT_FLOATS, total, error));
    for (int i = 0; i < 2; i++)
        TRY(checkpoint_state_add(state, COUNTS[i], CHECKPOINT_WHOLE, f->fit->clusters, error));
    return checkpoint_state_add(state, "epoch_rows", CHECKPOINT_WHOLE, 1, error);
}

static float *weights(const denoiser_fit *f, const checkpoint_state *state, const char *name)
{
    return checkpoint_state_find(state, name, CHECKPOINT_FLOATS, param_specs_total(f->fit->specs, f->fit->spec_count));
}

static void store(void *self, checkpoint_state *state)
{
    denoiser_fit *f = self;
    param_set_copy_out(&f->step.params, HOST_F32, weights(f, state, "values"));
    param_set_moments_out(&f->step.params, HOST_F32, weights(f, state, "m"), weights(f, state, "v"));
    checkpoint_put_whole(state, "counts", f->counts, f->fit->clusters);
    checkpoint_put_whole(state, "last_counts", f->last_counts, f->fit->clusters);
    checkpoint_put_whole(state, "epoch_rows", &f->epoch_rows, 1);
}

static bool load(void *self, const checkpoint_state *state)
{
    denoiser_fit *f = self;
    const float *values = weights(f, state, "values"), *m = weights(f, state, "m"), *v = weights(f, state, "v");
    if (!values || !m || !v || !checkpoint_get_whole(state, "counts", f->counts, f->fit->clusters) ||
        !checkpoint_get_whole(state, "last_counts", f->last_counts, f->fit->clusters) ||
        !checkpoint_get_whole(state, "epoch_rows", &f->epoch_rows, 1))
        return false;
    param_set_copy_in(&f->step.params, HOST_F32, values);
    param_set_moments_in(&f->step.params, HOST_F32, m, v);
    return true;
}

const method METHOD_CLUDI = {.value = CLUDI_METHOD_CLUDI,
                             .name = "cludi",
                             .help = "self-supervised diffusion (Uziel, Chelly, Freifeld, Pakman 2025)",
                             .loss = "loss",
                             .unit = "steps",
                             .has_embedding = true,
                             .has_confidence = true,
                             .uses_draws = true,
                             .specs = cludi_specs,
                             .batch_rows = batch_rows,
                             .first_steps = first_steps,
                             .rows_read = rows_read,
                             .open = open,
                             .close = close,
                             .step = step,
                             .report = report,
                             .probe = probe,
                             .total = total,
                             .copy_out = copy_out,
                             .flop = flop,
                             .add_state = add_state,
                             .store = store,
                             .load = load,
                             .predict_open = predictor_open,
                             .predict_block = predictor_block,
                             .predict_close = predictor_close};
