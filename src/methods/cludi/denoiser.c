#include "denoiser.h"

#include <math.h>
#include <stdio.h>

#include "bounds.h"
#include "noise_schedule.h"

/* ---- parameters ---- */

typedef struct spec_list {
    param_spec *specs;
    int count;
} spec_list;

static param_spec *add_spec(spec_list *list, const char *name, int64_t rows, int64_t cols)
{
    param_spec *spec = &list->specs[list->count++];
    *spec = (param_spec){.rows = rows, .cols = cols, .matrix = true, .trained = true};
    snprintf(spec->name, sizeof spec->name, "%s", name);
    return spec;
}

/* NAME.weight (out, in) ~ N(0, 1/in) and NAME.bias (out) = 0; index >= 0 makes it NAME.index. */
static param_spec *add_layer(spec_list *list, const char *name, int index, int64_t out, int64_t in)
{
    char stem[16], full[24];
    snprintf(stem, sizeof stem, index < 0 ? "%s" : "%s.%d", name, index);
    snprintf(full, sizeof full, "%s.weight", stem);
    param_spec *weight = add_spec(list, full, out, in);
    weight->deviation = 1 / sqrt((double)in);
    weight->products = PARAM_BOTH;
    snprintf(full, sizeof full, "%s.bias", stem);
    add_spec(list, full, 1, out)->matrix = false;
    return weight;
}

int denoiser_specs(param_spec *specs, int64_t n, int32_t K, const cludi_config *config)
{
    const int64_t w = config->hidden_dim, d = config->embedding_dim;
    spec_list list = {specs, 0};
    add_layer(&list, "x1", -1, w, n)->products = PARAM_FORWARD;
    add_layer(&list, "x2", -1, w, w);
    add_layer(&list, "zin", -1, w, 2 * d)->products = PARAM_FORWARD;
    add_layer(&list, "te", -1, w, TIME_EMBEDDING)->products = PARAM_FEW; /* these meet a row for each time alone */
    for (int i = 0; i < config->blocks; i++) {
        param_spec *weight = add_layer(&list, "ada", i, 3 * w, w);
        weight->products = PARAM_FEW;
        weight->deviation = 0;
    }
    for (int i = 0; i < config->blocks; i++)
        add_layer(&list, "f1", i, w, w);
    for (int i = 0; i < config->blocks; i++)
        add_layer(&list, "f2", i, w, w);
    add_layer(&list, "out", -1, d, w);
    add_spec(&list, "L", K, d)->deviation = 1;
    param_spec *codes = add_spec(&list, "E", K, d);
    codes->trained = false;
    codes->unit = true;
    return list.count;
}

void denoiser_bind(denoiser *net, const param_set *set, int64_t n, int32_t K, const cludi_config *config)
{
    int next = 0;
    *net = (denoiser){
        .be = set->be, .d = config->embedding_dim, .w = config->hidden_dim, .R = config->blocks, .n = n, .K = K};
    linear_layer *first[] = {&net->x1, &net->x2, &net->zin, &net->te};
    linear_layer *blocks[] = {net->ada, net->f1, net->f2};
    for (int i = 0; i < 4; i++, next += 2)
        *first[i] = linear_bind(set, next);
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < net->R; i++, next += 2)
            blocks[kind][i] = linear_bind(set, next);
    net->out = linear_bind(set, next);
    net->L = set->items[next + 2].value;
    net->dL = set->items[next + 2].gradient;
    net->E = set->items[next + 3].value;
}

/* ---- features: h = W2 silu(W1 x) ---- */

void denoiser_features_layout(denoiser_features *f, arena *a, const denoiser *net, int64_t rows, bool training)
{
    f->x = arena_take(a, rows, net->n);
    f->s = arena_take_operand(a, rows, net->w);
    f->h = arena_take(a, rows, net->w);
    f->pre = training ? arena_take(a, rows, net->w) : (tensor){0};
}

