#include "turtle_step.h"

#include <math.h>
#include <stddef.h>

#include "bounds.h"
#include "error.h"
#include "mlp_head.h"

static const double ENTROPY = 10;

/* ---- set-up ---- */

/* Rows of space s, and its line, in what all spaces have together. */
static tensor rows_of(const turtle_step *t, tensor x, int s)
{
    return backend_rows(t->be, x, s * t->N, t->N);
}

static tensor line_of(const turtle_step *t, tensor x, int s)
{
    return backend_rows(t->be, x, s, 1);
}

/* Columns of the widest tensor that is drawn. */
static int64_t widest(const turtle_step *t)
{
    int64_t most = t->K;
    for (int s = 0; s < t->spaces; s++)
        most = max_int(most, t->space[s].n);
    return most;
}

static void layout(turtle_step *t, arena *a)
{
    const int64_t all = t->spaces * t->N, K = t->K;
    for (int s = 0; s < t->spaces; s++) {
        turtle_space *space = &t->space[s];
        space->given = arena_take(a, t->N, space->n);
        space->x = arena_take_operand(a, t->N, space->n);
        space->unit = arena_take(a, K, space->n);
        space->weight = arena_take(a, K, space->n);
        space->dW = arena_take(a, K, space->n);
    }
    t->l = arena_take(a, all, K);
    t->part = arena_take(a, all, K);
    t->log_p = arena_take(a, all, K);
    t->q = arena_take(a, t->N, K);
    t->du = arena_take(a, all, K);
    t->dl = arena_take(a, all, K);
    t->share = arena_take(a, t->spaces, K);
    t->log_share = arena_take(a, t->spaces, K);
    t->scratch = arena_take(a, t->spaces, K);
    t->zeros = arena_take(a, 1, K);
    t->half = arena_take(a, 1, widest(t));
    t->row_loss = arena_take(a, t->N, 1);
    t->loss = arena_take(a, 1, 1);
}

static void list_specs(turtle_step *t)
{
    for (int s = 0; s < t->spaces; s++) {
        param_spec *own = t->specs + (ptrdiff_t)s * TURTLE_PARAMS;
        const mlp_head_shape layer = {.n = t->space[s].n, .K = t->K};
        own[TURTLE_DIRECTION] =
            (param_spec){.name = "direction", .rows = t->K, .cols = layer.n, .matrix = true, .trained = true};
        own[TURTLE_LENGTH] = (param_spec){.name = "length", .rows = 1, .cols = t->K, .trained = true};
        own[TURTLE_BIAS] = (param_spec){.name = "bias", .rows = 1, .cols = t->K, .trained = true};
        (void)mlp_head_specs(t->layer_specs + (ptrdiff_t)s * TURTLE_LAYER_PARAMS, &layer);
    }
}

static void bind(turtle_step *t)
{
    for (int s = 0; s < t->spaces; s++) {
        param_tensors *own = t->labeling.items + (ptrdiff_t)s * TURTLE_PARAMS;
        t->space[s].v = &own[TURTLE_DIRECTION];
        t->space[s].g = &own[TURTLE_LENGTH];
        t->space[s].b = &own[TURTLE_BIAS];
        t->space[s].classifier = linear_bind(&t->classifiers, s * TURTLE_LAYER_PARAMS);
    }
}

static void fill_constants(turtle_step *t)
{
    static const double HALF = -0.5;
    const tensor column = {t->half.data, t->half.cols, 1, false};
    for (int64_t j = 0; j < column.rows; j++)
        t->be->ops.copy_in(t->be, backend_rows(t->be, column, j, 1), HOST_F64, &HALF);
    t->be->ops.zero(t->be, t->zeros);
}

cludi_status turtle_step_init(turtle_step *t, cludi_error *error)
{
    list_specs(t);
    TRY(param_set_init(&t->labeling, t->be, t->specs, t->spaces * TURTLE_PARAMS, true, error));
    TRY(param_set_init(&t->classifiers, t->be, t->layer_specs, t->spaces * TURTLE_LAYER_PARAMS, true, error));
    bind(t);
    arena_begin(&t->memory, t->be);
    layout(t, &t->memory);
    TRY(arena_allocate(&t->memory, "the activations of a training step", error));
    layout(t, &t->memory);
    fill_constants(t);
    return CLUDI_OK;
}

