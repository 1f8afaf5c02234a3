/* The method "turtle": Gadetsky, Jiang, Brbic 2024, "Let go of your labels with unsupervised transfer", ICML, arXiv:2406.07236, for one
   space of features.

   A labeling q = softmax(g v / |v| x + b) of the rows x is good if a linear classifier that learns it separates its clusters by a
   large margin. In each step a classifier p = softmax(W x + c) begins anew, from U(-1 / sqrt(n), 1 / sqrt(n)), and learns q by INNER
   steps of Adam on - mean over rows of q . log p; few small steps are what makes its margin large. Then v, g, b take one step of Adam on

     loss = - mean over rows of q . log p + 10 sum_k m_k log m_k,   m = mean of q over the rows

   with W, c held: the paper's first-order gradient. The last term keeps the clusters from becoming one.

   Taken here: 1000 steps (the paper: 6000), which are enough for some thousands of rows; v, b begin as W, c do, and g = |v|. The model
   is the linear head that q is, g v / |v| and b, and predicts as the other heads do. */
#include <math.h>
#include <string.h>

#include "alloc.h"
#include "batch.h"
#include "bounds.h"
#include "error.h"
#include "head_method.h"
#include "rows.h"

enum { STEPS = 1000, BATCH = 10000, INNER = 10, DIRECTION = 0, LENGTH, BIAS, LABELING_PARAMS };

static const double ENTROPY = 10, RATE = 1e-3;

static const head_recipe RECIPE = {.name = "turtle", .temperature = 1}; /* the head: linear, no neighbors */

typedef struct turtle {
    const method_fit *fit;
    batch rows;
    backend *be;
    mlp_head_shape shape;
    int64_t N;   /* rows of a step */
    int inner;   /* steps of a classifier */
    double rate; /* of Adam, for both */
    param_spec specs[LABELING_PARAMS], classifier_specs[MLP_HEAD_PARAMS];
    param_set labeling, classifier; /* v (K, n), g (1, K), b (1, K); W, c */
    arena memory;
    tensor given;            /* (N, n) rows, as they come */
    tensor x;                /* (N, n) of norm sqrt(n), narrow where products are */
    tensor unit, weight, dW; /* (K, n) v / |v|, g v / |v|, gradient by that */
    tensor zeros;            /* (1, K) */
    tensor l, q, log_p;      /* (N, K) logits of either, labeling, classifier */
    tensor du, dl;           /* (N, K) gradients by q, or p, and by the logits */
    tensor share, log_share; /* (1, K) m and log m */
    tensor scratch;          /* (1, K) */
    tensor row_loss, loss;   /* (N, 1), (1, 1) */
    float *first;            /* (K n + K) first weights; this and the next are owned */
    float *host_q;           /* (N, K) */
    double *counts;          /* (K) rows of the last step by their cluster */
    double told[2];          /* loss and confidence of the last step */
    int64_t taken;
} turtle;

/* ---- set-up ---- */

static void layout(turtle *t, arena *a)
{
    const int64_t n = t->shape.n, K = t->shape.K;
    t->given = arena_take(a, t->N, n);
    t->x = arena_take_operand(a, t->N, n);
    t->unit = arena_take(a, K, n);
    t->weight = arena_take(a, K, n);
    t->dW = arena_take(a, K, n);
    t->zeros = arena_take(a, 1, K);
    t->l = arena_take(a, t->N, K);
    t->q = arena_take(a, t->N, K);
    t->log_p = arena_take(a, t->N, K);
    t->du = arena_take(a, t->N, K);
    t->dl = arena_take(a, t->N, K);
    t->share = arena_take(a, 1, K);
    t->log_share = arena_take(a, 1, K);
    t->scratch = arena_take(a, 1, K);
    t->row_loss = arena_take(a, t->N, 1);
    t->loss = arena_take(a, 1, 1);
}

static void list_specs(turtle *t)
{
    const int64_t n = t->shape.n, K = t->shape.K;
    t->specs[DIRECTION] = (param_spec){.name = "direction", .rows = K, .cols = n, .matrix = true, .trained = true};
    t->specs[LENGTH] = (param_spec){.name = "length", .rows = 1, .cols = K, .trained = true};
    t->specs[BIAS] = (param_spec){.name = "bias", .rows = 1, .cols = K, .trained = true};
}

