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

static inline void silu_backward_piece(tensor dx, int64_t r, int64_t first, const real *slope, const real *in,
                                       int64_t count)
{
    real piece[PIECE];
    for (int64_t j = 0; j < count; j++) {
        const real s = real_sigmoid(in[j]);
        piece[j] = slope[j] * s * (1 + in[j] * (1 - s));
    }
    store_piece(dx, r, first, piece, count);
}

/* dx = dy s (1 + x (1 - s)) */
static void silu_backward(backend *be, tensor dx, tensor dy, tensor x)
{
#pragma omp parallel for num_threads(threads_for(be, size_of(x))) schedule(static)
    for (int64_t r = 0; r < x.rows; r++) {
        int64_t j = 0;
        for (; j + PIECE <= x.cols; j += PIECE)
            silu_backward_piece(dx, r, j, row_of(dy, r) + j, row_of(x, r) + j, PIECE);
        silu_backward_piece(dx, r, j, row_of(dy, r) + j, row_of(x, r) + j, x.cols - j);
    }
}

/* Its own backward: the gradient is masked and scaled in the same way. */
static void dropout(backend *be, tensor y, tensor x, tensor uniform, double probability)
{
    const real p = (real)probability, kept = (real)(1 / (1 - probability));
#pragma omp parallel for num_threads(threads_for(be, size_of(x))) schedule(static)
    for (int64_t r = 0; r < x.rows; r++)
        for (int64_t j = 0; j < x.cols; j += PIECE) {
            const int64_t count = x.cols - j < PIECE ? x.cols - j : PIECE;
            const real *in = row_of(x, r) + j, *coin = row_of(uniform, r) + j;
            real piece[PIECE];
            for (int64_t i = 0; i < count; i++)
                piece[i] = in[i] * (coin[i] >= p ? kept : (real)0);
            store_piece(y, r, j, piece, count);
        }
}

void KERNEL(ref_elementwise)(backend_ops *ops)
{
    ops->scale = scale;
    ops->add_repeated = add_repeated;
    ops->silu = silu;
    ops->silu_backward = silu_backward;
    ops->dropout = dropout;
}