denoiser_features denoiser_features_rows(const denoiser *net, const denoiser_features *f, int64_t first, int64_t rows)
{
    return (denoiser_features){.x = backend_rows(net->be, f->x, first, rows),
                               .pre = backend_rows(net->be, f->pre, first, rows),
                               .s = backend_rows(net->be, f->s, first, rows),
                               .h = backend_rows(net->be, f->h, first, rows)};
}

void denoiser_features_forward(const denoiser *net, denoiser_features *f)
{
    linear_forward_silu(net->be, &net->x1, f->s, f->pre, f->x);
    linear_forward(net->be, &net->x2, f->h, f->s);
}

/* ---- times: e = silu(We sincos(t)), [a b g]_i = A_i e ---- */

void denoiser_times_layout(denoiser_times *t, arena *a, const denoiser *net, int64_t times)
{
    t->table = arena_take(a, times, TIME_EMBEDDING);
    t->pre = arena_take(a, times, net->w);
    t->e = arena_take(a, times, net->w);
    for (int i = 0; i < net->R; i++)
        t->modulation[i] = arena_take(a, times, 3 * (int64_t)net->w);
}

void denoiser_times_forward(const denoiser *net, denoiser_times *t)
{
    linear_forward_silu(net->be, &net->te, t->e, t->pre, t->table);
    for (int i = 0; i < net->R; i++)
        linear_forward(net->be, &net->ada[i], t->modulation[i], t->e);
}

/* ---- the residual stream ---- */

void denoiser_pass_layout(denoiser_pass *p, arena *a, const denoiser *net, int64_t rows, bool training)
{
    const int64_t w = net->w;
    p->input = arena_take_operand(a, rows, 2 * (int64_t)net->d);
    p->raw = arena_take(a, rows, net->d);
    p->z = arena_take(a, rows, net->d);
    for (int i = 0; i <= net->R; i++) {
        const bool own = training || i == 0;
        p->v[i] = own ? arena_take(a, rows, w) : p->v[0];
        p->u[i] = own ? arena_take_operand(a, rows, w) : p->u[0];
        p->stats[i] = training ? arena_take(a, rows, 2) : (tensor){0};
        if (i == net->R)
            break;
        p->f[i] = own ? arena_take_operand(a, rows, w) : p->f[0];
        p->o[i] = own ? arena_take(a, rows, w) : p->o[0];
        p->pre[i] = training ? arena_take(a, rows, w) : (tensor){0};
    }
}

denoiser_pass denoiser_pass_rows(const denoiser *net, const denoiser_pass *p, int64_t first, int64_t rows)
{
    const backend *be = net->be;
    denoiser_pass part = {.input = backend_rows(be, p->input, first, rows),
                          .raw = backend_rows(be, p->raw, first, rows),
                          .z = backend_rows(be, p->z, first, rows)};
    for (int i = 0; i <= net->R; i++) {
        part.v[i] = backend_rows(be, p->v[i], first, rows);
        part.stats[i] = backend_rows(be, p->stats[i], first, rows);
        part.u[i] = backend_rows(be, p->u[i], first, rows);
    }
    for (int i = 0; i < net->R; i++) {
        part.pre[i] = backend_rows(be, p->pre[i], first, rows);
        part.f[i] = backend_rows(be, p->f[i], first, rows);
        part.o[i] = backend_rows(be, p->o[i], first, rows);
    }
    return part;
}

void denoiser_forward(const denoiser *net, denoiser_pass *p, const denoiser_times *t, time_rows times, tensor h)
{
    backend *be = net->be;
    const int64_t rows = p->input.rows, group = rows / times.count;
    linear_forward_add(be, &net->zin, p->v[0], p->input, h);
    for (int i = 0; i < net->R; i++) {
        const tensor modulation = backend_rows(be, t->modulation[i], times.first, times.count);
        be->ops.norm_modulate(be, p->u[i], p->stats[i], p->v[i], modulation, group);
        linear_forward_silu(be, &net->f1[i], p->f[i], p->pre[i], p->u[i]);
        linear_forward_gate(be, &net->f2[i], &(gated_sum){p->v[i + 1], p->v[i], p->o[i], modulation, group}, p->f[i]);
    }
    be->ops.norm_modulate(be, p->u[net->R], p->stats[net->R], p->v[net->R], (tensor){0}, rows);
    linear_forward(be, &net->out, p->raw, p->u[net->R]);
    be->ops.unit_rows(be, p->z, p->raw, sqrt((double)net->d));
}