/* Everything but the rows' source. */
static cludi_status init(turtle *t, cludi_error *error)
{
    const cludi_allocator *allocator = &t->be->allocator;
    const int64_t n = t->shape.n, K = t->shape.K;
    const int layers = mlp_head_specs(t->classifier_specs, &t->shape);
    list_specs(t);
    TRY(param_set_init(&t->labeling, t->be, t->specs, LABELING_PARAMS, true, error));
    TRY(param_set_init(&t->classifier, t->be, t->classifier_specs, layers, true, error));
    arena_begin(&t->memory, t->be);
    layout(t, &t->memory);
    TRY(arena_allocate(&t->memory, "the activations of a training step", error));
    layout(t, &t->memory);
    t->be->ops.zero(t->be, t->zeros);
    t->first = alloc_array(allocator, K * n + K, sizeof *t->first);
    t->host_q = alloc_array(allocator, t->N * K, sizeof *t->host_q);
    t->counts = alloc_zeroed(allocator, K, sizeof *t->counts);
    return t->first && t->host_q && t->counts ? CLUDI_OK : error_memory(error, "the labels of a batch");
}

static void clear(turtle *t)
{
    const cludi_allocator *allocator = &t->be->allocator;
    if (t->weight.data)
        t->be->ops.forget(t->be, &t->weight, 1);
    param_set_clear(&t->labeling);
    param_set_clear(&t->classifier);
    arena_clear(&t->memory);
    alloc_free(allocator, t->first);
    alloc_free(allocator, t->host_q);
    alloc_free(allocator, t->counts);
}

/* ---- first weights ---- */

typedef struct first_draw {
    const turtle *t;
    rng_stream stream;
} first_draw;

/* Row k of the weights, and behind them the bias. */
static void draw_row(void *self, int worker, int64_t k)
{
    const first_draw *d = self;
    const int64_t n = d->t->shape.n, K = d->t->shape.K, count = k < K ? n : K;
    const double bound = 1 / sqrt((double)n);
    float *row = d->t->first + k * n;
    (void)worker;
    rng_uniform(d->stream, (uint64_t)k, row, count);
    for (int64_t j = 0; j < count; j++)
        row[j] = (float)(bound * (2 * (double)row[j] - 1));
}

/* Fills t->first. index 0: the labeling's; 1 + i: those of the classifier of step i. */
static void draw(turtle *t, uint32_t index)
{
    host_each(t->be, t->shape.K + 1, draw_row, &(first_draw){t, {t->fit->seed, RNG_INIT, index}});
}

static void begin_labeling(turtle *t)
{
    const int64_t n = t->shape.n, K = t->shape.K;
    const param_tensors *item = t->labeling.items;
    float *length = t->host_q; /* N >= 2 rows of K numbers */
    draw(t, 0);
    for (int64_t k = 0; k < K; k++)
        length[k] = (float)sqrt(rows_square_sum(t->first + k * n, n));
    t->be->ops.copy_in(t->be, item[DIRECTION].value, HOST_F32, t->first);
    t->be->ops.copy_in(t->be, item[LENGTH].value, HOST_F32, length);
    t->be->ops.copy_in(t->be, item[BIAS].value, HOST_F32, t->first + K * n);
}

/* What Adam knows of its last steps. */
static void forget_moments(turtle *t)
{
    for (int i = 0; i < t->classifier.count; i++) {
        t->be->ops.zero(t->be, t->classifier.items[i].m);
        t->be->ops.zero(t->be, t->classifier.items[i].v);
    }
}

static void begin_classifier(turtle *t, uint32_t step)
{
    draw(t, 1 + step);
    param_set_copy_in(&t->classifier, HOST_F32, t->first);
    forget_moments(t);
}

/* ---- one step ---- */

static void update(param_set *set, double rate, int64_t step)
{
    const adamw_args args = {
        .lr = rate, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .clip = 1e6 /* none */, .step = step};
    param_set_update(set, &args);
}

/* weight = g v / |v|, and unit = v / |v| */
static void find_weight(turtle *t)
{
    backend *be = t->be;
    const param_tensors *item = t->labeling.items;
    be->ops.unit_rows(be, t->unit, item[DIRECTION].value, 1);
    be->ops.mix_groups(be, t->weight, t->unit, item[LENGTH].value, t->unit, t->zeros);
}

/* share = m, log_share = log m, which is finite whatever the logits; du is scratch. */
static void find_share(turtle *t)
{
    backend *be = t->be;
    const double mean = 1 / (double)t->N;
    be->ops.log_softmax(be, t->du, t->l, 1);
    be->ops.column_sum(be, t->share, t->q, t->N);
    be->ops.scale(be, t->share, t->share, mean);
    be->ops.column_max(be, t->log_share, t->du, 1, t->N);
    be->ops.column_sum_exp(be, t->scratch, t->du, 1, t->log_share);
    be->ops.scale(be, t->scratch, t->scratch, mean);
    be->ops.add_log(be, t->log_share, t->scratch);
}

static void label_rows(turtle *t)
{
    backend *be = t->be;
    find_weight(t);
    be->ops.prepare(be, &t->weight, 1, false);
    be->ops.linear(be, t->l, t->x, t->weight, t->labeling.items[BIAS].value);
    be->ops.softmax(be, t->q, t->l, 1);
    find_share(t);
}