void turtle_step_clear(turtle_step *t)
{
    for (int s = 0; s < t->spaces; s++)
        if (t->space[s].weight.data)
            t->be->ops.forget(t->be, &t->space[s].weight, 1);
    param_set_clear(&t->labeling);
    param_set_clear(&t->classifiers);
    arena_clear(&t->memory);
}

/* ---- first weights ---- */

/* x = numbers of U(-bound, bound), from row `first` of a stream on. */
static void draw(const turtle_step *t, tensor x, rng_stream stream, uint64_t first, double bound)
{
    t->be->ops.fill_uniform(t->be, x, stream, first);
    t->be->ops.add_repeated(t->be, x, (tensor){t->half.data, 1, x.cols, false});
    t->be->ops.scale(t->be, x, x, 2 * bound);
}

/* A linear layer of space s. turn 0: the labeling; 1 + i: the classifier of step i. */
static void draw_layer(const turtle_step *t, int s, uint64_t seed, uint32_t turn, const linear_layer *layer)
{
    const rng_stream stream = {seed, RNG_INIT, turn * (uint32_t)t->spaces + (uint32_t)s};
    const double bound = 1 / sqrt((double)t->space[s].n);
    draw(t, layer->W, stream, 0, bound);
    draw(t, layer->b, stream, (uint64_t)t->K, bound);
}

/* g = |v| is v . v / |v|. */
void turtle_step_begin(turtle_step *t, uint64_t seed)
{
    for (int s = 0; s < t->spaces; s++) {
        const turtle_space *space = &t->space[s];
        const tensor length = {space->g->value.data, t->K, 1, false};
        draw_layer(t, s, seed, 0, &(linear_layer){.W = space->v->value, .b = space->b->value});
        t->be->ops.unit_rows(t->be, space->unit, space->v->value, 1);
        t->be->ops.zero(t->be, length);
        t->be->ops.add_row_dots(t->be, length, space->unit, space->v->value, 1);
    }
}

/* What Adam knows of the classifiers' last steps. */
static void forget_moments(turtle_step *t)
{
    for (int i = 0; i < t->classifiers.count; i++) {
        t->be->ops.zero(t->be, t->classifiers.items[i].m);
        t->be->ops.zero(t->be, t->classifiers.items[i].v);
    }
}

/* ---- one step ---- */

static void update(param_set *set, double rate, int64_t step)
{
    const adamw_args args = {
        .lr = rate, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .clip = 1e6 /* none */, .step = step};
    param_set_update(set, &args);
}

/* weight = g v / |v|, and unit = v / |v| */
static void find_weight(turtle_step *t, const turtle_space *space)
{
    backend *be = t->be;
    be->ops.unit_rows(be, space->unit, space->v->value, 1);
    be->ops.mix_groups(be, space->weight, space->unit, space->g->value, space->unit, t->zeros);
}

/* share = m, log_share = log m, which is finite whatever the logits; du is scratch. */
static void find_share(turtle_step *t)
{
    backend *be = t->be;
    const double mean = 1 / (double)t->N;
    be->ops.log_softmax(be, t->du, t->l, 1);
    be->ops.column_sum(be, t->share, t->part, t->N);
    be->ops.scale(be, t->share, t->share, mean);
    be->ops.column_max(be, t->log_share, t->du, 1, t->N);
    be->ops.column_sum_exp(be, t->scratch, t->du, 1, t->log_share);
    be->ops.scale(be, t->scratch, t->scratch, mean);
    be->ops.add_log(be, t->log_share, t->scratch);
}

static void label_rows(turtle_step *t)
{
    backend *be = t->be;
    for (int s = 0; s < t->spaces; s++) {
        const turtle_space *space = &t->space[s];
        find_weight(t, space);
        be->ops.prepare(be, &space->weight, 1, false);
        be->ops.linear(be, rows_of(t, t->l, s), space->x, space->weight, space->b->value);
    }
    be->ops.softmax(be, t->part, t->l, 1);
    be->ops.mean_views(be, t->q, t->part);
    find_share(t);
}

static void classify(turtle_step *t)
{
    param_set_prepare(&t->classifiers);
    for (int s = 0; s < t->spaces; s++)
        linear_forward(t->be, &t->space[s].classifier, rows_of(t, t->l, s), t->space[s].x);
}