/* ---- backward ---- */

/* Tasks for the N rows of a view. */
static int64_t parts_of_view(const denoiser *net, int64_t N)
{
    const int64_t block = backend_block(net->be, N);
    return (N + block - 1) / block;
}

void denoiser_gradients_layout(denoiser_gradients *g, arena *a, const denoiser *net, int64_t rows, int64_t times)
{
    const int64_t w = net->w, parts = times * parts_of_view(net, rows / times);
    const int64_t scratch = backend_workers(net->be) * backend_block(net->be, rows / times);
    g->dz = arena_take(a, rows, net->d);
    g->draw = arena_take_operand(a, rows, net->d);
    g->dzin = arena_take_operand(a, rows, w);
    g->dx2 = arena_take_operand(a, rows, w);
    g->dx1 = arena_take_operand(a, rows, w);
    g->dv = arena_take(a, scratch, w);
    g->du = arena_take(a, scratch, w);
    g->de = arena_take(a, times, w);
    g->de_part = arena_take(a, times, w);
    for (int i = 0; i < net->R; i++) {
        g->df1[i] = arena_take_operand(a, rows, w);
        g->df2[i] = arena_take_operand(a, rows, w);
        g->part[i] = arena_take(a, parts, 3 * w);
        g->dmodulation[i] = arena_take(a, times, 3 * w);
    }
}

/* Some rows of one view, and all that their backward reads and writes. */
typedef struct backward_rows {
    backend be;
    denoiser net;
    int64_t first, count, view, part;
    tensor dv, du;
} backward_rows;

typedef struct backward_call {
    const denoiser *net;
    const denoiser_gradients *g;
    const denoiser_pass *p;
    const denoiser_times *t;
    const denoiser_features *f;
    const denoiser_dropout *dropout;
} backward_call;

static tensor rows_of(const backward_rows *b, tensor x)
{
    return backend_rows(&b->be, x, b->first, b->count);
}

/* Block i of S3, last to first: dv is the gradient by v[i + 1] on entry and by v[i] on return. */
static void block_backward(backward_rows *b, const backward_call *c, int i)
{
    backend *be = &b->be;
    const tensor part = backend_rows(be, c->g->part[i], b->part, 1);
    const tensor df1 = rows_of(b, c->g->df1[i]), df2 = rows_of(b, c->g->df2[i]);
    const norm_saved saved = {backend_rows(be, c->t->modulation[i], b->view, 1), rows_of(b, c->p->stats[i]), b->count};
    be->ops.gate_add_backward(be, df2, part, b->dv, rows_of(b, c->p->o[i]), &saved);
    linear_backward_input(be, &b->net.f2[i], b->du, df2);
    be->ops.silu_backward(be, df1, b->du, rows_of(b, c->p->pre[i]));
    linear_backward_input(be, &b->net.f1[i], b->du, df1);
    be->ops.norm_modulate_backward(be, b->dv, part, b->du, rows_of(b, c->p->v[i]), &saved);
}

