#include "fit_loop.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "batch.h"
#include "checkpoint.h"
#include "error.h"
#include "fit_check.h"
#include "step.h"
#include "stopping.h"

static const double SURE = 0.9; /* probability of a row's cluster in the first partition */

typedef struct trainer {
    const fit_args *args;
    cludi_model *model;
    phase_clock clock;
    training_data data;
    cludi_config config; /* the caller's, without auto */
    train_step step;
    batch batch;
    stopping stopping;
    float *given;      /* (N, K) logits of the first partition */
    int32_t *probe[2]; /* (N) clusters of the probe's rows, now and before */
    bool probed;
    double *counts;       /* (K) rows per cluster of the running epoch */
    double *batch_counts; /* (K) of the running batch */
    double *last_counts;  /* (K) of the epoch before */
    int64_t epoch_rows;   /* rows seen in the running epoch */
    int64_t done;
    int64_t first;  /* step that this run began with */
    int64_t taught; /* steps of this run in which the network was the teacher */
    row_mark mark;  /* when the running step began */
    checkpoint_state state;
    int64_t kept;       /* steps at the last time that the state was kept */
    int64_t tried;      /* steps at the last time that it should have been */
    double kept_at;     /* seconds, of that */
    cludi_error warned; /* why it was not kept, as it was said last */
    double confidence;  /* of the last step */
    train_loss loss;
    double started;
} trainer;

static cludi_status new_model(trainer *t, cludi_error *error)
{
    const cludi_status status =
        model_new(&t->model, &t->args->be->allocator, t->args->X->cols, t->args->clusters, &t->config, error);
    if (status == CLUDI_OK && t->data.map_numbers > 0)
        memcpy(t->model->input, t->data.map_values, (size_t)t->data.map_numbers * sizeof(float));
    return status;
}

static cludi_status allocate_host(trainer *t, cludi_error *error)
{
    const cludi_allocator *allocator = &t->args->be->allocator;
    const int32_t K = t->args->clusters;
    t->given = alloc_array(allocator, (int64_t)t->config.batch_size * K, sizeof *t->given);
    t->counts = alloc_zeroed(allocator, K, sizeof *t->counts);
    t->batch_counts = alloc_zeroed(allocator, K, sizeof *t->batch_counts);
    t->last_counts = alloc_zeroed(allocator, K, sizeof *t->last_counts);
    for (int i = 0; i < 2; i++)
        t->probe[i] = alloc_zeroed(allocator, t->config.batch_size, sizeof(int32_t));
    const bool complete = t->given && t->counts && t->batch_counts && t->last_counts && t->probe[0] && t->probe[1];
    return complete ? CLUDI_OK : error_memory(error, "a batch of rows");
}

static cludi_status prepare(trainer *t, cludi_error *error)
{
    const fit_args *a = t->args;
    const training_data_args args = {a->be, a->messages, a->X, a->config, a->clusters, a->seed, a->writer};
    const cludi_status status = training_data_init(&t->data, &args, error);
    t->config = *a->config;
    t->config.preprocessing = t->data.kind;
    t->stopping = stopping_begin(&t->config, a->X->rows);
    return status;
}

static batch_share share_of(const trainer *t)
{
    return (batch_share){t->step.sum.rank * t->step.N, t->step.N, t->config.batch_size};
}

static cludi_status check_processes(const fit_args *a, cludi_error *error)
{
    const int32_t processes = reducer_processes(a->sum);
    if (a->config->batch_size % processes == 0)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_ARGUMENT, "batch_size is %d; %d processes want a multiple of their number.",
                     (int)a->config->batch_size, (int)processes);
}

static cludi_status allocate(trainer *t, cludi_error *error)
{
    cludi_status status = check_processes(t->args, error);
    if (status == CLUDI_OK)
        status = prepare(t, error);
    if (status == CLUDI_OK)
        status = new_model(t, error);
    if (status != CLUDI_OK)
        return status;
    const train_shape shape = {.n = t->data.map.width,
                               .K = t->args->clusters,
                               .specs = t->model->specs,
                               .count = t->model->first_input,
                               .clock = &t->clock,
                               .sum = t->args->sum};
    status = train_step_init(&t->step, t->args->be, &shape, &t->config, error);
    if (status == CLUDI_OK)
        status = batch_init(&t->batch, &t->data, t->args->be, share_of(t), error);
    return status == CLUDI_OK ? allocate_host(t, error) : status;
}

