/* Matrix products, forward beside backward, as three loops. */
#include "real.h"

typedef struct product_loop {
    tensor y, x, W, b; /* dx, dy, W; dW, dy, x */
    stop_request *stop;
} product_loop;

static void linear_rows(const void *loop, int64_t first, int64_t last)
{
    const product_loop *l = loop;
    const tensor y = l->y, x = l->x, W = l->W, b = l->b;
    for (int64_t r = first; r < last && !stop_request_stopped(l->stop); r++)
        for (int64_t o = 0; o < W.rows; o++)
            row_of(y, r)[o] = row_dot(row_of(x, r), row_of(W, o), x.cols) + (b.data ? row_of(b, 0)[o] : (real)0);
}

/* y = x W^T + b */
static void linear(backend *be, tensor y, tensor x, tensor W, tensor b)
{
    const product_loop loop = {y, x, W, b, be->stop};
    backend_loop(be, size_of(y) * x.cols, x.rows, linear_rows, &loop);
}

static void linear_silu(backend *be, tensor y, tensor pre, tensor x, tensor W, tensor b)
{
    tensor linear_part = pre.data ? pre : y;
    linear(be, linear_part, x, W, b);
    be->ops.silu(be, y, linear_part);
}

static void gelu_rows(const void *loop, int64_t first, int64_t last)
{
    const product_loop *l = loop;
    const tensor y = l->y, x = l->x, W = l->W, b = l->b;
    for (int64_t r = first; r < last; r++)
        for (int64_t j = 0; j < W.rows && !stop_request_stopped(l->stop); j += PIECE) {
            const int64_t count = W.rows - j < PIECE ? W.rows - j : PIECE;
            real piece[PIECE];
            for (int64_t o = 0; o < count; o++)
                piece[o] = real_gelu(row_dot(row_of(x, r), row_of(W, j + o), x.cols) +
                                     (b.data ? row_of(b, 0)[j + o] : (real)0));
            store_piece(y, r, j, piece, count);
        }
}

static void linear_gelu(backend *be, tensor y, tensor x, tensor W, tensor b)
{
    const product_loop loop = {y, x, W, b, be->stop};
    backend_loop(be, size_of(y) * x.cols, x.rows, gelu_rows, &loop);
}

static void linear_add(backend *be, tensor y, tensor add, const linear_operands *layer)
{
    linear(be, y, layer->x, layer->W, layer->b);
    be->ops.add_repeated(be, y, add);
}

static void gate_rows(const void *loop, int64_t first, int64_t last)
{
    const gated_sum *sum = loop;
    for (int64_t r = first; r < last; r++)
        gate_row(sum, r, 0, sum->v.cols);
}

static void linear_gate(backend *be, const gated_sum *sum, const linear_operands *layer)
{
    linear(be, sum->o, layer->x, layer->W, layer->b);
    backend_loop(be, size_of(sum->v), sum->v.rows, gate_rows, sum);
}

static void dx_rows(const void *loop, int64_t first, int64_t last)
{
    const product_loop *l = loop;
    const tensor dx = l->y, dy = l->x, W = l->W;
    for (int64_t r = first; r < last && !stop_request_stopped(l->stop); r++) {
        real *out = row_of(dx, r);
        for (int64_t i = 0; i < W.cols; i++)
            out[i] = 0;
        for (int64_t o = 0; o < W.rows; o++)
            for (int64_t i = 0; i < W.cols; i++)
                out[i] += row_of(dy, r)[o] * row_of(W, o)[i];
    }
}

/* dx = dy W */
static void linear_dx(backend *be, tensor dx, tensor dy, tensor W)
{
    const product_loop loop = {.y = dx, .x = dy, .W = W, .stop = be->stop};
    backend_loop(be, size_of(dy) * W.cols, dy.rows, dx_rows, &loop);
}

static void dw_rows(const void *loop, int64_t first, int64_t last)
{
    const product_loop *l = loop;
    const tensor dW = l->y, dy = l->x, x = l->W;
    for (int64_t o = first; o < last && !stop_request_stopped(l->stop); o++) {
        real *out = row_of(dW, o);
        for (int64_t i = 0; i < dW.cols; i++)
            out[i] = 0;
        for (int64_t r = 0; r < x.rows; r++)
            for (int64_t i = 0; i < dW.cols; i++)
                out[i] += row_of(dy, r)[o] * row_of(x, r)[i];
    }
}

/* dW = dy^T x, db = column sums of dy */
static void linear_dw(backend *be, tensor dW, tensor db, tensor dy, tensor x)
{
    const product_loop loop = {.y = dW, .x = dy, .W = x, .stop = be->stop};
    backend_loop(be, size_of(dy) * x.cols, dW.rows, dw_rows, &loop);
    if (db.data)
        be->ops.column_sum(be, db, dy, dy.rows);
}

void KERNEL(ref_product)(backend_ops *ops)
{
    ops->linear = linear;
    ops->linear_silu = linear_silu;
    ops->linear_add = linear_add;
    ops->linear_gelu = linear_gelu;
    ops->linear_gate = linear_gate;
    ops->linear_dx = linear_dx;
    ops->linear_dw = linear_dw;
}