/* log_p of the classifier, which has learned q. */
static void learn_labels(turtle *t)
{
    backend *be = t->be;
    const linear_layer layer = linear_bind(&t->classifier, 0);
    const double mean = 1 / (double)t->N, less[3] = {-mean, mean, 0};
    for (int i = 0; i < t->inner; i++) {
        param_set_prepare(&t->classifier);
        linear_forward(be, &layer, t->l, t->x);
        be->ops.softmax(be, t->dl, t->l, 1);
        be->ops.mix_three(be, t->dl, t->q, t->q, less); /* (p - q) / N */
        linear_backward_weights(be, &layer, t->dl, t->x);
        update(&t->classifier, t->rate, i + 1);
    }
    param_set_prepare(&t->classifier);
    linear_forward(be, &layer, t->l, t->x);
    be->ops.log_softmax(be, t->log_p, t->l, 1);
}

/* The loss, and dl = its gradient by the labeling's logits. By q: (10 (log m + 1) - log p) / N; the 1 does not reach the logits. */
static void find_loss(turtle *t)
{
    backend *be = t->be;
    const double mean = 1 / (double)t->N;
    be->ops.zero(be, t->row_loss);
    be->ops.add_row_dots(be, t->row_loss, t->q, t->log_p, -mean);
    be->ops.column_sum(be, t->loss, t->row_loss, t->N);
    be->ops.add_row_dots(be, t->loss, t->share, t->log_share, ENTROPY);
    be->ops.scale(be, t->du, t->log_p, -mean);
    be->ops.scale(be, t->scratch, t->log_share, ENTROPY * mean);
    be->ops.add_repeated(be, t->du, t->scratch);
    be->ops.zero(be, t->dl);
    be->ops.softmax_backward(be, t->dl, t->du, t->q, 1);
}

/* From dl to v, g and b. unit is scratch. */
static void find_gradient(turtle *t)
{
    backend *be = t->be;
    const param_tensors *item = t->labeling.items;
    const tensor by_length = {item[LENGTH].gradient.data, t->shape.K, 1, false};
    be->ops.linear_dw(be, t->dW, item[BIAS].gradient, t->dl, t->x);
    be->ops.zero(be, by_length);
    be->ops.add_row_dots(be, by_length, t->dW, t->unit, 1);
    be->ops.mix_groups(be, t->unit, t->dW, item[LENGTH].value, t->dW, t->zeros);
    be->ops.unit_rows_backward(be, item[DIRECTION].gradient, t->unit, item[DIRECTION].value, 1);
}

/* Counts and confidence of the rows of the step. */
static void look_at_labels(turtle *t)
{
    const int64_t K = t->shape.K;
    double sum = 0;
    t->be->ops.copy_out(t->be, HOST_F32, t->host_q, t->q);
    memset(t->counts, 0, (size_t)K * sizeof *t->counts);
    for (int64_t i = 0; i < t->N; i++) {
        const int32_t k = argmax_float(t->host_q + i * K, K);
        t->counts[k]++;
        sum += (double)t->host_q[i * K + k];
    }
    t->told[1] = sum / (double)t->N;
}

static cludi_status load_rows(turtle *t, uint32_t step, cludi_error *error)
{
    backend *be = t->be;
    phase_clock_start(t->fit->clock, STEP_DATA);
    TRY(batch_load(&t->rows, step, error));
    be->ops.copy_in(be, t->given, HOST_F32, t->rows.teacher);
    be->ops.unit_rows(be, t->given, t->given, sqrt((double)t->shape.n));
    be->ops.copy(be, t->x, t->given);
    return CLUDI_OK;
}

static cludi_status take_step(void *self, const method_step *at, cludi_error *error)
{
    turtle *t = self;
    double loss;
    TRY(load_rows(t, (uint32_t)at->index, error));
    phase_clock_start(t->fit->clock, STEP_STUDENT);
    begin_classifier(t, (uint32_t)at->index);
    label_rows(t);
    learn_labels(t);
    phase_clock_start(t->fit->clock, STEP_BACKWARD);
    find_loss(t);
    find_gradient(t);
    TRY(backend_finish(t->be, error));
    t->be->ops.copy_out(t->be, HOST_F64, &loss, t->loss);
    if (!isfinite(loss))
        return CLUDI_ERROR_DIVERGED;
    phase_clock_start(t->fit->clock, STEP_UPDATE);
    update(&t->labeling, t->rate, at->index + 1);
    phase_clock_start(t->fit->clock, STEP_REPORT);
    t->told[0] = loss;
    look_at_labels(t);
    t->taken++;
    return CLUDI_OK;
}

/* ---- the hooks of method.h ---- */

static int64_t batch_rows(const cludi_config *config, int64_t rows)
{
    (void)config;
    return min_int(rows, BATCH);
}

