/* Rows scaled to a given norm: y = norm x / max(|x|, 1e-12). */
#include "real.h"

static inline real inverse_norm(const real *x, int64_t cols)
{
    real length = real_sqrt(row_dot(x, x, cols));
    return 1 / (length > (real)1e-12 ? length : (real)1e-12);
}

static void unit_rows(backend *be, tensor y, tensor x, double norm)
{
#pragma omp parallel for num_threads(threads_for(be, size_of(x))) schedule(static)
    for (int64_t r = 0; r < x.rows; r++) {
        real *out = row_of(y, r);
        const real *in = row_of(x, r);
        const real factor = (real)norm * inverse_norm(in, x.cols);
        for (int64_t j = 0; j < x.cols; j++)
            out[j] = factor * in[j];
    }
}

/* dx = norm / |x| (dy - xh (xh . dy)), xh = x / |x| */
static void unit_rows_backward(backend *be, tensor dx, tensor dy, tensor x, double norm)
{
#pragma omp parallel for num_threads(threads_for(be, size_of(x))) schedule(static)
    for (int64_t r = 0; r < x.rows; r++) {
        const real *in = row_of(x, r), *slope = row_of(dy, r);
        const real inverse = inverse_norm(in, x.cols), factor = (real)norm * inverse;
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

void KERNEL(ref_unit_rows)(backend_ops *ops)
{
    ops->unit_rows = unit_rows;
    ops->unit_rows_backward = unit_rows_backward;
}
