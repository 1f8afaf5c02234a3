/* Work on single elements, forward beside backward. */
#include "real.h"

static void scale(backend *be, tensor y, tensor x, double factor)
{
    const real f = (real)factor;
#pragma omp parallel for num_threads(threads_for(be, size_of(x))) schedule(static)
    for (int64_t i = 0; i < size_of(x); i++)
        ((real *)y.data)[i] = f * ((const real *)x.data)[i];
}

static void add_repeated(backend *be, tensor y, tensor x)
{
#pragma omp parallel for num_threads(threads_for(be, size_of(y))) schedule(static)
    for (int64_t r = 0; r < y.rows; r++) {
        real *out = row_of(y, r);
        const real *in = row_of(x, r % x.rows);
        for (int64_t j = 0; j < y.cols; j++)
            out[j] += in[j];
    }
}

/* y = x s, s = 1 / (1 + e^-x) */
static void silu(backend *be, tensor y, tensor x)
{
#pragma omp parallel for num_threads(threads_for(be, size_of(x))) schedule(static)
    for (int64_t r = 0; r < x.rows; r++) {
        real *out = row_of(y, r);
        const real *in = row_of(x, r);
        for (int64_t j = 0; j < x.cols; j++)
            out[j] = in[j] * real_sigmoid(in[j]);
    }
}

/* dx = dy s (1 + x (1 - s)) */
static void silu_backward(backend *be, tensor dx, tensor dy, tensor x)
{
#pragma omp parallel for num_threads(threads_for(be, size_of(x))) schedule(static)
    for (int64_t r = 0; r < x.rows; r++) {
        real *out = row_of(dx, r);
        const real *slope = row_of(dy, r), *in = row_of(x, r);
        for (int64_t j = 0; j < x.cols; j++) {
            real s = real_sigmoid(in[j]);
            out[j] = slope[j] * s * (1 + in[j] * (1 - s));
        }
    }
}

/* Its own backward: the gradient is masked and scaled in the same way. */
static void dropout(backend *be, tensor x, tensor uniform, double probability)
{
    const real p = (real)probability, kept = (real)(1 / (1 - probability));
#pragma omp parallel for num_threads(threads_for(be, size_of(x))) schedule(static)
    for (int64_t i = 0; i < size_of(x); i++)
        ((real *)x.data)[i] *= ((const real *)uniform.data)[i] >= p ? kept : (real)0;
}

void KERNEL(ref_elementwise)(backend_ops *ops)
{
    ops->scale = scale;
    ops->add_repeated = add_repeated;
    ops->silu = silu;
    ops->silu_backward = silu_backward;
    ops->dropout = dropout;
}
