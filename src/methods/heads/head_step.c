#include "head_step.h"

#include <math.h>

#include "alloc.h"
#include "error.h"

static const corrupt_args CORRUPTION = {0.2, 0.1, 0.3}; /* S7 */

/* ---- set-up ---- */

void trained_head_layout(trained_head *head, arena *a, const head_step *s)
{
    head->log_p = arena_take(a, s->rows, s->shape.K);
    head->row_loss = arena_take(a, s->rows, 1);
    head->dl = arena_take(a, s->rows, s->shape.K);
}

void trained_head_sum(trained_head *head, backend *be)
{
    be->ops.column_sum(be, head->loss, head->row_loss, head->row_loss.rows);
}

static void layout(head_step *s, arena *a)
{
    const int64_t n = s->shape.n, K = s->shape.K;
    const bool pairs = s->how->neighbors > 0, corrupts = !pairs || s->how->labeling > 0;
    s->given = arena_take(a, pairs ? s->rows : s->N, n);
    s->wide = arena_take(a, s->rows, n);
    s->x = arena_take_operand(a, s->rows, n);
    s->uniform = corrupts ? arena_take(a, s->rows, n) : (tensor){0};
    s->normal = corrupts ? arena_take(a, s->rows, n) : (tensor){0};
    s->variance = arena_take(a, 1, 2);
    s->view_weight = arena_take(a, 1, 2);
    s->pair_weight = arena_take(a, s->N, 1);
    s->ones = arena_take(a, 1, K);
    s->targets = s->how->labeling > 0 ? arena_take(a, s->N, K) : (tensor){0};
    s->answers = arena_take(a, s->N, K);
    for (int i = 0; i < 2; i++)
        s->counts[i] = arena_take(a, s->how->heads, K);
    for (int h = 0; h < s->how->heads; h++) {
        trained_head *head = &s->heads[h];
        mlp_head_pass_layout(&head->pass, a, &s->shape, s->rows, true);
        if (s->how->momentum > 0)
            mlp_head_pass_layout(&head->teacher_pass, a, &s->shape, s->rows, false);
        head->loss = arena_take(a, 1, 1);
        s->how->layout(head, a, s);
    }
}

static cludi_status init_labels(head_step *s, cludi_error *error)
{
    const cludi_allocator *allocator = &s->be->allocator;
    s->host_p = alloc_array(allocator, s->N * s->shape.K, sizeof *s->host_p);
    s->host_weights = alloc_array(allocator, s->N, sizeof *s->host_weights);
    s->host_labels = alloc_array(allocator, s->N, sizeof *s->host_labels);
    s->host_counts = alloc_array(allocator, s->shape.K, sizeof *s->host_counts);
    const bool complete = s->host_p && s->host_weights && s->host_labels && s->host_counts;
    return complete ? CLUDI_OK : error_memory(error, "the labels of a batch");
}

static cludi_status init_host(head_step *s, cludi_error *error)
{
    const cludi_allocator *allocator = &s->be->allocator;
    const int heads = s->how->heads;
    s->specs = alloc_zeroed(allocator, (int64_t)heads * MLP_HEAD_PARAMS, sizeof *s->specs);
    s->heads = alloc_zeroed(allocator, heads, sizeof *s->heads);
    s->losses = alloc_zeroed(allocator, heads, sizeof *s->losses);
    if (!s->specs || !s->heads || !s->losses)
        return error_memory(error, "the clustering heads");
    for (int h = 0; h < heads; h++)
        s->head_specs = mlp_head_specs(s->specs + (int64_t)h * s->head_specs, &s->shape);
    return s->how->labeling > 0 ? init_labels(s, error) : CLUDI_OK;
}

/* First weights, the teacher's being the student's. */
static cludi_status fill_weights(head_step *s, uint64_t seed, cludi_error *error)
{
    const int count = s->how->heads * s->head_specs;
    const int64_t total = param_specs_total(s->specs, count);
    float *flat = alloc_array(&s->be->allocator, total, sizeof *flat);
    if (!flat)
        return error_memory(error, "the first weights");
    param_specs_initialize(s->be, s->specs, count, seed, flat);
    param_set_copy_in(&s->params, HOST_F32, flat);
    if (s->how->momentum > 0)
        param_set_copy_in(&s->teacher_params, HOST_F32, flat);
    alloc_free(&s->be->allocator, flat);
    return CLUDI_OK;
}

