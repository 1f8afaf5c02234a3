#include "step.h"

#include <math.h>

#include "alloc.h"
#include "bounds.h"
#include "error.h"
#include "noise_schedule.h"

/* ---- set-up ---- */

static void noise_layout(train_noise *z, arena *a, const train_step *s)
{
    const int64_t rows = s->N * s->config.views;
    z->drop = arena_take(a, rows, s->net.n);
    z->gauss = arena_take(a, rows, s->net.n);
    z->variance = arena_take(a, 1, s->config.views);
    z->forward = arena_take(a, rows, s->net.d);
    z->keep = arena_take(a, rows, s->net.w);
}

static void layout(train_step *s, arena *a)
{
    const int64_t B = s->config.views, rows = s->N * B, K = s->net.K;
    noise_layout(&s->noise, a, s);
    s->x = arena_take(a, s->N, s->net.n);
    s->views = arena_take(a, rows, s->net.n);
    sampler_layout(&s->teacher, a);
    head_layout(&s->head, a, &s->net, &s->config);
    head_pass_layout(&s->teacher_head, a, &s->head, rows);
    head_pass_layout(&s->student_head, a, &s->head, rows);
    denoiser_features_layout(&s->features, a, &s->net, rows, true);
    denoiser_times_layout(&s->times, a, &s->net, B);
    denoiser_pass_layout(&s->pass, a, &s->net, rows, true);
    denoiser_gradients_layout(&s->gradients, a, &s->net, rows, B);
    class_loss_layout(&s->classes, a, s->N, K, &s->config);
    s->zt = arena_take(a, rows, s->net.d);
    s->de = arena_take(a, rows, s->net.d);
    tensor *per_view[] = {&s->alpha, &s->sigma, &s->input_scale, &s->weight};
    for (int i = 0; i < 4; i++)
        *per_view[i] = arena_take(a, 1, B);
    s->row_loss = arena_take(a, rows, 1);
    s->losses = arena_take(a, 2, 1);
    s->dl = arena_take(a, rows, K);
    s->du = arena_take(a, rows, K);
    s->mean_u = arena_take(a, s->N, K);
    s->counts = arena_take(a, 1, K);
    s->init_logits = arena_take(a, s->N, K);
}

/* The place of a row of a view among those of all processes. */
static uint64_t stream_row(const train_step *s, int64_t view, int64_t row)
{
    return (uint64_t)(view * s->config.batch_size + s->sum.rank * s->N + row);
}

/* Row (step B + b) N + row of the stream. */
static void fill_teacher_noise(void *self, backend *be, tensor eps, noise_part part)
{
    const train_step *s = self;
    const rng_stream stream = {s->noise.seed, RNG_TEACHER, s->noise.step};
    be->ops.fill_normal(be, eps, stream, stream_row(s, part.step * s->config.views + part.view, part.first));
}

static cludi_status init_host(train_step *s, int32_t K, cludi_error *error)
{
    s->ab = alloc_array(&s->be->allocator, s->config.diffusion_steps + 1, sizeof *s->ab);
    s->noise.t = alloc_zeroed(&s->be->allocator, s->config.views, sizeof *s->noise.t);
    s->host_u = alloc_array(&s->be->allocator, s->N * K, sizeof *s->host_u);
    if (!s->ab || !s->noise.t || !s->host_u)
        return error_memory(error, "the noise schedule");
    noise_schedule_fill(s->ab, s->config.diffusion_steps);
    s->noise.teacher = (noise_source){fill_teacher_noise, s};
    return CLUDI_OK;
}

cludi_status train_step_init(train_step *s, backend *be, const train_shape *shape, const cludi_config *config,
                             cludi_error *error)
{
    *s = (train_step){.config = *config, .be = be, .clock = shape->clock};
    s->sum = shape->sum ? *shape->sum : (reducer){.rank = 0};
    s->N = config->batch_size / reducer_processes(&s->sum);
    TRY(init_host(s, shape->K, error));
    TRY(param_set_init(&s->params, be, shape->specs, shape->count, true, error));
    denoiser_bind(&s->net, &s->params, shape->n, shape->K, config);
    TRY(sampler_begin(&s->teacher, &s->net, s->N, config->views, config->teacher_steps, error));
    arena_begin(&s->memory, be);
    layout(s, &s->memory);
    TRY(arena_allocate(&s->memory, "the activations of a training step; a smaller N or B needs less", error));
    layout(s, &s->memory);
    be->ops.zero(be, s->classes.expected);
    s->classes.be = be;
    s->classes.sum = &s->sum;
    return sampler_init(&s->teacher, config, s->ab, error);
}

