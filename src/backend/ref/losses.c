/* The losses of S10 and S11, and of pairs of rows, with their gradients. */
#include "real.h"

static void squared_error(backend *be, tensor row_loss, tensor da, const error_pair *pair)
{
    const tensor a = pair->a;
#pragma omp parallel for num_threads(threads_for(be, size_of(a))) schedule(static)
    for (int64_t r = 0; r < a.rows; r++) {
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

static void class_loss(backend *be, tensor row_loss, tensor dg, tensor da, const class_targets *targets,
                       const class_side *side)
{
    const int64_t K = side->p.cols;
#pragma omp parallel for num_threads(threads_for(be, size_of(side->p))) schedule(static)
    for (int64_t r = 0; r < side->p.rows; r++) {
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

/* With c = exp(l / tau_col - column_lse), r/s = exp(log_row - log_row_lse), q = dg - (r/s) sum dg:
   dl = (q - r sum_k q) / tau + (da - c sum da) / tau_col. */
static void class_loss_backward(backend *be, tensor dl, const class_side *side, const class_gradients *from)
{
    const int64_t K = dl.cols;
    const real f = (real)side->inverse_tau, fc = (real)side->inverse_tau_col;
#pragma omp parallel for num_threads(threads_for(be, size_of(dl))) schedule(static)
    for (int64_t r = 0; r < dl.rows; r++) {
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

/* With t = exp(power (log_a + log_b) - shift) and a = exp(log_a): dl = slope weight power (a - t / sum t) / tau. */
static void pair_loss(backend *be, tensor row_loss, tensor dl, const pair_terms *pair)
{
    const tensor log_a = pair->log_a, log_b = pair->log_b;
    const int64_t K = log_a.cols;
    const real power = (real)pair->power, slope = (real)(pair->slope * pair->power * pair->inverse_tau);
#pragma omp parallel for num_threads(threads_for(be, size_of(log_a))) schedule(static)
    for (int64_t r = 0; r < log_a.rows; r++) {
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

static void add_row_dots(backend *be, tensor y, tensor a, tensor b, double factor)
{
#pragma omp parallel for num_threads(threads_for(be, size_of(a))) schedule(static)
    for (int64_t r = 0; r < a.rows; r++)
        row_of(y, r)[0] += (real)factor * row_dot(row_of(a, r), row_of(b, r), a.cols);
}

void KERNEL(ref_losses)(backend_ops *ops)
{
    ops->pair_loss = pair_loss;
    ops->add_row_dots = add_row_dots;
    ops->squared_error = squared_error;
    ops->class_loss = class_loss;
    ops->class_loss_backward = class_loss_backward;
}
