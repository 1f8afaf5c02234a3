#include "trainer.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "error.h"
#include "lr_schedule.h"
#include "row_order.h"
#include "rows.h"
#include "train_step.h"

static const double MOST_STEPS = 4e9; /* the random streams count steps in 32 bits */

typedef struct trainer {
    const trainer_args *args;
    cludi_model *model;
    phase_clock clock;
    train_step step;
    row_order order;
    float *batch;         /* (N, n) rows on their way to the backend */
    double *counts;       /* (K) rows per cluster of the running epoch */
    double *batch_counts; /* (K) of the running batch */
    double *last_counts;  /* (K) of the epoch before */
    int64_t epoch_rows;   /* rows seen in the running epoch */
    int64_t steps;
    int64_t done;
    train_loss loss;
    double started;
} trainer;

static cludi_status allocate(trainer *t, cludi_error *error)
{
    const trainer_args *a = t->args;
    const cludi_allocator *allocator = &a->be->allocator;
    const cludi_config *config = a->config;
    cludi_status status = row_order_init(&t->order, allocator, a->X, a->seed, error);
    if (status == CLUDI_OK)
        status = model_new(&t->model, allocator, a->X->cols, a->clusters, config, error);
    if (status != CLUDI_OK)
        return status;
    const train_shape shape = {
        .n = a->X->cols, .K = a->clusters, .specs = t->model->specs, .count = t->model->spec_count, .clock = &t->clock};
    status = train_step_init(&t->step, a->be, &shape, config, error);
    if (status != CLUDI_OK)
        return status;
    t->batch = alloc_array(allocator, config->N * a->X->cols, sizeof *t->batch);
    t->counts = alloc_zeroed(allocator, a->clusters, sizeof *t->counts);
    t->batch_counts = alloc_zeroed(allocator, a->clusters, sizeof *t->batch_counts);
    t->last_counts = alloc_zeroed(allocator, a->clusters, sizeof *t->last_counts);
    return t->batch && t->counts && t->batch_counts && t->last_counts ? CLUDI_OK
                                                                      : error_memory(error, "a batch of rows");
}

static void release(trainer *t)
{
    const cludi_allocator *allocator = &t->args->be->allocator;
    train_step_clear(&t->step);
    row_order_clear(&t->order);
    alloc_free(allocator, t->batch);
    alloc_free(allocator, t->counts);
    alloc_free(allocator, t->batch_counts);
    alloc_free(allocator, t->last_counts);
}

static int64_t count_steps(const trainer_args *a)
{
    if (a->config->epochs == 0)
        return a->config->steps;
    const double steps = ceil(a->config->epochs * (double)a->X->rows / a->config->N);
    return (int64_t)fmin(fmax(1, steps), MOST_STEPS);
}

static cludi_status load_batch(trainer *t, cludi_error *error)
{
    backend *be = t->args->be;
    const cludi_source *X = t->args->X;
    phase_clock_start(&t->clock, STEP_DATA);
    for (int64_t i = 0; i < t->step.N; i++) {
        float *row = t->batch + i * X->cols;
        const cludi_status status = rows_read(X, row_order_next(&t->order), 1, row, error);
        if (status != CLUDI_OK)
            return status;
        rows_scale(row, X->cols);
    }
    be->ops.copy_in(be, t->step.x, HOST_F32, t->batch);
    be->ops.unit_rows(be, t->step.x, t->step.x, 1);
    return CLUDI_OK;
}

/* Counts of this epoch so far; at its end they become those of the last epoch. */
static void update_counts(trainer *t)
{
    const int32_t K = t->args->clusters;
    if (t->epoch_rows >= t->args->X->rows) {
        memcpy(t->last_counts, t->counts, (size_t)K * sizeof *t->counts);
        memset(t->counts, 0, (size_t)K * sizeof *t->counts);
        t->epoch_rows = 0;
    }
    train_step_count(&t->step, t->batch_counts);
    for (int32_t k = 0; k < K; k++)
        t->counts[k] += t->batch_counts[k];
    t->epoch_rows += t->step.N * t->step.sum.processes;
}

static int32_t clusters_in_use(const trainer *t)
{
    int32_t used = 0;
    for (int32_t k = 0; k < t->args->clusters; k++)
        used += t->counts[k] + t->last_counts[k] > 0;
    return used;
}

