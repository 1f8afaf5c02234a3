#include "head_method.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "error.h"
#include "fit_check.h"
#include "head_rows.h"
#include "head_step.h"
#include "training_data.h"

static const double MOST_STEPS = 4e9; /* the random streams count steps in 32 bits */
static const double LATE = 0.1;       /* share of the steps over which the heads' losses are compared */

const head_recipe *head_recipe_of(const cludi_config *config)
{
    static const head_recipe *const RIVALS[] = {[CLUDI_METHOD_SELF_CLASSIFIER] = &RECIPE_SELF_CLASSIFIER,
                                                [CLUDI_METHOD_TEMI] = &RECIPE_TEMI,
                                                [CLUDI_METHOD_SCAN] = &RECIPE_SCAN,
                                                [CLUDI_METHOD_TSP] = &RECIPE_TSP};
    return RIVALS[config->method];
}

mlp_head_shape head_recipe_shape(const head_recipe *how, int64_t width, int64_t K)
{
    return (mlp_head_shape){width, how->hidden, K};
}

int head_method_specs(param_spec *specs, int64_t n, int32_t K, const cludi_config *config)
{
    const mlp_head_shape shape =
        head_recipe_shape(head_recipe_of(config), input_map_bind(config->preprocessing, n, NULL).width, K);
    return mlp_head_specs(specs, &shape);
}

typedef struct head_fit {
    const fit_args *args;
    const head_recipe *how;
    cludi_config wanted; /* the caller's, with the method's neighbors: for the training_data */
    cludi_config config; /* the caller's, without auto: for the model */
    training_data data;
    head_rows rows;
    head_step step;
    cludi_model *model;
    double *late;                  /* (heads) mean losses */
    double *counts;                /* (2 K) */
    float *answers;                /* (N, K) */
    int64_t steps, done, labeling; /* labeling: the step that begins it; steps without */
    int64_t epoch_rows;
    int best; /* head of least loss so far */
    double started;
} head_fit;

/* ---- set-up ---- */

static int64_t count_steps(const head_fit *f)
{
    const cludi_config *c = f->args->config;
    const double rows = (double)f->args->X->rows;
    if (c->epochs > 0)
        return (int64_t)fmin(fmax(1, ceil(c->epochs * rows / (double)head_batch(f->args->X->rows))), MOST_STEPS);
    return c->steps > 0 ? c->steps : head_steps(f->how, f->args->X->rows);
}

static cludi_status prepare(head_fit *f, cludi_error *error)
{
    const fit_args *a = f->args;
    f->wanted = *a->config;
    f->wanted.n_neighbors = f->how->neighbors;
    f->wanted.init_runs = 0;
    const training_data_args args = {a->be, a->messages, a->X, &f->wanted, a->clusters, a->seed, NULL};
    const cludi_status status = training_data_init(&f->data, &args, error);
    f->config = *a->config;
    f->config.preprocessing = f->data.kind;
    return status;
}

static cludi_status allocate_host(head_fit *f, cludi_error *error)
{
    const cludi_allocator *allocator = &f->args->be->allocator;
    f->late = alloc_zeroed(allocator, f->how->heads, sizeof *f->late);
    f->counts = alloc_zeroed(allocator, 2 * (int64_t)f->args->clusters, sizeof *f->counts);
    f->answers = alloc_array(allocator, f->step.N * f->args->clusters, sizeof *f->answers);
    return f->late && f->counts && f->answers ? CLUDI_OK : error_memory(error, "the scores of the heads");
}

static cludi_status allocate(head_fit *f, cludi_error *error)
{
    const fit_args *a = f->args;
    cludi_status status = prepare(f, error);
    if (status == CLUDI_OK)
        status = model_new(&f->model, &a->be->allocator, a->X->cols, a->clusters, &f->config, error);
    if (status != CLUDI_OK)
        return status;
    memcpy(f->model->input, f->data.map_values, (size_t)f->data.map_numbers * sizeof(float));
    const mlp_head_shape shape = head_recipe_shape(f->how, f->data.map.width, a->clusters);
    status = head_step_init(&f->step, a->be, f->how, &shape, head_batch(a->X->rows), a->seed, error);
    if (status == CLUDI_OK)
        status = head_rows_init(&f->rows, &f->data, a->be, f->step.N, f->how->neighbors > 0, error);
    return status == CLUDI_OK ? allocate_host(f, error) : status;
}

static void release(head_fit *f)
{
    const cludi_allocator *allocator = &f->args->be->allocator;
    head_step_clear(&f->step);
    head_rows_clear(&f->rows);
    training_data_clear(&f->data);
    alloc_free(allocator, f->late);
    alloc_free(allocator, f->counts);
    alloc_free(allocator, f->answers);
}

/* ---- what is told ---- */

static double confidence(head_fit *f)
{
    const int64_t K = f->args->clusters;
    double sum = 0;
    head_step_answers(&f->step, f->best, f->answers);
    for (int64_t i = 0; i < f->step.N; i++) {
        float most = 0;
        for (int64_t k = 0; k < K; k++)
            most = f->answers[i * K + k] > most ? f->answers[i * K + k] : most;
        sum += (double)most;
    }
    return sum / (double)f->step.N;
}

/* Fills in clusters_in_use, largest_share and confidence. */
static void describe(head_fit *f, cludi_progress *progress)
{
    const int32_t K = f->args->clusters;
    double sum = 0, largest = 0;
    head_step_counts(&f->step, f->best, f->counts);
    for (int32_t k = 0; k < K; k++) {
        const double count = f->counts[k] + f->counts[K + k];
        sum += count;
        largest = fmax(largest, count);
        progress->clusters_in_use += count > 0;
    }
    progress->largest_share = sum > 0 ? largest / sum : 0;
    progress->confidence = confidence(f);
}

