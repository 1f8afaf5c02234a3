/* Clipping and AdamW (Loshchilov, Hutter 2019), fused over one tensor. */
#include "real.h"

enum { PARTS = 64 };

/* The sum of 64 parts whose borders depend on the size alone. */
static void square_sum(backend *be, tensor out, tensor x)
{
    double part[PARTS];
    const int64_t size = size_of(x);
    const real *in = x.data;
#pragma omp parallel for num_threads(threads_for(be, size)) schedule(static)
    for (int64_t i = 0; i < PARTS; i++) {
        int64_t first = size * i / PARTS, last = size * (i + 1) / PARTS;
        part[i] = (double)row_dot(in + first, in + first, last - first);
    }
    double sum = 0;
    for (int64_t i = 0; i < PARTS; i++)
        sum += part[i];
    row_of(out, 0)[0] = (real)sum;
}

static void adamw(backend *be, const adamw_tensors *tensors, const adamw_args *args)
{
    const double length = sqrt((double)row_of(tensors->square_sum, 0)[0]), shrink = args->clip / (length + 1e-6);
    const real clip = (real)(shrink < 1 ? shrink : 1), keep = (real)(1 - args->lr * args->weight_decay);
    const real b1 = (real)args->beta1, b2 = (real)args->beta2, c1 = (real)(1 - args->beta1);
    const real c2 = (real)(1 - args->beta2), epsilon = (real)args->epsilon;
    const real step = (real)(args->lr / (1 - pow(args->beta1, (double)args->step)));
    const real root = (real)(1 / sqrt(1 - pow(args->beta2, (double)args->step)));
    real *p = tensors->p.data, *m = tensors->m.data, *v = tensors->v.data;
    const real *gradient = tensors->g.data;
#pragma omp parallel for num_threads(threads_for(be, size_of(tensors->p))) schedule(static)
    for (int64_t i = 0; i < size_of(tensors->p); i++) {
        real g = clip * gradient[i];
        m[i] = b1 * m[i] + c1 * g;
        v[i] = b2 * v[i] + c2 * g * g;
        p[i] = keep * p[i] - step * m[i] / (real_sqrt(v[i]) * root + epsilon);
    }
}

void KERNEL(ref_adamw)(backend_ops *ops)
{
    ops->square_sum = square_sum;
    ops->adamw = adamw;
}