/* log_p of the classifiers, which have learned q. */
static void learn_labels(turtle_step *t)
{
    backend *be = t->be;
    const double mean = 1 / (double)t->N, less[3] = {-mean, mean, 0};
    for (int i = 0; i < t->inner; i++) {
        classify(t);
        be->ops.softmax(be, t->dl, t->l, 1);
        for (int s = 0; s < t->spaces; s++) {
            const tensor dl = rows_of(t, t->dl, s);
            be->ops.mix_three(be, dl, t->q, t->q, less); /* (p - q) / N */
            linear_backward_weights(be, &t->space[s].classifier, dl, t->space[s].x);
        }
        update(&t->classifiers, t->rate, i + 1);
    }
    classify(t);
    be->ops.log_softmax(be, t->log_p, t->l, 1);
}

static void find_loss(turtle_step *t)
{
    backend *be = t->be;
    be->ops.zero(be, t->row_loss);
    for (int s = 0; s < t->spaces; s++)
        be->ops.add_row_dots(be, t->row_loss, t->q, rows_of(t, t->log_p, s), -1 / (double)t->N);
    be->ops.column_sum(be, t->loss, t->row_loss, t->N);
    for (int s = 0; s < t->spaces; s++)
        be->ops.add_row_dots(be, t->loss, line_of(t, t->share, s), line_of(t, t->log_share, s), ENTROPY);
}

/* dl: the gradient by the labelings' logits. By the labeling of a space: (10 (log m + 1) - mean over the spaces of log p) / N, as q is
   1 / spaces of it; the 1 does not reach the logits. l is scratch. */
static void find_slopes(turtle_step *t)
{
    backend *be = t->be;
    const double mean = 1 / (double)t->N;
    const tensor log_p = rows_of(t, t->l, 0);
    be->ops.mean_views(be, log_p, t->log_p);
    be->ops.scale(be, t->scratch, t->log_share, ENTROPY * mean);
    for (int s = 0; s < t->spaces; s++) {
        be->ops.scale(be, rows_of(t, t->du, s), log_p, -mean);
        be->ops.add_repeated(be, rows_of(t, t->du, s), line_of(t, t->scratch, s));
    }
    be->ops.zero(be, t->dl);
    be->ops.softmax_backward(be, t->dl, t->du, t->part, 1);
}

/* From dl to v, g and b. unit is scratch. */
static void find_gradient(turtle_step *t)
{
    backend *be = t->be;
    for (int s = 0; s < t->spaces; s++) {
        const turtle_space *space = &t->space[s];
        const tensor by_length = {space->g->gradient.data, t->K, 1, false};
        be->ops.linear_dw(be, space->dW, space->b->gradient, rows_of(t, t->dl, s), space->x);
        be->ops.zero(be, by_length);
        be->ops.add_row_dots(be, by_length, space->dW, space->unit, 1);
        be->ops.mix_groups(be, space->unit, space->dW, space->g->value, space->dW, t->zeros);
        be->ops.unit_rows_backward(be, space->v->gradient, space->unit, space->v->value, 1);
    }
}

void turtle_step_learn(turtle_step *t)
{
    forget_moments(t);
    label_rows(t);
    learn_labels(t);
    phase_clock_start(t->clock, STEP_BACKWARD);
    find_loss(t);
    find_slopes(t);
    find_gradient(t);
}

cludi_status turtle_step_gradient(turtle_step *t, uint64_t seed, uint32_t step, cludi_error *error)
{
    phase_clock_start(t->clock, STEP_STUDENT);
    for (int s = 0; s < t->spaces; s++) {
        const turtle_space *space = &t->space[s];
        t->be->ops.unit_rows(t->be, space->given, space->given, sqrt((double)space->n));
        t->be->ops.copy(t->be, space->x, space->given);
        draw_layer(t, s, seed, 1 + step, &space->classifier);
    }
    turtle_step_learn(t);
    return backend_finish(t->be, error);
}

void turtle_step_update(turtle_step *t, int64_t step)
{
    update(&t->labeling, t->rate, step);
}

void turtle_step_copy_out(turtle_step *t, float *values)
{
    for (int s = 0; s < t->spaces; s++) {
        const turtle_space *space = &t->space[s];
        find_weight(t, space);
        t->be->ops.copy_out(t->be, HOST_F32, values, space->weight);
        values += t->K * space->n;
        t->be->ops.copy_out(t->be, HOST_F32, values, space->b->value);
        values += t->K;
    }
}
