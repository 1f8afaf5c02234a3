#include "denoiser.h"

#include <math.h>
#include <stdio.h>

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
static void add_layer(spec_list *list, const char *name, int index, int64_t out, int64_t in)
{
    char stem[16], full[24];
    snprintf(stem, sizeof stem, index < 0 ? "%s" : "%s.%d", name, index);
    snprintf(full, sizeof full, "%s.weight", stem);
    add_spec(list, full, out, in)->deviation = 1 / sqrt((double)in);
    snprintf(full, sizeof full, "%s.bias", stem);
    add_spec(list, full, 1, out)->matrix = false;
}

int denoiser_specs(param_spec *specs, int64_t n, int32_t K, const cludi_config *config)
{
    const int64_t w = config->w, d = config->d;
    spec_list list = {specs, 0};
    add_layer(&list, "x1", -1, w, n);
    add_layer(&list, "x2", -1, w, w);
    add_layer(&list, "zin", -1, w, 2 * d);
    add_layer(&list, "te", -1, w, TIME_EMBEDDING);
    for (int i = 0; i < config->R; i++) {
        add_layer(&list, "ada", i, 3 * w, w);
        specs[list.count - 2].deviation = 0;
    }
    for (int i = 0; i < config->R; i++)
        add_layer(&list, "f1", i, w, w);
    for (int i = 0; i < config->R; i++)
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
    *net = (denoiser){.be = set->be, .d = config->d, .w = config->w, .R = config->R, .n = n, .K = K};
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
    f->s = arena_take(a, rows, net->w);
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

/* dh comes in as g->dv, with dropout already undone. */
static void features_backward(const denoiser *net, denoiser_gradients *g, const denoiser_features *f)
{
    backend *be = net->be;
    linear_backward(be, &net->x2, g->du, g->dv, f->s);
    be->ops.silu_backward(be, g->du, g->du, f->pre);
    linear_backward(be, &net->x1, (tensor){0}, g->du, f->x);
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

static void times_backward(const denoiser *net, denoiser_gradients *g, const denoiser_times *t)
{
    backend *be = net->be;
    be->ops.zero(be, g->de);
    for (int i = 0; i < net->R; i++) {
        linear_backward(be, &net->ada[i], g->de_part, g->dmodulation[i], t->e);
        be->ops.add_repeated(be, g->de, g->de_part);
    }
    be->ops.silu_backward(be, g->de, g->de, t->pre);
    linear_backward(be, &net->te, (tensor){0}, g->de, t->table);
}

/* ---- the residual stream ---- */

void denoiser_pass_layout(denoiser_pass *p, arena *a, const denoiser *net, int64_t rows, bool training)
{
    const int64_t w = net->w;
    p->input = arena_take(a, rows, 2 * (int64_t)net->d);
    p->raw = arena_take(a, rows, net->d);
    p->z = arena_take(a, rows, net->d);
    for (int i = 0; i <= net->R; i++) {
        const bool own = training || i == 0;
        p->v[i] = own ? arena_take(a, rows, w) : p->v[0];
        p->u[i] = own ? arena_take(a, rows, w) : p->u[0];
        p->stats[i] = training ? arena_take(a, rows, 2) : (tensor){0};
        if (i == net->R)
            break;
        p->f[i] = own ? arena_take(a, rows, w) : p->f[0];
        p->o[i] = training ? arena_take(a, rows, w) : p->u[0];
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
    linear_forward(be, &net->zin, p->v[0], p->input);
    be->ops.add_repeated(be, p->v[0], h);
    for (int i = 0; i < net->R; i++) {
        const tensor modulation = backend_rows(be, t->modulation[i], times.first, times.count);
        be->ops.norm_modulate(be, p->u[i], p->stats[i], p->v[i], modulation, group);
        linear_forward_silu(be, &net->f1[i], p->f[i], p->pre[i], p->u[i]);
        linear_forward(be, &net->f2[i], p->o[i], p->f[i]);
        be->ops.gate_add(be, p->v[i + 1], p->v[i], p->o[i], modulation, group);
    }
    be->ops.norm_modulate(be, p->u[net->R], p->stats[net->R], p->v[net->R], (tensor){0}, rows);
    linear_forward(be, &net->out, p->raw, p->u[net->R]);
    be->ops.unit_rows(be, p->z, p->raw, sqrt((double)net->d));
}

/* Block i of S3, last to first: dv is the gradient by v[i + 1] on entry and by v[i] on return. */
static void block_backward(const denoiser *net, denoiser_gradients *g, const denoiser_pass *p, const norm_saved *saved,
                           int i)
{
    backend *be = net->be;
    be->ops.gate_add_backward(be, g->du, g->dmodulation[i], g->dv, p->o[i], saved);
    linear_backward(be, &net->f2[i], g->df, g->du, p->f[i]);
    be->ops.silu_backward(be, g->df, g->df, p->pre[i]);
    linear_backward(be, &net->f1[i], g->du, g->df, p->u[i]);
    be->ops.norm_modulate_backward(be, g->dv, g->dmodulation[i], g->du, p->v[i], saved);
}

void denoiser_gradients_layout(denoiser_gradients *g, arena *a, const denoiser *net, int64_t rows, int64_t times)
{
    g->dz = arena_take(a, rows, net->d);
    g->draw = arena_take(a, rows, net->d);
    g->dv = arena_take(a, rows, net->w);
    g->du = arena_take(a, rows, net->w);
    g->df = arena_take(a, rows, net->w);
    g->de = arena_take(a, times, net->w);
    g->de_part = arena_take(a, times, net->w);
    for (int i = 0; i < net->R; i++)
        g->dmodulation[i] = arena_take(a, times, 3 * (int64_t)net->w);
}

void denoiser_backward(const denoiser *net, denoiser_gradients *g, const denoiser_pass *p, const denoiser_times *t,
                       const denoiser_features *f, const denoiser_dropout *dropout)
{
    backend *be = net->be;
    const int64_t rows = p->input.rows, group = rows / t->table.rows;
    be->ops.unit_rows_backward(be, g->draw, g->dz, p->raw, sqrt((double)net->d));
    linear_backward(be, &net->out, g->du, g->draw, p->u[net->R]);
    be->ops.zero(be, g->dv);
    be->ops.norm_modulate_backward(be, g->dv, (tensor){0}, g->du, p->v[net->R],
                                   &(norm_saved){{0}, p->stats[net->R], rows});
    for (int i = net->R - 1; i >= 0; i--)
        block_backward(net, g, p, &(norm_saved){t->modulation[i], p->stats[i], group}, i);
    times_backward(net, g, t);
    linear_backward(be, &net->zin, (tensor){0}, g->dv, p->input);
    be->ops.dropout(be, g->dv, dropout->uniform, dropout->probability);
    features_backward(net, g, f);
}
