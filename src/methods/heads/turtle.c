/* The method "turtle": Gadetsky, Jiang, Brbic 2024, "Let go of your labels with unsupervised transfer", ICML, arXiv:2406.07236.

   A labeling q = softmax(g v / |v| x + b) of the rows x is good if a linear classifier that learns it separates its clusters by a
   large margin. In each step a classifier p = softmax(W x + c) begins anew, from U(-1 / sqrt(n), 1 / sqrt(n)), and learns q by INNER
   steps of Adam on - mean over rows of q . log p; few small steps are what makes its margin large. Then v, g, b take one step of Adam on

     loss = - mean over rows of q . log p + 10 sum_k m_k log m_k,   m = mean of q over the rows

   with W, c held: the paper's first-order gradient. The last term keeps the clusters from becoming one.

   Of several spaces of features each has its own x, v, g, b, W and c. q is then the mean of their labelings, which all classifiers learn;
   the loss is the sum over the spaces, with the m of each one's labeling.

   Taken here: rows without their mean, for with a large mean in common the small steps of a classifier learn little else; 1000 steps
   (the paper: 6000), enough for features of an encoder; v, b begin as W, c do, and g = |v|. The model is the linear head that q is,
   g v / |v| and b, and predicts as the other heads do; with several spaces, a head for each. */
#include <math.h>
#include <string.h>

#include "alloc.h"
#include "batch.h"
#include "bounds.h"
#include "error.h"
#include "head_method.h"
#include "turtle_step.h"

enum { STEPS = 1000, BATCH = 10000, INNER = 10 };
enum { LOSS, CONFIDENCE, COUNTS }; /* places in what is told of a step; COUNTS: the first */

static const double RATE = 1e-3;

static const head_recipe RECIPE = {.temperature = 1}; /* the head: linear, no neighbors */

typedef struct turtle {
    const method_fit *fit;
    batch rows;
    turtle_step step;
    double widths[INPUT_MOST_SPACES]; /* (spaces) */
    float *slice;                     /* (N, n) of one of several spaces; this and the next two are owned */
    float *q;                         /* (N, K) */
    double *told;                     /* (COUNTS + K) of the last step */
    int64_t taken;
} turtle;

/* The columns of one of several spaces; of one space the rows are whole. */
static const float *slice_of(const turtle *t, int64_t first, int64_t n)
{
    const int64_t width = t->fit->data->map.width;
    if (t->step.spaces == 1)
        return t->rows.teacher;
    for (int64_t i = 0; i < t->step.N; i++)
        memcpy(t->slice + i * n, t->rows.teacher + i * width + first, (size_t)n * sizeof *t->slice);
    return t->slice;
}

static cludi_status load_rows(turtle *t, uint32_t step, cludi_error *error)
{
    backend *be = t->step.be;
    int64_t first = 0;
    phase_clock_start(t->fit->clock, STEP_DATA);
    TRY(batch_load(&t->rows, step, error));
    for (int s = 0; s < t->step.spaces; s++) {
        const turtle_space *space = &t->step.space[s];
        be->ops.copy_in(be, space->given, HOST_F32, slice_of(t, first, space->n));
        first += space->n;
    }
    return CLUDI_OK;
}

/* Counts and confidence of the rows of the step. */
static void look_at_labels(turtle *t)
{
    const int64_t K = t->step.K;
    double *counts = t->told + COUNTS, sum = 0;
    t->step.be->ops.copy_out(t->step.be, HOST_F32, t->q, t->step.q);
    memset(counts, 0, (size_t)K * sizeof *counts);
    for (int64_t i = 0; i < t->step.N; i++) {
        const int32_t k = argmax_float(t->q + i * K, K);
        counts[k]++;
        sum += (double)t->q[i * K + k];
    }
    t->told[CONFIDENCE] = sum / (double)t->step.N;
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
    const cludi_allocator *allocator = &fit->be->allocator;
    const input_map *map = &fit->data->map;
    turtle *t = alloc_zeroed(allocator, 1, sizeof *t);
    *self = t;
    if (!t)
        return error_memory(error, "the training");
    const int64_t N = batch_rows(fit->config, fit->data->args.X->rows), K = fit->clusters;
    const batch_shape rows = {.kind = BATCH_PLAIN, .share = {0, N, N}};
    t->fit = fit;
    t->step = (turtle_step){.be = fit->be, .N = N, .K = K, .inner = INNER, .rate = RATE, .clock = fit->clock};
    t->step.spaces = input_map_spaces(map);
    for (int s = 0; s < t->step.spaces; s++)
        t->widths[s] = (double)(t->step.space[s].n = input_map_space_width(map, s));
    TRY(batch_init(&t->rows, fit->data, fit->be, &rows, error));
    TRY(turtle_step_init(&t->step, error));
    t->slice = alloc_array(allocator, t->step.spaces > 1 ? N * map->width : 1, sizeof *t->slice);
    t->q = alloc_array(allocator, N * K, sizeof *t->q);
    t->told = alloc_zeroed(allocator, COUNTS + K, sizeof *t->told);
    if (!t->slice || !t->q || !t->told)
        return error_memory(error, "the labels of a batch");
    turtle_step_begin(&t->step, fit->seed);
    return CLUDI_OK;
}

