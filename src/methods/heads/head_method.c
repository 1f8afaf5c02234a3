#include "head_method.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "batch.h"
#include "bounds.h"
#include "error.h"
#include "head_step.h"

static const double LATE = 0.1; /* share of the steps over which the heads' losses are compared */

const char *const HEAD_PARAMETERS[] = {"method", "preprocessing", "steps", "epochs", NULL};

typedef struct head_fit {
    const method_fit *fit;
    const head_recipe *how;
    batch rows;
    head_step step;
    double *late;      /* (heads) mean losses */
    double *counts;    /* (2 K) of the best head */
    float *answers;    /* (N, K) */
    float *states;     /* (heads, head_state) what the heads have beside their weights, when the running step began */
    bool in_step;      /* a step that may yet be thrown away has changed it */
    double epoch_rows; /* rows seen in the running epoch */
    double best;       /* head of least loss so far */
    int64_t taken, labeled;
} head_fit;

const head_recipe *head_recipe_of(const method *how)
{
    return how->recipe;
}

mlp_head_shape head_recipe_shape(const head_recipe *how, int64_t width, int64_t K)
{
    return (mlp_head_shape){width, how->hidden, K};
}

void head_adapt(const method *how, cludi_config *config)
{
    config->n_neighbors = head_recipe_of(how)->neighbors;
    config->init_runs = 0;
}

int head_method_specs(const method *how, param_spec *specs, const method_shape *wanted)
{
    const head_recipe *recipe = head_recipe_of(how);
    int count = 0;
    for (int32_t s = 0; s < input_map_spaces(wanted->map); s++) {
        const mlp_head_shape shape = head_recipe_shape(recipe, input_map_space_width(wanted->map, s), wanted->clusters);
        const int own = mlp_head_specs(specs + count, &shape);
        const char suffix[] = {'.', (char)('0' + s), 0}; /* there are four spaces at most */
        for (int i = 0; s > 0 && i < own; i++)
            strcat(specs[count + i].name, suffix);
        count += own;
    }
    return count;
}

int64_t head_batch_rows(const cludi_config *config, int64_t rows)
{
    (void)config;
    return head_batch(rows);
}

int64_t head_usual_steps(const method *how, int64_t rows)
{
    return head_steps(head_recipe_of(how), rows);
}

/* The step at which the best head begins to learn its own labels; `steps` without. */
static int64_t labeling_begins(const head_recipe *how, int64_t steps)
{
    return steps - (int64_t)(how->labeling * (double)steps);
}

int64_t head_first_steps(const method *how, const cludi_config *config, int64_t steps)
{
    (void)config;
    return head_recipe_of(how)->labeling > 0 ? labeling_begins(head_recipe_of(how), steps) : 0;
}

int64_t head_rows_read(const method *how, int32_t neighbors)
{
    (void)neighbors;
    return head_recipe_of(how)->neighbors > 0 ? 2 : 1;
}

/* ---- set-up ---- */

/* Numbers of head_step_states() for all heads. */
static int64_t states_count(const head_fit *f)
{
    return f->how->heads * 3 * (int64_t)f->fit->clusters;
}

static cludi_status init_host(head_fit *f, cludi_error *error)
{
    const cludi_allocator *allocator = &f->fit->be->allocator;
    const int64_t K = f->fit->clusters;
    f->late = alloc_zeroed(allocator, f->how->heads, sizeof *f->late);
    f->counts = alloc_zeroed(allocator, 2 * K, sizeof *f->counts);
    f->answers = alloc_array(allocator, f->step.N * K, sizeof *f->answers);
    f->states = alloc_zeroed(allocator, states_count(f), sizeof *f->states);
    const bool complete = f->late && f->counts && f->answers && f->states;
    return complete ? CLUDI_OK : error_memory(error, "the scores of the heads");
}