static void release(trainer *t)
{
    const cludi_allocator *allocator = &t->args->be->allocator;
    void *const host[] = {t->given, t->counts, t->batch_counts, t->last_counts, t->probe[0], t->probe[1]};
    train_step_clear(&t->step);
    batch_clear(&t->batch);
    training_data_clear(&t->data);
    checkpoint_state_clear(&t->state);
    for (size_t i = 0; i < sizeof host / sizeof *host; i++)
        alloc_free(allocator, host[i]);
}

/* The first partition as the teacher's logits: SURE for a row's cluster, the rest for all alike. */
static void fill_init_logits(trainer *t)
{
    const int32_t K = t->args->clusters;
    const float other = (float)(t->config.temperature * log((1 - SURE) / K));
    const float own = (float)(t->config.temperature * log(SURE + (1 - SURE) / K));
    for (int64_t i = 0; i < t->step.N; i++)
        for (int32_t k = 0; k < K; k++)
            t->given[i * K + k] = t->data.start[t->batch.place[i]] == k ? own : other;
    t->args->be->ops.copy_in(t->args->be, t->step.init_logits, HOST_F32, t->given);
}

static cludi_status load_batch(trainer *t, cludi_error *error)
{
    backend *be = t->args->be;
    phase_clock_start(&t->clock, STEP_DATA);
    t->step.given = t->data.start && (t->data.init_is_teacher || t->done < t->config.init_steps);
    row_order_reach(&t->data.order, t->step.given ? t->data.sample_rows : t->args->X->rows);
    const cludi_status status = batch_load(&t->batch, (uint32_t)t->done, error);
    if (status != CLUDI_OK)
        return status;
    be->ops.copy_in(be, t->step.x, HOST_F32, t->batch.teacher);
    be->ops.copy_in(be, t->step.views, HOST_F32, t->batch.views);
    if (t->step.given)
        fill_init_logits(t);
    return CLUDI_OK;
}

/* The probe: the first rows of the canonical order, which are as good as random; how many have changed cluster. */
static cludi_status take_probe(trainer *t, cludi_error *error)
{
    backend *be = t->args->be;
    const int64_t rows = t->data.sample_rows < t->config.batch_size ? t->data.sample_rows : t->config.batch_size;
    const int64_t first = t->step.sum.rank * t->step.N;
    int32_t *now = t->probe[0], changed = 0;
    if (t->done != t->stopping.next_probe)
        return CLUDI_OK;
    phase_clock_start(&t->clock, STEP_REPORT);
    for (int64_t i = 0; i < t->step.N; i++)
        input_map_lift(&t->data.map, t->data.sample + (first + i) % rows * t->data.map.cols,
                       t->batch.teacher + i * t->data.map.width);
    be->ops.copy_in(be, t->step.x, HOST_F32, t->batch.teacher);
    const cludi_status status = train_step_assign(&t->step, now, error);
    if (status != CLUDI_OK)
        return status;
    for (int64_t i = 0; i < t->step.N && first + i < rows; i++)
        changed += now[i] != t->probe[1][i];
    stopping_probe(&t->stopping, t->done, t->probed ? train_step_total(&t->step, changed) / (double)rows : 1);
    t->probed = true;
    t->probe[0] = t->probe[1];
    t->probe[1] = now;
    return CLUDI_OK;
}

/* Shares of the clusters in the first partition, drawn towards 1 / K where they are nearly that: for a divergence D (Kullback and Leibler)
   of the shares from 1 / K, pi_k goes with share_k^alpha, alpha = D^2 / (D^2 + EVEN^2). */