static int64_t usual_steps(const method *how, int64_t rows)
{
    (void)how;
    (void)rows;
    return STEPS;
}

static cludi_status open(void **self, const method_fit *fit, cludi_error *error)
{
    turtle *t = alloc_zeroed(&fit->be->allocator, 1, sizeof *t);
    *self = t;
    if (!t)
        return error_memory(error, "the training");
    t->fit = fit;
    t->be = fit->be;
    t->shape = (mlp_head_shape){.n = fit->data->map.width, .K = fit->clusters};
    t->N = batch_rows(fit->config, fit->data->args.X->rows);
    t->inner = INNER;
    t->rate = RATE;
    const batch_shape rows = {.kind = BATCH_PLAIN, .share = {0, t->N, t->N}};
    TRY(batch_init(&t->rows, fit->data, fit->be, &rows, error));
    TRY(init(t, error));
    begin_labeling(t);
    return CLUDI_OK;
}

static void close(void *self)
{
    turtle *t = self;
    const cludi_allocator *allocator = &t->be->allocator;
    batch_clear(&t->rows);
    clear(t);
    alloc_free(allocator, t);
}

static void report(void *self, method_report *r)
{
    const turtle *t = self;
    r->loss = t->told[0];
    r->confidence = t->told[1];
    memcpy(r->counts, t->counts, (size_t)t->shape.K * sizeof *t->counts);
}

static void copy_out(void *self, float *values)
{
    turtle *t = self;
    find_weight(t);
    t->be->ops.copy_out(t->be, HOST_F32, values, t->weight);
    t->be->ops.copy_out(t->be, HOST_F32, values + t->shape.K * t->shape.n, t->labeling.items[BIAS].value);
}

/* Products with all rows: a forward one of the labeling, two of each inner step and one after; then one backward. */
static double flop(const void *self, step_phase phase)
{
    const turtle *t = self;
    const double product = 2 * (double)t->N * (double)t->shape.n * (double)t->shape.K * (double)t->taken;
    return phase == STEP_STUDENT ? (2 + 2 * t->inner) * product : phase == STEP_BACKWARD ? product : 0;
}

/* ---- a checkpoint: classifiers do not outlive a step ---- */

static const char *const WEIGHTS[] = {"values", "m", "v"};

static cludi_status add_state(const void *self, checkpoint_state *state, cludi_error *error)
{
    const turtle *t = self;
    for (int i = 0; i < 3; i++)
        TRY(checkpoint_state_add(state, WEIGHTS[i], CHECKPOINT_FLOATS, param_specs_total(t->specs, LABELING_PARAMS),
                                 error));
    TRY(checkpoint_state_add(state, "counts", CHECKPOINT_WHOLE, t->shape.K, error));
    return checkpoint_state_add(state, "told", CHECKPOINT_REALS, 2, error);
}

static float *weights(const turtle *t, const checkpoint_state *state, int i)
{
    return checkpoint_state_find(state, WEIGHTS[i], CHECKPOINT_FLOATS, param_specs_total(t->specs, LABELING_PARAMS));
}

static void store(void *self, checkpoint_state *state)
{
    turtle *t = self;
    param_set_copy_out(&t->labeling, HOST_F32, weights(t, state, 0));
    param_set_moments_out(&t->labeling, HOST_F32, weights(t, state, 1), weights(t, state, 2));
    checkpoint_put_whole(state, "counts", t->counts, t->shape.K);
    checkpoint_put_reals(state, "told", t->told, 2);
}

static bool load(void *self, const checkpoint_state *state)
{
    turtle *t = self;
    const float *values = weights(t, state, 0), *m = weights(t, state, 1), *v = weights(t, state, 2);
    if (!values || !m || !v || !checkpoint_get_whole(state, "counts", t->counts, t->shape.K) ||
        !checkpoint_get_reals(state, "told", t->told, 2))
        return false;
    param_set_copy_in(&t->labeling, HOST_F32, values);
    param_set_moments_in(&t->labeling, HOST_F32, m, v);
    return true;
}

const method METHOD_TURTLE = {.value = CLUDI_METHOD_TURTLE,
                              .name = "turtle",
                              .loss = "loss",
                              .parameters = HEAD_PARAMETERS,
                              .has_confidence = true,
                              .recipe = &RECIPE,
                              .adapt = head_adapt,
                              .specs = head_method_specs,
                              .batch_rows = batch_rows,
                              .usual_steps = usual_steps,
                              .open = open,
                              .close = close,
                              .step = take_step,
                              .report = report,
                              .copy_out = copy_out,
                              .flop = flop,
                              .add_state = add_state,
                              .store = store,
                              .load = load,
                              .predict_open = head_predict_open,
                              .predict_block = head_predict_block,
                              .predict_close = head_predict_close};
