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

/* Rows of out from those of in, and of du in the backward. */
typedef struct softmax_loop {
    tensor out, in, du;
    real factor;
} softmax_loop;

static void softmax_rows(const void *loop, int64_t first, int64_t last)
{
    const softmax_loop l = *(const softmax_loop *)loop;
    for (int64_t r = first; r < last; r++) {
        real *out = row_of(l.out, r);
        const real inverse = 1 / exp_row(out, row_of(l.in, r), l.in.cols, l.factor);
        for (int64_t j = 0; j < l.in.cols; j++)
            out[j] *= inverse;
    }
}

static void softmax(backend *be, tensor u, tensor l, double inverse_tau)
{
    const softmax_loop loop = {.out = u, .in = l, .factor = (real)inverse_tau};
    backend_loop(be, size_of(l), l.rows, softmax_rows, &loop);
}

static void softmax_rows_backward(const void *loop, int64_t first, int64_t last)
{
    const softmax_loop l = *(const softmax_loop *)loop;
    const tensor u = l.in, du = l.du;
    const real factor = l.factor;
    for (int64_t r = first; r < last; r++) {
        real *out = row_of(l.out, r);
        const real *slope = row_of(du, r), *p = row_of(u, r);
        const real mean = row_dot(slope, p, u.cols);
        for (int64_t j = 0; j < u.cols; j++)
            out[j] += factor * p[j] * (slope[j] - mean);
    }
}

/* dl += u (du - u.du) / tau */
static void softmax_backward(backend *be, tensor dl, tensor du, tensor u, double inverse_tau)
{
    const softmax_loop loop = {dl, u, du, (real)inverse_tau};
    backend_loop(be, size_of(u), u.rows, softmax_rows_backward, &loop);
}

static void log_softmax_rows(const void *loop, int64_t first, int64_t last)
{
    const softmax_loop l = *(const softmax_loop *)loop;
    for (int64_t r = first; r < last; r++) {
        real *out = row_of(l.out, r);
        const real *in = row_of(l.in, r);
        const int64_t K = l.in.cols;
        const real lse = real_log(exp_row(out, in, K, l.factor)) + l.factor * row_max(in, K);
        for (int64_t j = 0; j < K; j++)
            out[j] = l.factor * in[j] - lse;
    }
}

static void log_softmax(backend *be, tensor out, tensor l, double inverse_tau)
{
    const softmax_loop loop = {.out = out, .in = l, .factor = (real)inverse_tau};
    backend_loop(be, size_of(l), l.rows, log_softmax_rows, &loop);
}

static void mean_rows(const void *loop, int64_t first, int64_t last)
{
    const softmax_loop *l = loop;
    const tensor out = l->out, x = l->in;
    const int64_t views = x.rows / out.rows;
    const real inverse = 1 / (real)views;
    for (int64_t r = first; r < last; r++) {
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

static void mean_views(backend *be, tensor out, tensor x)
{
    backend_loop(be, size_of(x), out.rows, mean_rows, &(softmax_loop){.out = out, .in = x});
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
