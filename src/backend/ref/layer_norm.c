/* The layer norm of transformers: weights of its own, epsilon from outside. The adaptive one is in norm_modulate.c. */
#include "real.h"

static void norm_row(tensor y, int64_t r, const real *x, const norm_weights *norm)
{
    const int64_t w = y.cols;
    const real *weight = row_of(norm->weight, 0), *bias = row_of(norm->bias, 0);
    const real share = 1 / (real)w, mean = share * row_sum(x, w);
    const real rstd = 1 / real_sqrt(share * row_scatter(x, mean, w) + (real)norm->epsilon);
    int64_t j = 0;
    for (; j + LANES <= w; j += LANES)
        store_lanes(y, r, j,
                    (*(const lanes *)(x + j) - mean) * rstd * *(const lanes *)(weight + j) +
                        *(const lanes *)(bias + j));
    real rest[PIECE];
    for (int64_t i = j; i < w; i++)
        rest[i - j] = (x[i] - mean) * rstd * weight[i] + bias[i];
    store_piece(y, r, j, rest, w - j);
}

typedef struct norm_loop {
    tensor y, x;
    const norm_weights *norm;
} norm_loop;

static void norm_rows(const void *loop, int64_t first, int64_t last)
{
    const norm_loop *l = loop;
    for (int64_t r = first; r < last; r++)
        norm_row(l->y, r, row_of(l->x, r), l->norm);
}

static void layer_norm(backend *be, tensor y, tensor x, const norm_weights *norm)
{
    backend_loop(be, size_of(x), x.rows, norm_rows, &(norm_loop){y, x, norm});
}

void KERNEL(ref_layer_norm)(backend_ops *ops)
{
    ops->layer_norm = layer_norm;
}