void train_step_clear(train_step *s)
{
    if (!s->be)
        return;
    sampler_clear(&s->teacher);
    arena_clear(&s->memory);
    param_set_clear(&s->params);
    alloc_free(&s->be->allocator, s->ab);
    alloc_free(&s->be->allocator, s->noise.t);
    alloc_free(&s->be->allocator, s->host_u);
    *s = (train_step){0};
}

/* ---- random numbers ---- */

/* Rows of one view that one worker takes at a time. */
typedef struct student_rows {
    int64_t view, in_view, first, count; /* first: over all views */
} student_rows;

static int64_t blocks_of_view(const train_step *s)
{
    const int64_t block = backend_block(s->be, s->N);
    return (s->N + block - 1) / block;
}

static int64_t student_blocks(const train_step *s)
{
    return blocks_of_view(s) * s->config.views;
}

static student_rows student_rows_get(const train_step *s, int64_t index)
{
    const int64_t per_view = blocks_of_view(s), block = backend_block(s->be, s->N);
    student_rows r = {.view = index / per_view, .in_view = index % per_view * block};
    r.first = r.view * s->N + r.in_view;
    r.count = min_int(s->N - r.in_view, block);
    return r;
}

static void draw_block(void *self, int worker, int64_t index)
{
    const train_step *s = self;
    const train_noise *z = &s->noise;
    const student_rows r = student_rows_get(s, index);
    backend be = backend_worker(s->be);
    const uint64_t first = stream_row(s, r.view, r.in_view);
    (void)worker;
    be.ops.fill_uniform(&be, backend_rows(&be, z->drop, r.first, r.count), (rng_stream){z->seed, RNG_DROP, z->step},
                        first);
    be.ops.fill_normal(&be, backend_rows(&be, z->gauss, r.first, r.count), (rng_stream){z->seed, RNG_CORRUPT, z->step},
                       first);
    be.ops.fill_normal(&be, backend_rows(&be, z->forward, r.first, r.count),
                       (rng_stream){z->seed, RNG_FORWARD, z->step}, first);
    be.ops.fill_uniform(&be, backend_rows(&be, z->keep, r.first, r.count), (rng_stream){z->seed, RNG_DROPOUT, z->step},
                        first);
}

void train_noise_draw(train_step *s, uint64_t seed, uint32_t step)
{
    backend *be = s->be;
    train_noise *z = &s->noise;
    float coin;
    phase_clock_start(s->clock, STEP_NOISE);
    z->seed = seed;
    z->step = step;
    be->ops.for_each(be, student_blocks(s), draw_block, s);
    be->ops.fill_uniform(be, z->variance, (rng_stream){seed, RNG_VARIANCE, step}, 0);
    for (int32_t b = 0; b < s->config.views; b++) {
        float uniform;
        rng_uniform((rng_stream){seed, RNG_TIME, step}, (uint64_t)b, &uniform, 1);
        z->t[b] = 1 + (int32_t)((double)uniform * s->config.diffusion_steps);
    }
    rng_uniform((rng_stream){seed, RNG_SELF, step}, 0, &coin, 1);
    z->self_condition = (double)coin < s->config.self_condition;
}

/* ---- forward ---- */

/* Logits and probabilities of the rows in x. */
static void sample_teacher(train_step *s)
{
    s->be->ops.unit_rows(s->be, s->teacher.x, s->x, sqrt((double)s->net.n));
    sampler_prepare(&s->teacher);
    sampler_run(&s->teacher, &s->noise.teacher);
    head_assign(&s->head, &s->teacher_head, backend_rows(s->be, s->teacher.z, 0, s->N * s->config.views));
}

/* The same for every view. */
static void copy_given(train_step *s)
{
    backend *be = s->be;
    for (int32_t b = 0; b < s->config.views; b++)
        be->ops.copy(be, backend_rows(be, s->teacher_head.l, b * s->N, s->N), s->init_logits);
    be->ops.softmax(be, s->teacher_head.u, s->teacher_head.l, s->head.inverse_tau);
}

/* The teacher's logits, embeddings and class targets: constants of the step. */
static void run_teacher(train_step *s)
{
    head_prepare(&s->head);
    if (s->given)
        copy_given(s);
    else
        sample_teacher(s);
    head_embed(&s->head, &s->teacher_head);
    class_loss_set_teacher(&s->classes, s->teacher_head.l);
}