static void fill_constants(head_step *s)
{
    static const double ONES[2] = {1, 1};
    backend *be = s->be;
    for (int i = 0; i < 2; i++)
        be->ops.zero(be, s->counts[i]);
    be->ops.copy_in(be, s->view_weight, HOST_F64, ONES);
    for (int64_t k = 0; k < s->shape.K; k++) {
        const tensor column = {s->ones.data, s->shape.K, 1, false};
        be->ops.copy_in(be, backend_rows(be, column, k, 1), HOST_F64, ONES);
    }
    for (int h = 0; h < s->how->heads; h++) {
        s->heads[h].student = mlp_head_bind(&s->params, &s->shape, h);
        if (s->how->momentum > 0)
            s->heads[h].teacher = mlp_head_bind(&s->teacher_params, &s->shape, h);
        if (s->how->begin)
            s->how->begin(s, &s->heads[h]);
    }
}

static cludi_status init_backend(head_step *s, uint64_t seed, cludi_error *error)
{
    const int count = s->how->heads * s->head_specs;
    TRY(param_set_init(&s->params, s->be, s->specs, count, true, error));
    if (s->how->momentum > 0)
        TRY(param_set_init(&s->teacher_params, s->be, s->specs, count, false, error));
    arena_begin(&s->memory, s->be);
    layout(s, &s->memory);
    TRY(arena_allocate(&s->memory, "the activations of a training step", error));
    layout(s, &s->memory);
    TRY(fill_weights(s, seed, error));
    fill_constants(s);
    return CLUDI_OK;
}

cludi_status head_step_init(head_step *s, backend *be, const head_recipe *how, const mlp_head_shape *shape, int64_t N,
                            uint64_t seed, cludi_error *error)
{
    *s = (head_step){.how = how, .be = be, .shape = *shape, .N = N, .rows = 2 * N, .count = how->heads};
    TRY(init_host(s, error));
    return init_backend(s, seed, error);
}

void head_step_clear(head_step *s)
{
    if (!s->be)
        return;
    const cludi_allocator *allocator = &s->be->allocator;
    void *const host[] = {s->specs, s->heads, s->losses, s->host_p, s->host_weights, s->host_labels, s->host_counts};
    param_set_clear(&s->params);
    param_set_clear(&s->teacher_params);
    arena_clear(&s->memory);
    for (size_t i = 0; i < sizeof host / sizeof *host; i++)
        alloc_free(allocator, host[i]);
    *s = (head_step){0};
}

/* ---- rows ---- */

static void draw(head_step *s, uint64_t seed, uint32_t step)
{
    backend *be = s->be;
    be->ops.fill_uniform(be, s->uniform, (rng_stream){seed, RNG_DROP, step}, 0);
    be->ops.fill_normal(be, s->normal, (rng_stream){seed, RNG_CORRUPT, step}, 0);
    be->ops.fill_uniform(be, s->variance, (rng_stream){seed, RNG_VARIANCE, step}, 0);
}

void head_step_rows(head_step *s, uint64_t seed, uint32_t step)
{
    backend *be = s->be;
    const corrupt_noise noise = {s->uniform, s->variance, s->normal};
    const bool views = s->labeling || s->how->neighbors == 0;
    if (views) {
        draw(s, seed, step);
        be->ops.corrupt(be, s->wide, backend_rows(be, s->given, 0, s->N), &noise, &CORRUPTION);
    } else {
        be->ops.copy(be, s->wide, s->given);
    }
    if (s->labeling)
        be->ops.copy(be, backend_rows(be, s->wide, 0, s->N), backend_rows(be, s->given, 0, s->N));
    be->ops.unit_rows(be, s->wide, s->wide, sqrt((double)s->shape.n));
    be->ops.copy(be, s->x, s->wide);
}

/* ---- heads ---- */

/* One task for each head in training. */
static void for_heads(head_step *s, backend_task *task)
{
    if (s->count > 1)
        s->be->ops.for_each(s->be, s->count, task, s);
    else
        task(s, -1, 0);
}

/* The backend of a task: the whole one where there is one task alone. */
static backend task_backend(const head_step *s, int worker)
{
    return worker < 0 ? *s->be : backend_worker(s->be);
}

/* (N, K) logits of the step's rows, partners left out. */
static tensor answers_of(const head_step *s, const trained_head *head)
{
    return backend_rows(s->be, s->how->momentum > 0 ? head->teacher_pass.l : head->pass.l, 0, s->N);
}

static void forward_task(void *self, int worker, int64_t index)
{
    head_step *s = self;
    trained_head *head = &s->heads[s->first + index];
    backend be = task_backend(s, worker);
    mlp_head_forward(&be, &head->student, &head->pass, s->x);
    if (s->how->momentum > 0)
        mlp_head_forward(&be, &head->teacher, &head->teacher_pass, s->x);
    if (s->how->teacher_forward)
        s->how->teacher_forward(s, head, &be);
    be.ops.count_argmax(&be, backend_rows(&be, s->counts[0], s->first + index, 1), answers_of(s, head));
}