static void close(void *self)
{
    turtle *t = self;
    const cludi_allocator *allocator = &t->fit->be->allocator;
    batch_clear(&t->rows);
    turtle_step_clear(&t->step);
    alloc_free(allocator, t->slice);
    alloc_free(allocator, t->q);
    alloc_free(allocator, t->told);
    alloc_free(allocator, t);
}

static cludi_status take_step(void *self, const method_step *at, cludi_error *error)
{
    turtle *t = self;
    double loss;
    TRY(load_rows(t, (uint32_t)at->index, error));
    TRY(turtle_step_gradient(&t->step, t->fit->seed, (uint32_t)at->index, error));
    t->step.be->ops.copy_out(t->step.be, HOST_F64, &loss, t->step.loss);
    if (!isfinite(loss))
        return CLUDI_ERROR_DIVERGED;
    phase_clock_start(t->fit->clock, STEP_UPDATE);
    turtle_step_update(&t->step, at->index + 1);
    phase_clock_start(t->fit->clock, STEP_REPORT);
    t->told[LOSS] = loss;
    look_at_labels(t);
    t->taken++;
    return CLUDI_OK;
}

static void report(void *self, method_report *r)
{
    const turtle *t = self;
    r->loss = t->told[LOSS];
    r->confidence = t->told[CONFIDENCE];
    memcpy(r->counts, t->told + COUNTS, (size_t)t->step.K * sizeof *t->told);
}

static void copy_out(void *self, float *values)
{
    turtle *t = self;
    turtle_step_copy_out(&t->step, values);
}

/* Products with all rows: a forward one of the labeling, two of each inner step and one after; then one backward. */
static double flop(const void *self, step_phase phase)
{
    const turtle *t = self;
    const double product =
        2 * (double)t->step.N * (double)t->fit->data->map.width * (double)t->step.K * (double)t->taken;
    return phase == STEP_STUDENT ? (2 + 2 * t->step.inner) * product : phase == STEP_BACKWARD ? product : 0;
}

/* ---- a checkpoint: classifiers do not outlive a step ---- */

static const char *const WEIGHTS[] = {"values", "m", "v"};

static int64_t weights_count(const turtle *t)
{
    return param_specs_total(t->step.specs, t->step.labeling.count);
}

static cludi_status add_state(const void *self, checkpoint_state *state, cludi_error *error)
{
    const turtle *t = self;
    for (int i = 0; i < 3; i++)
        TRY(checkpoint_state_add(state, WEIGHTS[i], CHECKPOINT_FLOATS, weights_count(t), error));
    TRY(checkpoint_state_add(state, "widths", CHECKPOINT_WHOLE, t->step.spaces, error));
    return checkpoint_state_add(state, "told", CHECKPOINT_REALS, COUNTS + t->step.K, error);
}

static float *weights(const turtle *t, const checkpoint_state *state, int i)
{
    return checkpoint_state_find(state, WEIGHTS[i], CHECKPOINT_FLOATS, weights_count(t));
}

static void store(void *self, checkpoint_state *state)
{
    turtle *t = self;
    param_set_copy_out(&t->step.labeling, HOST_F32, weights(t, state, 0));
    param_set_moments_out(&t->step.labeling, HOST_F32, weights(t, state, 1), weights(t, state, 2));
    checkpoint_put_whole(state, "widths", t->widths, t->step.spaces);
    checkpoint_put_reals(state, "told", t->told, COUNTS + t->step.K);
}

static bool load(void *self, const checkpoint_state *state)
{
    turtle *t = self;
    const float *values = weights(t, state, 0), *m = weights(t, state, 1), *v = weights(t, state, 2);
    double widths[INPUT_MOST_SPACES];
    if (!values || !m || !v || !checkpoint_get_whole(state, "widths", widths, t->step.spaces) ||
        memcmp(widths, t->widths, (size_t)t->step.spaces * sizeof *widths) != 0 ||
        !checkpoint_get_reals(state, "told", t->told, COUNTS + t->step.K))
        return false;
    param_set_copy_in(&t->step.labeling, HOST_F32, values);
    param_set_moments_in(&t->step.labeling, HOST_F32, m, v);
    return true;
}

const method METHOD_TURTLE = {
    .value = CLUDI_METHOD_TURTLE,
    .name = "turtle",
    .help = "a labeling whose linear classifiers have a large margin (Gadetsky, Jiang, Brbic 2024)",
    .unit = "steps",
    .loss = "loss",
    .parameters = HEAD_PARAMETERS,
    .has_confidence = true,
    .has_spaces = true,
    .takes_mean = true,
    .recipe = &RECIPE,
    .adapt = head_adapt,
    .specs = head_method_specs,
    .batch_rows = batch_rows,
    .usual_steps = usual_steps,
    .rows_read = head_rows_read,
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
