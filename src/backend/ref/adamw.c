/* Clipping and AdamW (Loshchilov, Hutter 2019), fused over one tensor. */
#include "real.h"

enum { PARTS = 64 };

typedef struct square_loop {
    double *part; /* (PARTS) */
    const real *in;
    int64_t size;
} square_loop;

static void sum_squares(const void *loop, int64_t from, int64_t to)
{
    const square_loop l = *(const square_loop *)loop;
    for (int64_t i = from; i < to; i++) {
        int64_t first = l.size * i / PARTS, last = l.size * (i + 1) / PARTS;
        l.part[i] = (double)row_dot(l.in + first, l.in + first, last - first);
    }
}

/* The sum of 64 parts whose borders depend on the size alone. */
static void square_sum(backend *be, tensor out, tensor x)
{
    double part[PARTS];
    backend_loop(be, size_of(x), PARTS, sum_squares, &(square_loop){part, x.data, size_of(x)});
    double sum = 0;
    for (int64_t i = 0; i < PARTS; i++)
        sum += part[i];
    row_of(out, 0)[0] = (real)sum;
}

typedef struct adamw_loop {
    real *p, *m, *v;
    const real *gradient;
    real clip, keep, b1, b2, c1, c2, epsilon, step, root;
} adamw_loop;

static void update_some(const void *loop, int64_t first, int64_t last)
{
    const adamw_loop l = *(const adamw_loop *)loop;
    real *p = l.p, *m = l.m, *v = l.v;
    for (int64_t i = first; i < last; i++) {
        real g = l.clip * l.gradient[i];
        m[i] = l.b1 * m[i] + l.c1 * g;
        v[i] = l.b2 * v[i] + l.c2 * g * g;
        p[i] = l.keep * p[i] - l.step * m[i] / (real_sqrt(v[i]) * l.root + l.epsilon);
    }
}

static void adamw(backend *be, const adamw_tensors *tensors, const adamw_args *args)
{
    const double length = sqrt((double)row_of(tensors->square_sum, 0)[0]), shrink = args->clip / (length + 1e-6);
    const adamw_loop loop = {.p = tensors->p.data,
                             .m = tensors->m.data,
                             .v = tensors->v.data,
                             .gradient = tensors->g.data,
                             .clip = (real)(shrink < 1 ? shrink : 1),
                             .keep = (real)(1 - args->lr * args->weight_decay),
                             .b1 = (real)args->beta1,
                             .b2 = (real)args->beta2,
                             .c1 = (real)(1 - args->beta1),
                             .c2 = (real)(1 - args->beta2),
                             .epsilon = (real)args->epsilon,
                             .step = (real)(args->lr / (1 - pow(args->beta1, (double)args->step))),
                             .root = (real)(1 / sqrt(1 - pow(args->beta2, (double)args->step)))};
    const int64_t size = size_of(tensors->p);
    backend_loop(be, size, size, update_some, &loop);
}

void KERNEL(ref_adamw)(backend_ops *ops)
{
    ops->square_sum = square_sum;
    ops->adamw = adamw;
}