/* What depends on the view's time alone. */
static void fill_view(train_step *s, int32_t b)
{
    backend *be = s->be;
    const double F = s->config.noise_scale, ab = s->ab[s->noise.t[b]];
    const double values[4] = {sqrt(ab), sqrt(1 - ab) * F, 1 / noise_schedule_scale(ab, F),
                              noise_schedule_weight(ab, s->config.snr_bound, s->config.snr_weight)};
    const tensor to[4] = {s->alpha, s->sigma, s->input_scale, s->weight};
    double time[TIME_EMBEDDING];
    for (int i = 0; i < 4; i++) {
        const tensor column = {to[i].data, to[i].cols, 1, false}; /* (B, 1) */
        be->ops.copy_in(be, backend_rows(be, column, b, 1), HOST_F64, &values[i]);
    }
    noise_schedule_time(time, s->noise.t[b]);
    be->ops.copy_in(be, backend_rows(be, s->times.table, b, 1), HOST_F64, time);
}

/* The number of a view in a (1, B) tensor. */
static tensor of_view(const backend *be, tensor per_view, int64_t view)
{
    return backend_rows(be, (tensor){per_view.data, per_view.cols, 1, false}, view, 1);
}

/* S7, then the rows back to norm sqrt(n). */
static void corrupt_rows(const train_step *s, backend *be, student_rows r, tensor x)
{
    const cludi_config *c = &s->config;
    const corrupt_noise noise = {backend_rows(be, s->noise.drop, r.first, r.count),
                                 of_view(be, s->noise.variance, r.view),
                                 backend_rows(be, s->noise.gauss, r.first, r.count)};
    const corrupt_args args = {c->corrupt_drop, c->corrupt_low, c->corrupt_high};
    be->ops.corrupt(be, x, backend_rows(be, s->views, r.first, r.count), &noise, &args);
    be->ops.unit_rows(be, x, x, sqrt((double)s->net.n));
}

/* The embeddings of the teacher, noised again: S2. */
static tensor noise_rows(const train_step *s, backend *be, student_rows r)
{
    const tensor zt = backend_rows(be, s->zt, r.first, r.count);
    be->ops.mix_groups(be, zt, backend_rows(be, s->teacher_head.z0, r.first, r.count), of_view(be, s->alpha, r.view),
                       backend_rows(be, s->noise.forward, r.first, r.count), of_view(be, s->sigma, r.view));
    return zt;
}

/* Some rows of one view through the network: corrupted features with dropout, self-conditioning, prediction. */
static void student_block(void *self, int worker, int64_t index)
{
    train_step *s = self;
    sampler_worker *w = &s->teacher.team[worker]; /* idle by now; its network and backend serve here too */
    backend *be = &w->be;
    const student_rows r = student_rows_get(s, index);
    const time_rows time = {r.view, 1};
    const tensor scale = of_view(be, s->input_scale, r.view);
    denoiser_features features = denoiser_features_rows(&w->net, &s->features, r.first, r.count);
    denoiser_pass pass = denoiser_pass_rows(&w->net, &s->pass, r.first, r.count);
    corrupt_rows(s, be, r, features.x);
    denoiser_features_forward(&w->net, &features);
    be->ops.dropout(be, features.h, features.h, backend_rows(be, s->noise.keep, r.first, r.count), s->config.dropout);
    const tensor zt = noise_rows(s, be, r);
    be->ops.join(be, pass.input, (tensor){0}, zt, scale);
    if (s->noise.self_condition) {
        denoiser_pass first_pass = denoiser_pass_rows(&w->net, &w->pass, 0, r.count);
        be->ops.copy(be, first_pass.input, pass.input);
        denoiser_forward(&w->net, &first_pass, &s->times, time, features.h);
        be->ops.join(be, pass.input, first_pass.z, zt, scale);
    }
    denoiser_forward(&w->net, &pass, &s->times, time, features.h);
}

static void run_student(train_step *s)
{
    backend *be = s->be;
    for (int32_t b = 0; b < s->config.views; b++)
        fill_view(s, b);
    denoiser_times_forward(&s->net, &s->times);
    be->ops.for_each(be, student_blocks(s), student_block, s);
    head_assign(&s->head, &s->student_head, s->pass.z);
}

/* ---- losses and backward ---- */

/* Adds up row_loss into losses[which]. */
static void sum_rows(train_step *s, int which)
{
    s->be->ops.column_sum(s->be, backend_rows(s->be, s->losses, which, 1), s->row_loss, s->row_loss.rows);
}

/* The embedding loss of S11: its gradient is added to dl (reembed) or left in de for z (direct). */
static void embedding_loss(train_step *s)
{
    backend *be = s->be;
    const bool reembed = s->config.embedding_loss == CLUDI_EMBEDDING_REEMBED;
    const double mean = 1.0 / ((double)s->config.views * (double)s->N * reducer_processes(&s->sum));
    error_pair pair = {s->pass.z, s->teacher_head.z0, s->weight, mean, s->N};
    if (reembed) {
        head_embed(&s->head, &s->student_head);
        pair.a = s->student_head.z0;
        pair.coefficient = mean / s->net.d;
    }
    be->ops.squared_error(be, s->row_loss, s->de, &pair);
    sum_rows(s, 0);
    if (reembed)
        head_embed_backward(&s->head, &s->student_head, s->dl, s->de, s->du);
}

