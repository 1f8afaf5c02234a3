/* Rows scaled to a given norm: y = norm x / max(|x|, 1e-12). */
#include "real.h"

static inline real inverse_norm(const real *x, int64_t cols)
{
    real length = real_sqrt(row_dot(x, x, cols));
    return 1 / (length > (real)1e-12 ? length : (real)1e-12);
}

typedef struct unit_loop {
    tensor out, x, dy; /* dy: of the backward */
    real norm;
} unit_loop;

static void scale_rows(const void *loop, int64_t first, int64_t last)
{
    const unit_loop l = *(const unit_loop *)loop;
    for (int64_t r = first; r < last; r++) {
        real *out = row_of(l.out, r);
        const real *in = row_of(l.x, r);
        const real factor = l.norm * inverse_norm(in, l.x.cols);
        for (int64_t j = 0; j < l.x.cols; j++)
            out[j] = factor * in[j];
    }
}

static void unit_rows(backend *be, tensor y, tensor x, double norm)
{
    backend_loop(be, size_of(x), x.rows, scale_rows, &(unit_loop){.out = y, .x = x, .norm = (real)norm});
}

static void scale_rows_backward(const void *loop, int64_t first, int64_t last)
{
    const unit_loop l = *(const unit_loop *)loop;
    const tensor dx = l.out, dy = l.dy, x = l.x;
    for (int64_t r = first; r < last; r++) {
        const real *in = row_of(x, r), *slope = row_of(dy, r);
        const real inverse = inverse_norm(in, x.cols), factor = l.norm * inverse;
        const real along = row_dot(in, slope, x.cols) * inverse * inverse;
        for (int64_t j = 0; j < x.cols; j += PIECE) {
            const int64_t count = x.cols - j < PIECE ? x.cols - j : PIECE;
            real piece[PIECE];
            for (int64_t i = 0; i < count; i++)
                piece[i] = factor * (slope[j + i] - along * in[j + i]);
            store_piece(dx, r, j, piece, count);
        }
    }
}

/* dx = norm / |x| (dy - xh (xh . dy)), xh = x / |x| */
static void unit_rows_backward(backend *be, tensor dx, tensor dy, tensor x, double norm)
{
    backend_loop(be, size_of(x), x.rows, scale_rows_backward, &(unit_loop){dx, x, dy, (real)norm});
}

void KERNEL(ref_unit_rows)(backend_ops *ops)
{
    ops->unit_rows = unit_rows;
    ops->unit_rows_backward = unit_rows_backward;
}
