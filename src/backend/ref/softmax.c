/* Row softmax (S4), its backward, means over views and counts. */
#include "real.h"

/* out = exp(scale in - largest), returns the sum. */
static inline real exp_row(real *out, const real *in, int64_t count, real factor)
{
    const real largest = factor * row_max(in, count);
    for (int64_t j = 0; j < count; j++)
        out[j] = real_exp(factor * in[j] - largest);
    return row_sum(out, count);
}

static void softmax(backend *be, tensor u, tensor l, double inverse_tau)
{
    const real factor = (real)inverse_tau;
#pragma omp parallel for num_threads(threads_for(be, size_of(l))) schedule(static)
    for (int64_t r = 0; r < l.rows; r++) {
        real *out = row_of(u, r);
        const real inverse = 1 / exp_row(out, row_of(l, r), l.cols, factor);
        for (int64_t j = 0; j < l.cols; j++)
            out[j] *= inverse;
    }
}

/* dl += u (du - u.du) / tau */
static void softmax_backward(backend *be, tensor dl, tensor du, tensor u, double inverse_tau)
{
    const real factor = (real)inverse_tau;
#pragma omp parallel for num_threads(threads_for(be, size_of(u))) schedule(static)
    for (int64_t r = 0; r < u.rows; r++) {
        real *out = row_of(dl, r);
        const real *slope = row_of(du, r), *p = row_of(u, r);
        const real mean = row_dot(slope, p, u.cols);
        for (int64_t j = 0; j < u.cols; j++)
            out[j] += factor * p[j] * (slope[j] - mean);
    }
}

static void log_softmax(backend *be, tensor out, tensor l, double inverse_tau)
{
    const real factor = (real)inverse_tau;
#pragma omp parallel for num_threads(threads_for(be, size_of(l))) schedule(static)
    for (int64_t r = 0; r < l.rows; r++) {
        const real *in = row_of(l, r);
        const real lse = real_log(exp_row(row_of(out, r), in, l.cols, factor)) + factor * row_max(in, l.cols);
        for (int64_t j = 0; j < l.cols; j++)
            row_of(out, r)[j] = factor * in[j] - lse;
    }
}

static void mean_views(backend *be, tensor out, tensor x)
{
    const int64_t views = x.rows / out.rows;
    const real inverse = 1 / (real)views;
#pragma omp parallel for num_threads(threads_for(be, size_of(x))) schedule(static)
    for (int64_t r = 0; r < out.rows; r++) {
        real *y = row_of(out, r);
        for (int64_t j = 0; j < x.cols; j++)
            y[j] = row_of(x, r)[j];
        for (int64_t v = 1; v < views; v++)
            for (int64_t j = 0; j < x.cols; j++)
                y[j] += row_of(x, v * out.rows + r)[j];
        for (int64_t j = 0; j < x.cols; j++)
            y[j] *= inverse;
    }
}

static void count_argmax(backend *be, tensor counts, tensor u)
{
    (void)be;
    for (int64_t r = 0; r < u.rows; r++) {
        const real *p = row_of(u, r);
        int64_t best = 0;
        for (int64_t k = 1; k < u.cols; k++)
            best = p[k] > p[best] ? k : best;
        row_of(counts, 0)[best] += 1;
    }
}

void KERNEL(ref_softmax)(backend_ops *ops)
{
    ops->softmax = softmax;
    ops->softmax_backward = softmax_backward;
    ops->log_softmax = log_softmax;
    ops->mean_views = mean_views;
    ops->count_argmax = count_argmax;
}
