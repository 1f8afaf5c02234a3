/* Matrix products by oneDNN. The result is cut into tiles by its shape alone; each tile is one single-threaded product
   followed, while it is in cache, by bias and SiLU. So the number of threads cannot change a bit.

   Like the plain kernels this file is compiled once per instruction set. */
#include <omp.h>
#include <stdbool.h>

#include <dnnl.h>

#include "onednn.h"
#include "real.h"

/* Heights are multiples of 16 and 48, the row multiples of onednn.c. */
enum { TILE_ROWS = 144, TILE_COLS = 384, PACKED_ROWS = 96, GRADIENT_ROWS = 64, GRADIENT_COLS = 192 };

/* C (rows, cols) = op(A) op(B), cut into tiles of tile_rows x tile_cols. */
typedef struct product {
    char trans_a, trans_b;
    int64_t depth;  /* the summed dimension */
    tensor a, b, c; /* as stored */
    int64_t tile_rows, tile_cols;
    const packed_weight *packed; /* b, packed; NULL: multiply with b as it is */
    packed_side side;
    const float *bias; /* (cols) or NULL */
    float *silu;       /* where silu(C) goes, laid out as C; NULL: nowhere */
} product;

typedef struct tile {
    int64_t row, rows, col, cols;
} tile;

static int64_t tiles_across(const product *p)
{
    return (p->c.cols + p->tile_cols - 1) / p->tile_cols;
}

static tile tile_get(const product *p, int64_t index)
{
    const int64_t across = tiles_across(p);
    tile t = {index / across * p->tile_rows, p->tile_rows, index % across * p->tile_cols, p->tile_cols};
    t.rows = p->c.rows - t.row < t.rows ? p->c.rows - t.row : t.rows;
    t.cols = p->c.cols - t.col < t.cols ? p->c.cols - t.col : t.cols;
    return t;
}

static void finish_tile(const product *p, tile t)
{
    for (int64_t r = t.row; r < t.row + t.rows; r++) {
        float *c = (float *)p->c.data + r * p->c.cols + t.col;
        if (p->bias)
            for (int64_t j = 0; j < t.cols; j++)
                c[j] += p->bias[t.col + j];
        if (!p->silu)
            continue;
        float *y = p->silu + r * p->c.cols + t.col;
        for (int64_t j = 0; j < t.cols; j++)
            y[j] = c[j] * real_sigmoid(c[j]);
    }
}

static cludi_status multiply(backend *be, const product *p, tile t)
{
    const float *a = (const float *)p->a.data + (p->trans_a == 'T' ? t.row : t.row * p->a.cols);
    const float *b = (const float *)p->b.data + (p->trans_b == 'T' ? t.col * p->b.cols : t.col);
    float *c = (float *)p->c.data + t.row * p->c.cols + t.col;
    const cludi_status status =
        p->packed ? packed_multiply(onednn_packed(be), p->packed, p->side, c, a, t.rows) : CLUDI_ERROR_UNSUPPORTED;
    if (status != CLUDI_ERROR_UNSUPPORTED)
        return status;
    const bool ok = dnnl_sgemm(p->trans_a, p->trans_b, t.rows, t.cols, p->depth, 1.0F, a, p->a.cols, b, p->b.cols, 0.0F,
                               c, p->c.cols) == dnnl_success;
    return ok ? CLUDI_OK : CLUDI_ERROR_BACKEND;
}

static void run(backend *be, const product *p)
{
    const int64_t tiles = (p->c.rows + p->tile_rows - 1) / p->tile_rows * tiles_across(p);
    const int before = omp_get_max_threads();
    omp_set_num_threads(1); /* what oneDNN sees: our tiles are the only parallelism */
#pragma omp parallel for num_threads(threads_for(be, p->c.rows * p->c.cols * p->depth / 64)) schedule(static)
    for (int64_t i = 0; i < tiles; i++) {
        const tile t = tile_get(p, i);
        onednn_remember(be, multiply(be, p, t));
        finish_tile(p, t);
    }
    omp_set_num_threads(before);
}

/* c = rows times a weight of either side: packed if it is. */
static product weight_product(backend *be, tensor c, tensor rows, tensor W, packed_side side)
{
    const packed_weight *packed = packed_store_find(onednn_packed(be), W);
    return (product){.trans_a = 'N',
                     .trans_b = side == PACKED_FORWARD ? 'T' : 'N',
                     .depth = rows.cols,
                     .a = rows,
                     .b = W,
                     .c = c,
                     .tile_rows = packed ? PACKED_ROWS : TILE_ROWS,
                     .tile_cols = packed ? c.cols : TILE_COLS,
                     .packed = packed,
                     .side = side};
}

static void linear(backend *be, tensor y, tensor x, tensor W, tensor b)
{
    product p = weight_product(be, y, x, W, PACKED_FORWARD);
    p.bias = b.data;
    run(be, &p);
}

static void linear_silu(backend *be, tensor y, tensor pre, tensor x, tensor W, tensor b)
{
    product p = weight_product(be, pre.data ? pre : y, x, W, PACKED_FORWARD);
    p.bias = b.data;
    p.silu = y.data;
    run(be, &p);
}

static void linear_dx(backend *be, tensor dx, tensor dy, tensor W)
{
    const product p = weight_product(be, dx, dy, W, PACKED_BACKWARD);
    run(be, &p);
}

static void linear_dw(backend *be, tensor dW, tensor db, tensor dy, tensor x)
{
    const product p = {.trans_a = 'T',
                       .trans_b = 'N',
                       .depth = x.rows,
                       .a = dy,
                       .b = x,
                       .c = dW,
                       .tile_rows = GRADIENT_ROWS,
                       .tile_cols = GRADIENT_COLS};
    run(be, &p);
    if (db.data)
        be->ops.column_sum(be, db, dy, dy.rows);
}

void KERNEL(onednn_product)(backend_ops *ops)
{
    ops->linear = linear;
    ops->linear_silu = linear_silu;
    ops->linear_dx = linear_dx;
    ops->linear_dw = linear_dw;
}