static void backward_task(void *self, int worker, int64_t index)
{
    head_step *s = self;
    trained_head *head = &s->heads[s->first + index];
    backend be = task_backend(s, worker);
    (s->labeling ? s->how->label_loss : s->how->loss)(s, head, &be);
    mlp_head_backward(&be, &head->student, &head->pass, head->dl, s->x);
}

cludi_status head_step_losses(head_step *s, cludi_error *error)
{
    phase_clock_start(s->clock, STEP_PREPARE);
    param_set_prepare(&s->params);
    if (s->how->momentum > 0)
        param_set_prepare(&s->teacher_params);
    phase_clock_start(s->clock, STEP_STUDENT);
    for_heads(s, forward_task);
    if (s->how->joint_terms)
        s->how->joint_terms(s);
    phase_clock_start(s->clock, STEP_BACKWARD);
    for_heads(s, backward_task);
    const cludi_status status = backend_finish(s->be, error);
    for (int h = s->first; h < s->first + s->count; h++)
        s->be->ops.copy_out(s->be, HOST_F64, &s->losses[h], s->heads[h].loss);
    return status;
}

cludi_status head_step_gradient(head_step *s, uint64_t seed, uint32_t step, cludi_error *error)
{
    phase_clock_start(s->clock, STEP_NOISE);
    head_step_rows(s, seed, step);
    return head_step_losses(s, error);
}

/* teacher = momentum teacher + (1 - momentum) student */
static void follow(head_step *s)
{
    const double mix[3] = {1 - s->how->momentum, s->how->momentum, 0};
    const tensor student = s->params.value_all;
    s->be->ops.mix_three(s->be, s->teacher_params.value_all, student, student, mix);
}

void head_step_update(head_step *s, double rate, int64_t step)
{
    const adamw_args args = {.lr = rate,
                             .weight_decay = s->how->decay,
                             .beta1 = 0.9,
                             .beta2 = 0.999,
                             .epsilon = 1e-8,
                             .clip = 1e6, /* none */
                             .step = step};
    param_set_update(&s->params, &args);
    if (s->how->momentum > 0)
        follow(s);
}

void head_step_label(head_step *s, int best)
{
    s->labeling = true;
    s->first = best;
    s->count = 1;
    for (int i = 0; i < s->params.count; i++)
        s->specs[i].trained = i / s->head_specs == best;
}

void head_step_turn(head_step *s)
{
    s->be->ops.copy(s->be, s->counts[1], s->counts[0]);
    s->be->ops.zero(s->be, s->counts[0]);
}

void head_step_counts(const head_step *s, int index, double *counts)
{
    for (int i = 0; i < 2; i++)
        s->be->ops.copy_out(s->be, HOST_F64, counts + i * s->shape.K, backend_rows(s->be, s->counts[i], index, 1));
}

/* The tensor of head `index` that has place `part` of its states; without one it has no numbers. */
static tensor state_of(const head_step *s, int index, int part)
{
    if (part < 2)
        return backend_rows(s->be, s->counts[part], index, 1);
    return s->how->begin ? s->heads[index].share : (tensor){0};
}

void head_step_states_out(const head_step *s, float *states)
{
    for (int i = 0; i < 3 * s->how->heads; i++) {
        const tensor from = state_of(s, i / 3, i % 3);
        if (from.cols > 0)
            s->be->ops.copy_out(s->be, HOST_F32, states + i * s->shape.K, from);
    }
}

void head_step_states_in(head_step *s, const float *states)
{
    for (int i = 0; i < 3 * s->how->heads; i++) {
        const tensor to = state_of(s, i / 3, i % 3);
        if (to.cols > 0)
            s->be->ops.copy_in(s->be, to, HOST_F32, states + i * s->shape.K);
    }
}

void head_step_answers(head_step *s, int index, float *p)
{
    s->be->ops.softmax(s->be, s->answers, answers_of(s, &s->heads[index]), 1 / s->how->temperature);
    s->be->ops.copy_out(s->be, HOST_F32, p, s->answers);
}

void head_step_copy_out(const head_step *s, int index, float *flat)
{
    const param_set *from = s->how->momentum > 0 ? &s->teacher_params : &s->params;
    for (int i = index * s->head_specs; i < (index + 1) * s->head_specs; i++) {
        s->be->ops.copy_out(s->be, HOST_F32, flat, from->items[i].value);
        flat += s->specs[i].rows * s->specs[i].cols;
    }
}
