#include "fit_loop.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "bounds.h"
#include "checkpoint.h"
#include "error.h"
#include "fit_check.h"

typedef struct fit_loop {
    const fit_args *args;
    const method *how;
    cludi_config adapted; /* the caller's, as the method wants it: for the training data */
    cludi_config config;  /* the caller's, without auto */
    training_data data;
    cludi_model *model;
    method_fit fit;
    void *self; /* of the method */
    phase_clock clock;
    stopping stopping;
    checkpoint checkpoint;
    int32_t *probe[2]; /* (batch_rows) clusters of the probe's rows, now and before */
    int64_t probe_rows;
    bool probed;
    int64_t done, first;     /* steps; those before this run */
    method_report report;    /* of the last step; its counts are owned */
    cludi_progress progress; /* as it was told last */
    double started;
} fit_loop;

/* ---- set-up ---- */

static cludi_status make_data(fit_loop *t, cludi_error *error)
{
    const fit_args *a = t->args;
    t->adapted = t->config = *a->config;
    if (t->how->adapt)
        t->how->adapt(t->how, &t->adapted);
    const training_data_args args = {.be = a->be,
                                     .messages = a->messages,
                                     .X = a->X,
                                     .config = &t->adapted,
                                     .clusters = a->clusters,
                                     .seed = a->seed,
                                     .writer = a->writer,
                                     .needs = t->how->needs,
                                     .spaces = a->spaces,
                                     .takes_mean = t->how->takes_mean};
    const cludi_status status = training_data_init(&t->data, &args, error);
    t->config.preprocessing = t->data.kind;
    return status;
}

static cludi_status check_processes(const fit_loop *t, cludi_error *error)
{
    const int32_t processes = reducer_processes(t->args->sum);
    if (processes > 1 && !t->how->total)
        return error_set(error, CLUDI_ERROR_UNSUPPORTED, "Several processes cannot train one model of the method %s.",
                         t->how->name);
    if (t->args->config->batch_size % processes != 0)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "batch_size is %d; it must be a multiple of the number of processes, %d.",
                         (int)t->args->config->batch_size, (int)processes);
    return CLUDI_OK;
}

static cludi_status check_spaces(const fit_loop *t, cludi_error *error)
{
    const feature_spaces *spaces = &t->args->spaces;
    int64_t columns = 0;
    for (int32_t i = 0; i < spaces->count; i++)
        columns += spaces->width[i];
    if (spaces->count > 1 && !t->how->has_spaces)
        return error_set(error, CLUDI_ERROR_UNSUPPORTED, "The method %s takes one space of features, not %d.",
                         t->how->name, (int)spaces->count);
    if (spaces->count > 0 && columns != t->args->X->cols)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "The spaces have %lld columns together, but X has %lld.",
                         (long long)columns, (long long)t->args->X->cols);
    return CLUDI_OK;
}

/* Coordinates are made of all columns at once. */
static cludi_status check_kind(const fit_loop *t, cludi_error *error)
{
    if (t->args->spaces.count < 2 || t->data.kind != CLUDI_PREPROCESSING_COORDINATES)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_ARGUMENT,
                     "Several spaces of features want preprocessing unit or directions, not coordinates.");
}

static cludi_status make_model(fit_loop *t, cludi_error *error)
{
    const fit_args *a = t->args;
    TRY(make_data(t, error));
    TRY(check_kind(t, error));
    TRY(model_new(&t->model, &a->be->allocator,
                  &(model_shape){a->X->cols, a->X->rows, a->clusters, &t->config, a->spaces}, error));
    if (t->data.map_numbers > 0)
        memcpy(t->model->input, t->data.map_values, (size_t)t->data.map_numbers * sizeof(float));
    t->fit = (method_fit){.how = t->how,
                          .be = a->be,
                          .messages = a->messages,
                          .config = &t->config,
                          .seed = a->seed,
                          .clusters = a->clusters,
                          .data = &t->data,
                          .specs = t->model->specs,
                          .spec_count = t->model->first_input,
                          .clock = &t->clock,
                          .sum = a->sum,
                          .started = t->started};
    return CLUDI_OK;
}

static cludi_status allocate_host(fit_loop *t, cludi_error *error)
{
    const cludi_allocator *allocator = &t->args->be->allocator;
    t->probe_rows = t->how->batch_rows(&t->config, t->args->X->rows);
    t->report.counts = alloc_zeroed(allocator, t->args->clusters, sizeof *t->report.counts);
    for (int i = 0; i < 2; i++)
        t->probe[i] = alloc_zeroed(allocator, t->probe_rows, sizeof(int32_t));
    const bool complete = t->report.counts && t->probe[0] && t->probe[1];
    return complete ? CLUDI_OK : error_memory(error, "a batch of rows");
}

