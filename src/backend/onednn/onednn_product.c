/* Matrix products by oneDNN. The result is cut into tiles by its shape alone; each tile is one single-threaded product
   followed, while it is in cache, by bias and SiLU. So the number of threads cannot change a bit.

   Like the plain kernels this file is compiled once per instruction set. */
#include <omp.h>

#include <dnnl.h>

#include "onednn.h"
#include "real.h"

enum { TILE_ROWS = 128, TILE_COLS = 384, GRADIENT_ROWS = 64, GRADIENT_COLS = 192 };

/* C (rows, cols) = op(A) op(B), cut into tiles of tile_rows x tile_cols. */
typedef struct product {
    char trans_a, trans_b;
    int64_t depth;  /* the summed dimension */
    tensor a, b, c; /* as stored */
    int64_t tile_rows, tile_cols;
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

static bool run_tile(const product *p, tile t)
{
    const float *a = (const float *)p->a.data + (p->trans_a == 'T' ? t.row : t.row * p->a.cols);
    const float *b = (const float *)p->b.data + (p->trans_b == 'T' ? t.col * p->b.cols : t.col);
    float *c = (float *)p->c.data + t.row * p->c.cols + t.col;
    dnnl_status_t status = dnnl_sgemm(p->trans_a, p->trans_b, t.rows, t.cols, p->depth, 1.0F, a, p->a.cols, b,
                                      p->b.cols, 0.0F, c, p->c.cols);
    finish_tile(p, t);
    return status == dnnl_success;
}

static void run(backend *be, const product *p)
{
    const int64_t tiles = (p->c.rows + p->tile_rows - 1) / p->tile_rows * tiles_across(p);
    const int before = omp_get_max_threads();
    int failures = 0;
    omp_set_num_threads(1); /* what oneDNN sees: our tiles are the only parallelism */
#pragma omp parallel for num_threads(threads_for(be, p->c.rows * p->c.cols * p->depth / 16)) schedule(static)          \
    reduction(+ : failures)
    for (int64_t i = 0; i < tiles; i++)
        failures += !run_tile(p, tile_get(p, i));
    omp_set_num_threads(before);
    if (failures)
        onednn_set_failed(be);
}

static void linear(backend *be, tensor y, tensor x, tensor W, tensor b)
{
    run(be, &(product){'N', 'T', x.cols, x, W, y, TILE_ROWS, TILE_COLS, b.data, NULL});
}

static void linear_silu(backend *be, tensor y, tensor pre, tensor x, tensor W, tensor b)
{
    const tensor c = pre.data ? pre : y;
    run(be, &(product){'N', 'T', x.cols, x, W, c, TILE_ROWS, TILE_COLS, b.data, y.data});
}

static void linear_dx(backend *be, tensor dx, tensor dy, tensor W)
{
    run(be, &(product){'N', 'N', dy.cols, dy, W, dx, TILE_ROWS, TILE_COLS, NULL, NULL});
}

static void linear_dw(backend *be, tensor dW, tensor db, tensor dy, tensor x)
{
    run(be, &(product){'T', 'N', x.rows, dy, x, dW, GRADIENT_ROWS, GRADIENT_COLS, NULL, NULL});
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