cludi_status head_open(void **self, const method_fit *fit, cludi_error *error)
{
    head_fit *f = alloc_zeroed(&fit->be->allocator, 1, sizeof *f);
    *self = f;
    if (!f)
        return error_memory(error, "the training");
    f->fit = fit;
    f->how = head_recipe_of(fit->how);
    const mlp_head_shape shape = head_recipe_shape(f->how, fit->data->map.width, fit->clusters);
    const int64_t N = head_batch(fit->data->args.X->rows);
    const batch_shape rows = {.kind = f->how->neighbors > 0 ? BATCH_PAIRED : BATCH_PLAIN, .share = {0, N, N}};
    cludi_status status = head_step_init(&f->step, fit->be, f->how, &shape, N, fit->seed, error);
    f->step.clock = fit->clock;
    if (status == CLUDI_OK)
        status = batch_init(&f->rows, fit->data, fit->be, &rows, error);
    return status == CLUDI_OK ? init_host(f, error) : status;
}

void head_close(void *self)
{
    head_fit *f = self;
    const cludi_allocator *allocator = &f->fit->be->allocator;
    void *const host[] = {f->late, f->counts, f->answers, f->states};
    head_step_clear(&f->step);
    batch_clear(&f->rows);
    for (size_t i = 0; i < sizeof host / sizeof *host; i++)
        alloc_free(allocator, host[i]);
    alloc_free(allocator, f);
}

/* ---- one step ---- */

/* Running means of the losses: of all steps at first, then of about the last ones. */
static cludi_status compare_heads(head_fit *f, const method_step *at)
{
    const double last = LATE * (double)labeling_begins(f->how, at->steps);
    const double share = fmax(1 / (double)(at->index + 1), 1 / fmax(1, last));
    for (int h = f->step.first; h < f->step.first + f->step.count; h++)
        if (!isfinite(f->step.losses[h]))
            return CLUDI_ERROR_DIVERGED;
    for (int h = f->step.first; h < f->step.first + f->step.count; h++) {
        f->late[h] += share * (f->step.losses[h] - f->late[h]);
        if (!f->step.labeling && (h == f->step.first || f->late[h] < f->late[(int)f->best]))
            f->best = h;
    }
    return CLUDI_OK;
}

static void end_epoch(head_fit *f)
{
    f->epoch_rows += (double)f->step.N;
    if (f->epoch_rows < (double)f->fit->data->args.X->rows)
        return;
    head_step_turn(&f->step);
    f->epoch_rows = 0;
}

static cludi_status load_batch(head_fit *f, int64_t index, cludi_error *error)
{
    backend *be = f->fit->be;
    phase_clock_start(f->fit->clock, STEP_DATA);
    TRY(batch_load(&f->rows, (uint32_t)index, error));
    be->ops.copy_in(be, backend_rows(be, f->step.given, 0, f->step.N), HOST_F32, f->rows.teacher);
    if (f->rows.views)
        be->ops.copy_in(be, backend_rows(be, f->step.given, f->step.N, f->step.N), HOST_F32, f->rows.views);
    return CLUDI_OK;
}

cludi_status head_take_step(void *self, const method_step *at, cludi_error *error)
{
    head_fit *f = self;
    if (at->index == labeling_begins(f->how, at->steps))
        head_step_label(&f->step, (int)f->best);
    TRY(load_batch(f, at->index, error));
    head_step_states_out(&f->step, f->states);
    f->in_step = true;
    TRY(head_step_gradient(&f->step, f->fit->seed, (uint32_t)at->index, error));
    TRY(compare_heads(f, at));
    phase_clock_start(f->fit->clock, STEP_UPDATE);
    head_step_update(&f->step, head_rate(f->how, at->index, at->steps), at->index + 1);
    phase_clock_start(f->fit->clock, STEP_REPORT);
    f->in_step = false;
    f->taken++;
    f->labeled += f->step.labeling;
    end_epoch(f);
    return CLUDI_OK;
}

/* ---- what is told ---- */

void head_report(void *self, method_report *r)
{
    head_fit *f = self;
    const int64_t K = f->fit->clusters, N = f->step.N;
    double sum = 0;
    r->loss = f->step.losses[(int)f->best];
    head_step_counts(&f->step, (int)f->best, f->counts);
    for (int64_t k = 0; k < K; k++)
        r->counts[k] = f->counts[k] + f->counts[K + k];
    head_step_answers(&f->step, (int)f->best, f->answers);
    for (int64_t i = 0; i < N; i++)
        sum += (double)f->answers[i * K + argmax_float(f->answers + i * K, K)];
    r->confidence = sum / (double)N;
}