/* Gradients by the outputs of all layers, for some rows. */
static void backward_part(void *self, int worker, int64_t index)
{
    const backward_call *c = self;
    const denoiser_gradients *g = c->g;
    const int R = c->net->R;
    const int64_t N = g->dz.rows / c->t->table.rows, block = backend_block(c->net->be, N);
    const int64_t per_view = parts_of_view(c->net, N), in_view = index % per_view * block;
    backward_rows b = {.be = backend_worker(c->net->be),
                       .net = *c->net,
                       .view = index / per_view,
                       .count = min_int(N - in_view, block),
                       .part = index};
    backend *be = &b.be;
    b.first = b.view * N + in_view;
    b.dv = backend_rows(be, g->dv, worker * block, b.count);
    b.du = backend_rows(be, g->du, worker * block, b.count);
    const tensor draw = rows_of(&b, g->draw), dx2 = rows_of(&b, g->dx2);
    be->ops.unit_rows_backward(be, draw, rows_of(&b, g->dz), rows_of(&b, c->p->raw), sqrt((double)c->net->d));
    linear_backward_input(be, &b.net.out, b.du, draw);
    be->ops.zero(be, b.dv);
    be->ops.norm_modulate_backward(be, b.dv, (tensor){0}, b.du, rows_of(&b, c->p->v[R]),
                                   &(norm_saved){{0}, rows_of(&b, c->p->stats[R]), b.count});
    for (int i = R - 1; i >= 0; i--)
        block_backward(&b, c, i);
    be->ops.copy(be, rows_of(&b, g->dzin), b.dv);
    be->ops.dropout(be, dx2, b.dv, rows_of(&b, c->dropout->uniform), c->dropout->probability);
    linear_backward_input(be, &b.net.x2, b.du, dx2);
    be->ops.silu_backward(be, rows_of(&b, g->dx1), b.du, rows_of(&b, c->f->pre));
}

/* A layer, the gradient by its output, and its input. */
typedef struct layer_rows {
    const linear_layer *layer;
    tensor dy, x;
    tensor part; /* dy is its sum over the parts of each view; absent: dy is there */
} layer_rows;

typedef struct weights_call {
    backend *be;
    int count;
    layer_rows layers[6 + 3 * DENOISER_MAX_BLOCKS];
} weights_call;

/* The weights of one layer, on one worker: they do not meet. */
static void layer_weights(void *self, int worker, int64_t index)
{
    const weights_call *c = self;
    const layer_rows *l = &c->layers[index];
    backend be = backend_worker(c->be);
    (void)worker;
    if (l->part.data)
        be.ops.column_sum(&be, l->dy, l->part, l->part.rows / l->dy.rows);
    linear_backward_weights(&be, l->layer, l->dy, l->x);
}

/* e = silu(We sincos(t)) */
static void times_backward(const denoiser *net, denoiser_gradients *g, const denoiser_times *t)
{
    backend *be = net->be;
    be->ops.zero(be, g->de);
    for (int i = 0; i < net->R; i++) {
        linear_backward_input(be, &net->ada[i], g->de_part, g->dmodulation[i]);
        be->ops.add_repeated(be, g->de, g->de_part);
    }
    be->ops.silu_backward(be, g->de, g->de, t->pre);
    linear_backward_weights(be, &net->te, g->de, t->table);
}

/* Gradients of all weights, from those by the layers' outputs; the largest first. */
static void weights_backward(const denoiser *net, denoiser_gradients *g, const denoiser_pass *p,
                             const denoiser_times *t, const denoiser_features *f)
{
    weights_call call = {.be = net->be};
    call.layers[call.count++] = (layer_rows){&net->x1, g->dx1, f->x, {0}};
    call.layers[call.count++] = (layer_rows){&net->x2, g->dx2, f->s, {0}};
    for (int i = 0; i < net->R; i++) {
        call.layers[call.count++] = (layer_rows){&net->f1[i], g->df1[i], p->u[i], {0}};
        call.layers[call.count++] = (layer_rows){&net->f2[i], g->df2[i], p->f[i], {0}};
    }
    call.layers[call.count++] = (layer_rows){&net->zin, g->dzin, p->input, {0}};
    for (int i = 0; i < net->R; i++)
        call.layers[call.count++] = (layer_rows){&net->ada[i], g->dmodulation[i], t->e, g->part[i]};
    call.layers[call.count++] = (layer_rows){&net->out, g->draw, p->u[net->R], {0}};
    net->be->ops.for_each(net->be, call.count, layer_weights, &call);
    times_backward(net, g, t);
}

void denoiser_backward(const denoiser *net, denoiser_gradients *g, const denoiser_pass *p, const denoiser_times *t,
                       const denoiser_features *f, const denoiser_dropout *dropout)
{
    backward_call call = {net, g, p, t, f, dropout};
    net->be->ops.for_each(net->be, t->table.rows * parts_of_view(net, g->dz.rows / t->table.rows), backward_part,
                          &call);
    weights_backward(net, g, p, t, f);
}
