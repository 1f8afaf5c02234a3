/* Work on single elements, forward beside backward. */
#include "real.h"

/* Loops over y and x, and what some have besides. */
typedef struct element_loop {
    tensor y, x, other; /* other: dy, uniform */
    real factor, least;
} element_loop;

static void scale_some(const void *loop, int64_t first, int64_t last)
{
    const element_loop l = *(const element_loop *)loop;
    for (int64_t i = first; i < last; i++)
        ((real *)l.y.data)[i] = l.factor * ((const real *)l.x.data)[i];
}

static void scale(backend *be, tensor y, tensor x, double factor)
{
    const element_loop loop = {.y = y, .x = x, .factor = (real)factor};
    backend_loop(be, size_of(x), size_of(x), scale_some, &loop);
}

static void add_rows(const void *loop, int64_t first, int64_t last)
{
    const tensor y = ((const element_loop *)loop)->y, x = ((const element_loop *)loop)->x;
    for (int64_t r = first; r < last; r++) {
        real *out = row_of(y, r);
        const real *in = row_of(x, r % x.rows);
        for (int64_t j = 0; j < y.cols; j++)
            out[j] += in[j];
    }
}

static void add_repeated(backend *be, tensor y, tensor x)
{
    backend_loop(be, size_of(y), y.rows, add_rows, &(element_loop){.y = y, .x = x});
}

static void silu_rows(const void *loop, int64_t first, int64_t last)
{
    const tensor y = ((const element_loop *)loop)->y, x = ((const element_loop *)loop)->x;
    for (int64_t r = first; r < last; r++) {
        real *out = row_of(y, r);
        const real *in = row_of(x, r);
        for (int64_t j = 0; j < x.cols; j++)
            out[j] = in[j] * real_sigmoid(in[j]);
    }
}

/* y = x s, s = 1 / (1 + e^-x) */
static void silu(backend *be, tensor y, tensor x)
{
    backend_loop(be, size_of(x), x.rows, silu_rows, &(element_loop){.y = y, .x = x});
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

static void silu_backward_rows(const void *loop, int64_t first, int64_t last)
{
    const element_loop *l = loop;
    const tensor dx = l->y, dy = l->other, x = l->x;
    for (int64_t r = first; r < last; r++) {
        int64_t j = 0;
        for (; j + PIECE <= x.cols; j += PIECE)
            silu_backward_piece(dx, r, j, row_of(dy, r) + j, row_of(x, r) + j, PIECE);
        silu_backward_piece(dx, r, j, row_of(dy, r) + j, row_of(x, r) + j, x.cols - j);
    }
}

/* dx = dy s (1 + x (1 - s)) */
static void silu_backward(backend *be, tensor dx, tensor dy, tensor x)
{
    backend_loop(be, size_of(x), x.rows, silu_backward_rows, &(element_loop){.y = dx, .x = x, .other = dy});
}

static void dropout_rows(const void *loop, int64_t first, int64_t last)
{
    const element_loop l = *(const element_loop *)loop;
    for (int64_t r = first; r < last; r++)
        for (int64_t j = 0; j < l.x.cols; j += PIECE) {
            const int64_t count = l.x.cols - j < PIECE ? l.x.cols - j : PIECE;
            const real *in = row_of(l.x, r) + j, *coin = row_of(l.other, r) + j;
            real piece[PIECE];
            for (int64_t i = 0; i < count; i++)
                piece[i] = in[i] * (coin[i] >= l.least ? l.factor : (real)0);
            store_piece(l.y, r, j, piece, count);
        }
}

/* Its own backward: the gradient is masked and scaled in the same way. */
static void dropout(backend *be, tensor y, tensor x, tensor uniform, double probability)
{
    const element_loop loop = {y, x, uniform, (real)(1 / (1 - probability)), (real)probability};
    backend_loop(be, size_of(x), x.rows, dropout_rows, &loop);
}

void KERNEL(ref_elementwise)(backend_ops *ops)
{
    ops->scale = scale;
    ops->add_repeated = add_repeated;
    ops->silu = silu;
    ops->silu_backward = silu_backward;
    ops->dropout = dropout;
}