static void expect_sizes(trainer *t)
{
    static const double EVEN = 0.05;
    const int32_t K = t->args->clusters;
    const int64_t rows = t->data.sample_rows;
    double *share = t->counts, divergence = 0, sum = 0;
    if (!t->data.start || t->config.cluster_sizes == CLUDI_CLUSTER_SIZES_EQUAL)
        return;
    for (int64_t i = 0; i < rows; i++)
        share[t->data.start[i]] += 1;
    for (int32_t k = 0; k < K; k++)
        divergence += share[k] > 0 ? share[k] / (double)rows * log(share[k] / (double)rows * K) : 0;
    const double alpha = divergence * divergence / (divergence * divergence + EVEN * EVEN);
    for (int32_t k = 0; k < K; k++) {
        share[k] = pow((share[k] + 0.5) / ((double)rows + 0.5 * K), alpha);
        sum += share[k];
    }
    for (int32_t k = 0; k < K; k++)
        share[k] = -log(K * share[k] / sum);
    t->args->be->ops.copy_in(t->args->be, t->step.classes.expected, HOST_F64, share);
    memset(share, 0, (size_t)K * sizeof *share);
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
    t->confidence = train_step_count(&t->step, t->batch_counts);
    for (int32_t k = 0; k < K; k++)
        t->counts[k] += t->batch_counts[k];
    t->epoch_rows += t->config.batch_size;
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

static cludi_status refuse_stopped(const trainer *t, cludi_error *error)
{
    if (t->done == 0)
        return error_set(error, CLUDI_STOPPED, "Training was stopped before its first step.");
    return error_set(error, CLUDI_STOPPED, "Training was stopped after step %lld of %lld.", (long long)t->done,
                     (long long)t->stopping.steps);
}

static cludi_status report(const trainer *t, cludi_error *error)
{
    const cludi_progress progress = {.phase = CLUDI_PHASE_FIT,
                                     .step = t->done,
                                     .steps = t->stopping.steps,
                                     .seconds = message_seconds() - t->started,
                                     .loss = t->loss.total,
                                     .embedding_loss = t->loss.embedding,
                                     .class_loss = t->loss.classes,
                                     .clusters_in_use = clusters_in_use(t),
                                     .clusters = t->args->clusters,
                                     .largest_share = largest_share(t),
                                     .confidence = t->confidence};
    const bool goes_on = message_progress(t->args->messages, &progress) == 0 || t->done == t->stopping.steps;
    return goes_on ? CLUDI_OK : refuse_stopped(t, error);
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
        (long long)(t->done < t->stopping.steps ? t->done + 1 : t->done), (long long)t->stopping.steps,
        t->args->config->lr);
}

/* ---- what is kept to go on from ---- */

static checkpoint_view view_of(trainer *t)
{
    return (checkpoint_view){.data = &t->data,
                             .step = &t->step,
                             .stopping = &t->stopping,
                             .probe = t->probe[1],
                             .probed = &t->probed,
                             .counts = t->counts,
                             .last_counts = t->last_counts,
                             .epoch_rows = &t->epoch_rows,
                             .done = &t->done};
}

static cludi_status begin_keeping(trainer *t, cludi_error *error)
{
    const checkpoint_writer *writer = t->args->writer;
    t->kept_at = message_seconds();
    if (!writer)
        return CLUDI_OK;
    t->state = (checkpoint_state){.total = param_specs_total(t->model->specs, t->model->first_input),
                                  .start_rows = t->data.start ? t->data.sample_rows : 0,
                                  .probe_rows = t->step.N,
                                  .clusters = t->args->clusters};
    cludi_status status = checkpoint_state_allocate(&t->state, &t->args->be->allocator, error);
    const checkpoint_view view = view_of(t);
    if (status == CLUDI_OK && writer->from)
        status = checkpoint_load(&view, writer->from, writer->name, error);
    t->first = t->kept = t->tried = t->done;
    return status;
}

static void copy_state(trainer *t)
{
    const checkpoint_view view = view_of(t);
    checkpoint_store(&view, &t->mark, &t->state);
}

/* Hands over what copy_state copied last. */
static cludi_status keep_state(trainer *t, cludi_error *error)
{
    const cludi_status status = t->args->writer->write(t->args->writer->user, &t->state, error);
    t->kept = status == CLUDI_OK ? t->state.number[STATE_DONE] : t->kept;
    t->tried = t->done;
    t->kept_at = message_seconds();
    return status;
}

static cludi_status write_checkpoint(trainer *t, cludi_error *error)
{
    phase_clock_start(&t->clock, STEP_REPORT);
    copy_state(t);
    return keep_state(t, error);
}

static bool is_checkpoint_due(const trainer *t)
{
    const checkpoint_writer *writer = t->args->writer;
    if (!writer || t->done == t->stopping.steps)
        return false;
    return (writer->every_steps > 0 && t->done - t->tried >= writer->every_steps) ||
           (writer->every_seconds > 0 && message_seconds() - t->kept_at >= writer->every_seconds);
}

/* A full disk does not end a training: the next time may go well. What is said once is known. */
static void keep_or_warn(trainer *t)
{
    cludi_error why = {0};
    if (!is_checkpoint_due(t) || write_checkpoint(t, &why) == CLUDI_OK || strcmp(why.message, t->warned.message) == 0)
        return;
    message_log(t->args->messages, CLUDI_LOG_WARNING, "The state of the training was not kept: %s", why.message);
    t->warned = why;
}

static void mark_rows(trainer *t)
{
    t->mark = (row_mark){t->data.order.epoch, t->data.order.next, t->data.order.reach};
}