static double largest_share(const trainer *t)
{
    double sum = 0, largest = 0;
    for (int32_t k = 0; k < t->args->clusters; k++) {
        sum += t->counts[k] + t->last_counts[k];
        largest = fmax(largest, t->counts[k] + t->last_counts[k]);
    }
    return sum > 0 ? largest / sum : 0;
}

static cludi_status report(const trainer *t, cludi_error *error)
{
    const cludi_progress progress = {.phase = "fit",
                                     .step = t->done,
                                     .steps = t->steps,
                                     .seconds = message_seconds() - t->started,
                                     .loss = t->loss.total,
                                     .embedding_loss = t->loss.embedding,
                                     .class_loss = t->loss.classes,
                                     .clusters_in_use = clusters_in_use(t),
                                     .clusters = t->args->clusters};
    if (message_progress(t->args->messages, &progress) == 0 || t->done == t->steps)
        return CLUDI_OK;
    return error_set(error, CLUDI_STOPPED, "Training was stopped after step %lld of %lld.", (long long)t->done,
                     (long long)t->steps);
}

static bool values_are_finite(const cludi_model *model)
{
    float sum = 0;
    for (int64_t i = 0; i < model->total; i++)
        sum += 0.0F * model->values[i];
    return sum == 0;
}

static cludi_status refuse_values(const trainer *t, cludi_error *error)
{
    return error_set(
        error, CLUDI_ERROR_DIVERGED,
        "Training ran into numbers that are not finite at step %lld of %lld; lr is %g, a smaller one may help.",
        (long long)(t->done < t->steps ? t->done + 1 : t->done), (long long)t->steps, t->args->config->lr);
}

static cludi_status one_step(trainer *t, cludi_error *error)
{
    const cludi_config *config = t->args->config;
    cludi_status status = load_batch(t, error);
    if (status != CLUDI_OK)
        return status;
    train_noise_draw(&t->step, t->args->seed, (uint32_t)t->done);
    status = train_step_gradient(&t->step, &t->loss, error);
    if (status != CLUDI_OK)
        return status;
    if (!isfinite(t->loss.total))
        return refuse_values(t, error);
    train_step_update(&t->step, lr_schedule(config->lr, t->done, t->steps, config->warmup), t->done + 1);
    t->done++;
    update_counts(t);
    return report(t, error);
}

static void finish_model(trainer *t)
{
    cludi_model_info *info = &t->model->info;
    param_set_copy_out(&t->step.params, HOST_F32, t->model->values);
    info->seed = t->args->seed;
    info->rows = t->args->X->rows;
    info->steps = t->done;
    info->loss = t->loss.total;
    info->clusters_in_use = clusters_in_use(t);
    info->largest_share = largest_share(t);
}

static void fill_profile(trainer *t, cludi_profile *profile)
{
    const double steps = (double)t->done;
    phase_clock_stop(&t->clock);
    if (!profile)
        return;
    *profile = (cludi_profile){sizeof *profile, t->args->be->threads, t->done, STEP_PHASES, {{0}}};
    for (step_phase i = 0; i < STEP_PHASES; i++)
        profile->phase[i] = (cludi_phase){step_cost_name(i), t->clock.total[i].wall, t->clock.total[i].processor,
                                          steps * step_cost_flop(t->args->config, t->args->X->cols, i)};
}

cludi_status trainer_run(const trainer_args *args, cludi_model **model, cludi_error *error)
{
    trainer t = {.args = args, .started = message_seconds(), .steps = count_steps(args)};
    (void)args->be->ops.finish(args->be, NULL); /* forget what a call that failed left unreported */
    phase_clock_start(&t.clock, STEP_SETUP);
    cludi_status status = allocate(&t, error);
    *model = NULL;
    if (status == CLUDI_OK) {
        param_specs_initialize(t.model->specs, t.model->spec_count, args->seed, t.model->values);
        param_set_copy_in(&t.step.params, HOST_F32, t.model->values);
        row_order_warn(&t.order, args->messages);
    }
    while (status == CLUDI_OK && t.done < t.steps)
        status = one_step(&t, error);
    /* A read can ask to stop before there is anything to keep. */
    const bool stopped = status == CLUDI_STOPPED && t.done > 0;
    if (status == CLUDI_OK || stopped) {
        finish_model(&t);
        status = values_are_finite(t.model) ? status : refuse_values(&t, error);
    }
    if (status == CLUDI_OK || (stopped && status == CLUDI_STOPPED)) {
        *model = t.model;
        t.model = NULL;
    }
    fill_profile(&t, args->profile);
    model_free(t.model);
    release(&t);
    return status;
}