void head_copy_out(void *self, float *values)
{
    const head_fit *f = self;
    head_step_copy_out(&f->step, (int)f->best, values);
}

/* Products of the heads in training: no gradient by the rows is needed. */
double head_flop(const void *self, step_phase phase)
{
    const head_fit *f = self;
    const double n = (double)f->step.shape.n, h = (double)f->step.shape.hidden, K = (double)f->step.shape.K;
    const double passes = (double)(f->taken - f->labeled) * f->how->heads + (double)f->labeled;
    const double forward = 2 * (double)f->step.rows * (h > 0 ? n * h + h * K : n * K);
    const double inner = h > 0 ? 2 * (double)f->step.rows * h * K : 0;
    if (phase == STEP_STUDENT)
        return passes * forward * (f->how->momentum > 0 ? 2 : 1);
    return phase == STEP_BACKWARD ? passes * (forward + inner) : 0;
}

/* ---- a checkpoint ---- */

static int64_t weights_count(const head_fit *f)
{
    return param_specs_total(f->step.specs, f->step.params.count);
}

cludi_status head_add_state(const void *self, checkpoint_state *state, cludi_error *error)
{
    const head_fit *f = self;
    static const char *const WEIGHTS[] = {"values", "m", "v", "teacher"};
    TRY(checkpoint_state_add(state, "states", CHECKPOINT_FLOATS, states_count(f), error));
    for (int i = 0; i < 3 + (f->how->momentum > 0); i++)
        TRY(checkpoint_state_add(state, WEIGHTS[i], CHECKPOINT_FLOATS, weights_count(f), error));
    TRY(checkpoint_state_add(state, "late", CHECKPOINT_REALS, f->how->heads, error));
    TRY(checkpoint_state_add(state, "best", CHECKPOINT_WHOLE, 1, error));
    return checkpoint_state_add(state, "epoch_rows", CHECKPOINT_WHOLE, 1, error);
}

static float *weights(const head_fit *f, const checkpoint_state *state, const char *name)
{
    return checkpoint_state_find(state, name, CHECKPOINT_FLOATS, weights_count(f));
}

void head_store(void *self, checkpoint_state *state)
{
    head_fit *f = self;
    if (!f->in_step)
        head_step_states_out(&f->step, f->states);
    memcpy(checkpoint_state_find(state, "states", CHECKPOINT_FLOATS, states_count(f)), f->states,
           (size_t)states_count(f) * sizeof *f->states);
    param_set_copy_out(&f->step.params, HOST_F32, weights(f, state, "values"));
    param_set_moments_out(&f->step.params, HOST_F32, weights(f, state, "m"), weights(f, state, "v"));
    if (f->how->momentum > 0)
        param_set_copy_out(&f->step.teacher_params, HOST_F32, weights(f, state, "teacher"));
    checkpoint_put_reals(state, "late", f->late, f->how->heads);
    checkpoint_put_whole(state, "best", &f->best, 1);
    checkpoint_put_whole(state, "epoch_rows", &f->epoch_rows, 1);
}

bool head_load(void *self, const checkpoint_state *state)
{
    head_fit *f = self;
    const float *values = weights(f, state, "values"), *m = weights(f, state, "m"), *v = weights(f, state, "v");
    const float *teacher = weights(f, state, "teacher");
    const float *states = checkpoint_state_find(state, "states", CHECKPOINT_FLOATS, states_count(f));
    if (!values || !m || !v || !states || (f->how->momentum > 0 && !teacher) ||
        !checkpoint_get_reals(state, "late", f->late, f->how->heads) ||
        !checkpoint_get_whole(state, "best", &f->best, 1) || f->best >= f->how->heads ||
        !checkpoint_get_whole(state, "epoch_rows", &f->epoch_rows, 1))
        return false;
    param_set_copy_in(&f->step.params, HOST_F32, values);
    param_set_moments_in(&f->step.params, HOST_F32, m, v);
    if (f->how->momentum > 0)
        param_set_copy_in(&f->step.teacher_params, HOST_F32, teacher);
    head_step_states_in(&f->step, states);
    if (state->number[STATE_DONE] > labeling_begins(f->how, state->number[STATE_STEPS]))
        head_step_label(&f->step, (int)f->best);
    return true;
}