static cludi_status open(fit_loop *t, cludi_error *error)
{
    t->stopping = stopping_begin(t->how, &t->config, t->args->X->rows);
    cludi_status status = t->how->open(&t->self, &t->fit, error);
    if (status == CLUDI_OK)
        status = stop_request_check(t->args->be->stop, error);
    if (status == CLUDI_OK)
        status = allocate_host(t, error);
    const checkpoint_view view = {&t->fit, t->self, &t->stopping, t->probe[1], t->probe_rows, &t->probed, &t->done};
    if (status == CLUDI_OK)
        status = checkpoint_begin(&t->checkpoint, t->args->writer, &view, error);
    t->first = t->done;
    return status;
}

static void close_method(fit_loop *t)
{
    if (t->self)
        t->how->close(t->self);
    t->self = NULL;
}

static void release(fit_loop *t)
{
    const cludi_allocator *allocator = &t->args->be->allocator;
    checkpoint_end(&t->checkpoint);
    close_method(t);
    training_data_clear(&t->data);
    model_free(t->model);
    alloc_free(allocator, t->report.counts);
    alloc_free(allocator, t->probe[0]);
    alloc_free(allocator, t->probe[1]);
}

/* ---- what is told ---- */

static cludi_status refuse_stopped(const fit_loop *t, cludi_error *error)
{
    if (t->done == 0)
        return error_set(error, CLUDI_STOPPED, "Training was stopped before its first step.");
    return error_set(error, CLUDI_STOPPED, "Training was stopped after step %lld of %lld.", (long long)t->done,
                     (long long)t->stopping.steps);
}

static cludi_status refuse_values(const fit_loop *t, cludi_error *error)
{
    const long long at = t->done < t->stopping.steps ? t->done + 1 : t->done, steps = t->stopping.steps;
    if (t->how->parameters)
        return error_set(error, CLUDI_ERROR_DIVERGED,
                         "Training ran into numbers that are not finite at step %lld of %lld of the method %s.", at,
                         steps, t->how->name);
    return error_set(
        error, CLUDI_ERROR_DIVERGED,
        "Training ran into numbers that are not finite at step %lld of %lld; lr is %g, a smaller one may help.", at,
        steps, t->config.lr);
}

static void describe(fit_loop *t)
{
    method_report *r = &t->report;
    double sum = 0, largest = 0;
    int32_t used = 0;
    t->how->report(t->self, r);
    for (int32_t k = 0; k < t->args->clusters; k++) {
        sum += r->counts[k];
        largest = fmax(largest, r->counts[k]);
        used += r->counts[k] > 0;
    }
    t->progress = (cludi_progress){.phase = CLUDI_PHASE_FIT,
                                   .step = t->done,
                                   .steps = t->stopping.steps,
                                   .seconds = message_seconds() - t->started,
                                   .loss = r->loss,
                                   .embedding_loss = r->embedding_loss,
                                   .class_loss = r->class_loss,
                                   .clusters_in_use = used,
                                   .clusters = t->args->clusters,
                                   .largest_share = sum > 0 ? largest / sum : 0,
                                   .confidence = r->confidence};
}

static cludi_status tell(fit_loop *t, cludi_error *error)
{
    describe(t);
    const bool goes_on = message_progress(t->args->messages, &t->progress) == 0 || t->done == t->stopping.steps;
    return goes_on ? CLUDI_OK : refuse_stopped(t, error);
}

/* ---- steps ---- */

/* The probe: the first rows of the canonical order, which are as good as random; how many have changed cluster. */
static cludi_status take_probe(fit_loop *t, cludi_error *error)
{
    const int64_t rows = min_int(t->data.sample_rows, t->probe_rows);
    const int64_t own = t->probe_rows / reducer_processes(t->args->sum),
                  first = (t->args->sum ? t->args->sum->rank : 0) * own;
    double changed = 0;
    if (t->done != t->stopping.next_probe)
        return CLUDI_OK;
    phase_clock_start(&t->clock, STEP_REPORT);
    TRY(t->how->probe(t->self, t->probe[0], error));
    for (int64_t i = 0; i < own && first + i < rows; i++)
        changed += t->probe[0][i] != t->probe[1][i];
    changed = t->how->total ? t->how->total(t->self, changed) : changed;
    stopping_probe(&t->stopping, t->done, t->probed ? changed / (double)rows : 1);
    t->probed = true;
    memcpy(t->probe[1], t->probe[0], (size_t)t->probe_rows * sizeof(int32_t));
    return CLUDI_OK;
}

/* Once the last step is done nothing but its beginning can be gone on from. */
static cludi_status one_step(fit_loop *t, cludi_error *error)
{
    TRY(take_probe(t, error));
    if (t->args->writer && t->done + 1 == t->stopping.steps)
        checkpoint_store(&t->checkpoint);
    const method_step at = {t->done, t->stopping.steps, stopping_rate(&t->stopping, t->done)};
    cludi_status status = t->how->step(t->self, &at, error);
    if (status == CLUDI_ERROR_DIVERGED)
        return refuse_values(t, error);
    if (status != CLUDI_OK)
        return status;
    t->done++;
    checkpoint_mark(&t->checkpoint);
    status = tell(t, error);
    if (status == CLUDI_OK)
        checkpoint_when_due(&t->checkpoint);
    return status;
}