static cludi_status refuse_stopped(const head_fit *f, cludi_error *error)
{
    if (f->done == 0)
        return error_set(error, CLUDI_STOPPED, "Training was stopped before its first step.");
    return error_set(error, CLUDI_STOPPED, "Training was stopped after step %lld of %lld.", (long long)f->done,
                     (long long)f->steps);
}

static cludi_progress progress_of(head_fit *f)
{
    cludi_progress progress = {.phase = CLUDI_PHASE_FIT,
                               .step = f->done,
                               .steps = f->steps,
                               .seconds = message_seconds() - f->started,
                               .loss = f->step.losses[f->best],
                               .clusters = f->args->clusters};
    describe(f, &progress);
    return progress;
}

static cludi_status report(head_fit *f, cludi_error *error)
{
    const cludi_progress progress = progress_of(f);
    const bool goes_on = message_progress(f->args->messages, &progress) == 0 || f->done == f->steps;
    return goes_on ? CLUDI_OK : refuse_stopped(f, error);
}

static cludi_status refuse_values(const head_fit *f, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_DIVERGED,
                     "Training ran into numbers that are not finite at step %lld of %lld of the method %s.",
                     (long long)(f->done < f->steps ? f->done + 1 : f->done), (long long)f->steps, f->how->name);
}

/* ---- one step ---- */

/* Running means of the losses: of all steps at first, then of about the last ones. */
static cludi_status compare_heads(head_fit *f, cludi_error *error)
{
    const double share = fmax(1 / (double)(f->done + 1), 1 / fmax(1, LATE * (double)f->labeling));
    for (int h = f->step.first; h < f->step.first + f->step.count; h++) {
        if (!isfinite(f->step.losses[h]))
            return refuse_values(f, error);
        f->late[h] += share * (f->step.losses[h] - f->late[h]);
        if (!f->step.labeling && (h == f->step.first || f->late[h] < f->late[f->best]))
            f->best = h;
    }
    return CLUDI_OK;
}

static void end_epoch(head_fit *f)
{
    f->epoch_rows += f->step.N;
    if (f->epoch_rows < f->args->X->rows)
        return;
    head_step_turn(&f->step);
    f->epoch_rows = 0;
}

static cludi_status one_step(head_fit *f, cludi_error *error)
{
    backend *be = f->args->be;
    if (f->done == f->labeling)
        head_step_label(&f->step, f->best);
    cludi_status status = head_rows_load(&f->rows, (uint32_t)f->done, error);
    if (status != CLUDI_OK)
        return status;
    be->ops.copy_in(be, f->step.given, HOST_F32, f->rows.lifted);
    status = head_step_gradient(&f->step, f->args->seed, (uint32_t)f->done, error);
    if (status == CLUDI_OK)
        status = compare_heads(f, error);
    if (status != CLUDI_OK)
        return status;
    head_step_update(&f->step, head_rate(f->how, f->done, f->steps), f->done + 1);
    f->done++;
    end_epoch(f);
    return report(f, error);
}

/* ---- the model ---- */

static cludi_status fill_model(head_fit *f, cludi_error *error)
{
    cludi_model_info *info = &f->model->info;
    const cludi_progress last = progress_of(f);
    head_step_copy_out(&f->step, f->best, f->model->values);
    info->seed = f->args->seed;
    info->rows = f->args->X->rows;
    info->steps = f->done;
    info->loss = last.loss;
    info->clusters_in_use = last.clusters_in_use;
    info->largest_share = last.largest_share;
    info->confidence = last.confidence;
    f->model->check = (model_check){.rows = f->data.order.digest};
    for (int64_t i = 0; i < f->model->total; i++)
        if (!isfinite(f->model->values[i]))
            return refuse_values(f, error);
    return CLUDI_OK;
}

static cludi_status train(head_fit *f, cludi_error *error)
{
    cludi_status status = allocate(f, error);
    f->steps = count_steps(f);
    f->labeling = f->steps - (int64_t)(f->how->labeling * (double)f->steps);
    while (status == CLUDI_OK && f->done < f->steps)
        status = one_step(f, error);
    if (status == CLUDI_STOPPED && stop_request_stopped(f->args->be->stop))
        (void)refuse_stopped(f, error);
    return status;
}

cludi_status head_method_fit(const fit_args *args, cludi_model **model, cludi_error *error)
{
    head_fit f = {.args = args, .how = head_recipe_of(args->config), .started = message_seconds()};
    (void)args->be->ops.finish(args->be, NULL); /* forget what a call that failed left unreported */
    *model = NULL;
    if (args->profile)
        *args->profile = (cludi_profile){0};
    cludi_status status = train(&f, error);
    const bool stopped = status == CLUDI_STOPPED && f.done > 0;
    if (status == CLUDI_OK || stopped) {
        const cludi_status filled = fill_model(&f, error);
        status = filled == CLUDI_OK ? status : filled;
    }
    if (status == CLUDI_OK) {
        const fit_check_args check = {args->be, args->seed, f.model, args->X, &f.data.order};
        status = fit_check_take(&check, &f.model->check, error);
    }
    if (status == CLUDI_OK || (status == CLUDI_STOPPED && f.done > 0)) {
        *model = f.model;
        f.model = NULL;
    }
    model_free(f.model);
    release(&f);
    return status;
}
