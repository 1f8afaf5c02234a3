/* The losses of S10 and S11, and of pairs of rows, with their gradients. */
#include "real.h"

typedef struct squared_loop {
    tensor row_loss, da;
    const error_pair *pair;
} squared_loop;

static void squared_rows(const void *loop, int64_t first, int64_t last)
{
    const squared_loop *l = loop;
    const error_pair *pair = l->pair;
    const tensor a = pair->a, da = l->da, row_loss = l->row_loss;
    for (int64_t r = first; r < last; r++) {
        real *out = row_of(da, r);
        const real *x = row_of(a, r), *y = row_of(pair->b, r);
        const real factor = (real)pair->coefficient * row_of(pair->weight, 0)[r / pair->group];
        for (int64_t j = 0; j < a.cols; j++)
            out[j] = x[j] - y[j];
        row_of(row_loss, r)[0] = factor * row_dot(out, out, a.cols);
        for (int64_t j = 0; j < a.cols; j++)
            out[j] *= 2 * factor;
    }
}

static void squared_error(backend *be, tensor row_loss, tensor da, const error_pair *pair)
{
    backend_loop(be, size_of(pair->a), pair->a.rows, squared_rows, &(squared_loop){row_loss, da, pair});
}

typedef struct class_loop {
    tensor row_loss, dg, da;
    const class_targets *targets;
    const class_side *side;
} class_loop;

static void class_rows(const void *loop, int64_t first, int64_t last)
{
    const class_loop *l = loop;
    const class_targets *targets = l->targets;
    const class_side *side = l->side;
    const tensor row_loss = l->row_loss, dg = l->dg, da = l->da;
    const int64_t K = side->p.cols;
    for (int64_t r = first; r < last; r++) {
        const real *p = row_of(side->p, r), *g = row_of(side->g, r);
        const real *P = row_of(targets->p, r % targets->p.rows), *G = row_of(targets->g, r % targets->g.rows);
        const real w = row_of(targets->weight, 0)[r / targets->view], slope = -(real)targets->slope * w;
        const real pG = row_dot(p, G, K);
        row_of(row_loss, r)[0] = -(real)targets->coefficient * w * (row_dot(P, g, K) + pG);
        for (int64_t k = 0; k < K; k++) {
            row_of(dg, r)[k] = slope * P[k];
            row_of(da, r)[k] = slope * p[k] * (G[k] - pG);
        }
    }
}

static void class_loss(backend *be, tensor row_loss, tensor dg, tensor da, const class_targets *targets,
                       const class_side *side)
{
    backend_loop(be, size_of(side->p), side->p.rows, class_rows, &(class_loop){row_loss, dg, da, targets, side});
}

typedef struct class_backward_loop {
    tensor dl;
    const class_side *side;
    const class_gradients *from;
} class_backward_loop;

static void class_backward_rows(const void *loop, int64_t first, int64_t last)
{
    const class_side *side = ((const class_backward_loop *)loop)->side;
    const class_gradients *from = ((const class_backward_loop *)loop)->from;
    const tensor dl = ((const class_backward_loop *)loop)->dl;
    const int64_t K = dl.cols;
    const real f = (real)side->inverse_tau, fc = (real)side->inverse_tau_col;
    for (int64_t r = first; r < last; r++) {
        const int64_t group = r / side->group;
        real *out = row_of(dl, r);
        const real *l = row_of(side->logits, r), *log_row = row_of(side->log_row, r);
        const real *row_lse = row_of(side->log_row_lse, group), *lse = row_of(side->column_lse, group);
        const real *dg_sum = row_of(from->dg_sum, group), *da_sum = row_of(from->da_sum, group);
        for (int64_t k = 0; k < K; k++)
            out[k] = row_of(from->dg, r)[k] - real_exp(log_row[k] - row_lse[k]) * dg_sum[k];
        const real sum = row_sum(out, K);
        for (int64_t k = 0; k < K; k++) {
            const real c = real_exp(fc * l[k] - lse[k]);
            out[k] = f * (out[k] - real_exp(log_row[k]) * sum) + fc * (row_of(from->da, r)[k] - c * da_sum[k]);
        }
    }
}

/* With c = exp(l / tau_col - column_lse), r/s = exp(log_row - log_row_lse), q = dg - (r/s) sum dg:
   dl = (q - r sum_k q) / tau + (da - c sum da) / tau_col. */
static void class_loss_backward(backend *be, tensor dl, const class_side *side, const class_gradients *from)
{
    backend_loop(be, size_of(dl), dl.rows, class_backward_rows, &(class_backward_loop){dl, side, from});
}

typedef struct pair_loop {
    tensor row_loss, dl;
    const pair_terms *pair;
} pair_loop;

static void pair_rows(const void *loop, int64_t first, int64_t last)
{
    const pair_terms *pair = ((const pair_loop *)loop)->pair;
    const tensor row_loss = ((const pair_loop *)loop)->row_loss, dl = ((const pair_loop *)loop)->dl;
    const tensor log_a = pair->log_a, log_b = pair->log_b;
    const int64_t K = log_a.cols;
    const real power = (real)pair->power, slope = (real)(pair->slope * pair->power * pair->inverse_tau);
    for (int64_t r = first; r < last; r++) {
        real *t = row_of(dl, r);
        const real *a = row_of(log_a, r), *b = row_of(log_b, (r + pair->offset) % log_b.rows);
        const real w = pair->weight.data ? row_of(pair->weight, r % pair->weight.rows)[0] : (real)1;
        for (int64_t k = 0; k < K; k++)
            t[k] = power * (a[k] + b[k]) - (pair->shift.data ? row_of(pair->shift, 0)[k] : (real)0);
        const real largest = row_max(t, K);
        for (int64_t k = 0; k < K; k++)
            t[k] = real_exp(t[k] - largest);
        const real sum = row_sum(t, K), inverse = 1 / sum;
        row_of(row_loss, r)[0] = -(real)pair->coefficient * w * (real_log(sum) + largest);
        for (int64_t k = 0; k < K; k++)
            t[k] = slope * w * (real_exp(a[k]) - t[k] * inverse);
    }
}

/* With t = exp(power (log_a + log_b) - shift) and a = exp(log_a): dl = slope weight power (a - t / sum t) / tau. */
static void pair_loss(backend *be, tensor row_loss, tensor dl, const pair_terms *pair)
{
    backend_loop(be, size_of(pair->log_a), pair->log_a.rows, pair_rows, &(pair_loop){row_loss, dl, pair});
}

typedef struct dots_loop {
    tensor y, a, b;
    real factor;
} dots_loop;

static void dot_rows(const void *loop, int64_t first, int64_t last)
{
    const dots_loop *l = loop;
    for (int64_t r = first; r < last; r++)
        row_of(l->y, r)[0] += l->factor * row_dot(row_of(l->a, r), row_of(l->b, r), l->a.cols);
}

static void add_row_dots(backend *be, tensor y, tensor a, tensor b, double factor)
{
    backend_loop(be, size_of(a), a.rows, dot_rows, &(dots_loop){y, a, b, (real)factor});
}

void KERNEL(ref_losses)(backend_ops *ops)
{
    ops->pair_loss = pair_loss;
    ops->add_row_dots = add_row_dots;
    ops->squared_error = squared_error;
    ops->class_loss = class_loss;
    ops->class_loss_backward = class_loss_backward;
}