static bool values_are_finite(const cludi_model *model)
{
    float sum = 0;
    for (int64_t i = 0; i < model->total; i++)
        sum += 0.0F * model->values[i];
    return sum == 0;
}

static void fill_info(fit_loop *t, const method_result *result)
{
    cludi_model_info *info = &t->model->info;
    info->seed = t->args->seed;
    info->rows = t->args->X->rows;
    info->steps = result->steps;
    info->loss = result->loss;
    info->clusters_in_use = result->clusters_in_use;
    info->largest_share = result->largest_share;
    info->confidence = result->confidence;
    t->model->check = (model_check){.rows = t->data.order.digest};
}

static cludi_status fill_model(fit_loop *t, cludi_error *error)
{
    const cludi_progress *last = &t->progress;
    if (t->done == t->first)
        describe(t);
    fill_info(t, &(method_result){t->done, last->loss, last->clusters_in_use, last->largest_share, last->confidence});
    t->how->copy_out(t->self, t->model->values);
    return values_are_finite(t->model) ? CLUDI_OK : refuse_values(t, error);
}

/* The sentence stays that of the stop, unless keeping fails; a source that ended the training has its own. */
static cludi_status end_stopped(fit_loop *t, cludi_error *error)
{
    checkpoint *c = &t->checkpoint;
    cludi_status status = CLUDI_OK;
    if (stop_request_stopped(t->args->be->stop) && !t->how->fit_whole)
        (void)refuse_stopped(t, error);
    if (t->done == 0)
        status = training_data_keep_start(&t->data, error);
    if (t->done == 0 || !t->args->writer || t->done <= c->written)
        return status == CLUDI_OK ? CLUDI_STOPPED : status;
    if (t->done < t->stopping.steps)
        checkpoint_store(c);
    close_method(t); /* its memory is of more use to the file that is written now */
    if (c->state.number[STATE_DONE] > c->written)
        status = checkpoint_write(c, error);
    return status == CLUDI_OK ? CLUDI_STOPPED : status;
}

static void fill_profile(fit_loop *t, cludi_profile *profile)
{
    phase_clock_stop(&t->clock);
    *profile = (cludi_profile){sizeof *profile, t->args->be->threads, t->done - t->first, 0, {{0}}};
    for (step_phase i = 0; i < STEP_PHASES; i++)
        if (t->clock.total[i].wall > 0)
            profile->phase[profile->phases++] =
                (cludi_phase){step_phase_name(i), t->clock.total[i].wall, t->clock.total[i].processor,
                              t->self ? t->how->flop(t->self, i) : 0};
}

static cludi_status fit_in_steps(fit_loop *t, cludi_error *error)
{
    cludi_status status = open(t, error);
    while (status == CLUDI_OK && t->done < t->stopping.steps)
        status = one_step(t, error);
    if (status == CLUDI_OK || (status == CLUDI_STOPPED && t->done > 0)) {
        const cludi_status filled = fill_model(t, error);
        status = filled == CLUDI_OK ? status : filled;
    }
    return status;
}

static cludi_status fit_whole(fit_loop *t, cludi_error *error)
{
    method_result result = {0};
    const cludi_status status = t->how->fit_whole(&t->fit, t->model->values, &result, error);
    fill_info(t, &result);
    if (status == CLUDI_OK && !values_are_finite(t->model))
        return error_set(error, CLUDI_ERROR_DIVERGED, "The method %s ended in numbers that are not finite.",
                         t->how->name);
    return status;
}

static cludi_status take_check(fit_loop *t, cludi_error *error)
{
    const fit_check_args args = {t->args->be, t->args->seed, t->model, t->args->X, &t->data.order};
    return fit_check_take(&args, &t->model->check, error);
}

cludi_status fit_loop_run(const fit_args *args, cludi_model **model, cludi_error *error)
{
    fit_loop t = {.args = args, .how = method_of(args->config), .started = message_seconds()};
    TRY(check_processes(&t, error));
    TRY(check_spaces(&t, error));
    backend_forget(args->be);
    phase_clock_start(&t.clock, STEP_SETUP);
    cludi_status status = make_model(&t, error);
    if (status == CLUDI_OK)
        status = t.how->fit_whole ? fit_whole(&t, error) : fit_in_steps(&t, error);
    if (status == CLUDI_OK)
        status = take_check(&t, error);
    if (args->profile)
        *args->profile = (cludi_profile){0};
    if (args->profile && !t.how->fit_whole)
        fill_profile(&t, args->profile);
    if (status == CLUDI_STOPPED)
        status = end_stopped(&t, error);
    const bool usable = status == CLUDI_OK || (status == CLUDI_STOPPED && t.done > 0);
    *model = usable ? t.model : NULL;
    t.model = usable ? NULL : t.model;
    release(&t);
    return status;
}