static cludi_status read_losses(train_step *s, train_loss *loss, cludi_error *error)
{
    double parts[2] = {0, 0};
    cludi_status status = backend_finish(s->be, error);
    reducer_run(&s->sum, s->be, s->losses, REDUCE_SUM);
    if (status == CLUDI_OK)
        status = reducer_check(&s->sum, error);
    s->be->ops.copy_out(s->be, HOST_F64, parts, s->losses);
    *loss = (train_loss){parts[0] + s->config.class_weight * parts[1], parts[0], parts[1]};
    return status;
}

cludi_status train_step_gradient(train_step *s, train_loss *loss, cludi_error *error)
{
    backend *be = s->be;
    phase_clock_start(s->clock, STEP_PREPARE);
    param_set_prepare(&s->params);
    phase_clock_start(s->clock, STEP_TEACHER);
    run_teacher(s);
    phase_clock_start(s->clock, STEP_STUDENT);
    run_student(s);
    phase_clock_start(s->clock, STEP_LOSS);
    class_loss_student(&s->classes, s->row_loss, s->dl, s->student_head.l, s->weight);
    sum_rows(s, 1);
    embedding_loss(s);
    phase_clock_start(s->clock, STEP_BACKWARD);
    head_assign_backward(&s->head, &s->student_head, s->gradients.dz, s->dl, s->pass.z);
    if (s->config.embedding_loss == CLUDI_EMBEDDING_DIRECT)
        be->ops.add_repeated(be, s->gradients.dz, s->de);
    const denoiser_dropout dropout = {s->noise.keep, s->config.dropout};
    denoiser_backward(&s->net, &s->gradients, &s->pass, &s->times, &s->features, &dropout);
    reducer_run(&s->sum, be, s->params.gradient_all, REDUCE_SUM);
    return read_losses(s, loss, error);
}

void train_step_same_views(train_step *s)
{
    for (int32_t b = 0; b < s->config.views; b++)
        s->be->ops.copy(s->be, backend_rows(s->be, s->views, b * s->N, s->N), s->x);
}

static const float *copy_mean_u(train_step *s)
{
    backend *be = s->be;
    be->ops.mean_views(be, s->mean_u, s->teacher_head.u);
    be->ops.copy_out(be, HOST_F32, s->host_u, s->mean_u);
    return s->host_u;
}

double train_step_total(train_step *s, double number)
{
    double both[2] = {number, 0};
    if (reducer_processes(&s->sum) == 1)
        return number;
    s->be->ops.copy_in(s->be, s->losses, HOST_F64, both);
    reducer_run(&s->sum, s->be, s->losses, REDUCE_SUM);
    s->be->ops.copy_out(s->be, HOST_F64, both, s->losses);
    return both[0];
}

double train_step_count(train_step *s, double *counts)
{
    backend *be = s->be;
    const int64_t K = s->net.K;
    double sum = 0;
    phase_clock_start(s->clock, STEP_REPORT);
    const float *u = copy_mean_u(s);
    for (int64_t i = 0; i < s->N; i++)
        sum += (double)u[i * K + argmax_float(u + i * K, K)];
    be->ops.zero(be, s->counts);
    be->ops.count_argmax(be, s->counts, s->mean_u);
    reducer_run(&s->sum, be, s->counts, REDUCE_SUM);
    be->ops.copy_out(be, HOST_F64, counts, s->counts);
    return train_step_total(s, sum) / (double)s->config.batch_size;
}

cludi_status train_step_assign(train_step *s, int32_t *labels, cludi_error *error)
{
    const int64_t K = s->net.K;
    phase_clock_start(s->clock, STEP_REPORT);
    s->noise.step = UINT32_MAX;
    param_set_prepare(&s->params);
    head_prepare(&s->head);
    sample_teacher(s);
    TRY(backend_finish(s->be, error));
    const float *u = copy_mean_u(s);
    for (int64_t i = 0; i < s->N; i++)
        labels[i] = argmax_float(u + i * K, K);
    return CLUDI_OK;
}

void train_step_update(train_step *s, double lr, int64_t step)
{
    const cludi_config *c = &s->config;
    phase_clock_start(s->clock, STEP_UPDATE);
    param_set_update(&s->params, &(adamw_args){lr, c->weight_decay, c->beta1, c->beta2, c->epsilon, c->clip, step});
}