/* What a step leaves is changed by train_step_update() and what follows alone: before it a stop throws the step away.
   Once the last step is done nothing but its beginning can be gone on from. */
static cludi_status one_step(trainer *t, cludi_error *error)
{
    cludi_status status = take_probe(t, error);
    if (status == CLUDI_OK && t->args->writer && t->done + 1 == t->stopping.steps)
        copy_state(t);
    if (status == CLUDI_OK)
        status = load_batch(t, error);
    if (status != CLUDI_OK)
        return status;
    train_noise_draw(&t->step, t->args->seed, (uint32_t)t->done);
    status = train_step_gradient(&t->step, &t->loss, error);
    if (status != CLUDI_OK)
        return status;
    if (!isfinite(t->loss.total))
        return refuse_values(t, error);
    train_step_update(&t->step, stopping_rate(&t->stopping, t->done), t->done + 1);
    t->done++;
    t->taught += !t->step.given;
    update_counts(t);
    mark_rows(t);
    return report(t, error);
}

static cludi_status fill_model(trainer *t, cludi_error *error)
{
    cludi_model_info *info = &t->model->info;
    param_set_copy_out(&t->step.params, HOST_F32, t->model->values);
    info->seed = t->args->seed;
    info->rows = t->args->X->rows;
    info->steps = t->done;
    info->loss = t->loss.total;
    info->clusters_in_use = clusters_in_use(t);
    info->largest_share = largest_share(t);
    info->confidence = t->confidence;
    if (!values_are_finite(t->model))
        return refuse_values(t, error);
    t->model->check = (model_check){.rows = t->data.order.digest};
    return CLUDI_OK;
}

static cludi_status take_check(trainer *t, cludi_error *error)
{
    const fit_check_args args = {t->args->be, t->args->seed, t->model, t->args->X, &t->data.order};
    return fit_check_take(&args, &t->model->check, error);
}

static void fill_profile(trainer *t, cludi_profile *profile)
{
    phase_clock_stop(&t->clock);
    if (!profile)
        return;
    *profile = (cludi_profile){sizeof *profile, t->args->be->threads, t->done - t->first, STEP_PHASES, {{0}}};
    for (step_phase i = 0; i < STEP_PHASES; i++)
        profile->phase[i] = (cludi_phase){step_cost_name(i), t->clock.total[i].wall, t->clock.total[i].processor,
                                          (double)(i == STEP_TEACHER ? t->taught : t->done - t->first) *
                                              step_cost_flop(t->args->config, t->data.map.width, i)};
}

/* The sentence stays that of the stop, unless keeping fails; a source that ended the training has its own. */
static cludi_status end_stopped(trainer *t, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    if (stop_request_stopped(t->args->be->stop))
        (void)refuse_stopped(t, error);
    if (!t->args->writer || t->done <= t->kept)
        return CLUDI_STOPPED;
    if (t->done < t->stopping.steps)
        status = write_checkpoint(t, error);
    else if (t->state.number[STATE_DONE] > t->kept)
        status = keep_state(t, error);
    return status == CLUDI_OK ? CLUDI_STOPPED : status;
}

cludi_status fit_loop_run(const fit_args *args, cludi_model **model, cludi_error *error)
{
    trainer t = {.args = args, .started = message_seconds()};
    (void)args->be->ops.finish(args->be, NULL); /* forget what a call that failed left unreported */
    phase_clock_start(&t.clock, STEP_SETUP);
    cludi_status status = allocate(&t, error);
    *model = NULL;
    if (status == CLUDI_OK) {
        param_specs_initialize(t.model->specs, t.model->first_input, args->seed, t.model->values);
        param_set_copy_in(&t.step.params, HOST_F32, t.model->values);
        expect_sizes(&t);
        status = begin_keeping(&t, error);
        mark_rows(&t);
    }
    while (status == CLUDI_OK && t.done < t.stopping.steps) {
        status = one_step(&t, error);
        if (status == CLUDI_OK)
            keep_or_warn(&t);
    }
    if (status == CLUDI_OK || (status == CLUDI_STOPPED && t.done > 0)) {
        const cludi_status filled = fill_model(&t, error);
        status = filled == CLUDI_OK ? status : filled;
    }
    if (status == CLUDI_OK)
        status = take_check(&t, error);
    if (status == CLUDI_STOPPED)
        status = end_stopped(&t, error);
    if (status == CLUDI_OK || (status == CLUDI_STOPPED && t.done > 0)) {
        *model = t.model;
        t.model = NULL;
    }
    fill_profile(&t, args->profile);
    model_free(t.model);
    release(&t);
    return status;
}
