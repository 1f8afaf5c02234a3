/* Matrix products by oneDNN. The result is cut into tiles by its shape alone; each tile is one single-threaded product
   followed, while it is in cache, by bias, SiLU or residual. So the number of threads cannot change a bit.

   Like the plain kernels this file is compiled once per instruction set. */
#include <stdbool.h>
#include <string.h>

#include <dnnl.h>

#include "narrow.h"
#include "onednn.h"
#include "real.h"

/* Heights of tiles in float32 are multiples of 16 and 12, in bf16 they are parts and multiples of 32: the row multiples of
   onednn.c. In bf16 none is above 64: there oneDNN 2.6 has kernels for AMX that crash (depth 63 is one). */
enum { TILE_ROWS = 144, TILE_COLS = 384, PACKED_ROWS = 96 };
enum { NARROW_ROWS = 64, NARROW_ROWS_ODD = 32, NARROW_LEAST_WIDTH = 17, NARROW_MOST_DEPTH = 1024 };
enum { GRADIENT_SIDE = 384, GRADIENT_DEPTH = 256, NARROW_DEPTH = 512 };

/* C (rows, cols) = op(A) op(B), cut into tiles of tile_rows x tile_cols. */
typedef struct product {
    char trans_a, trans_b;
    int64_t depth;  /* the summed dimension */
    tensor a, b, c; /* as stored */
    int64_t tile_rows, tile_cols;
    const packed_weight *packed; /* b, packed; NULL: multiply with b as it is */
    packed_side side;
    tensor bias;          /* (1, cols) or absent */
    tensor active;        /* where silu(C) goes, C itself included; absent: nowhere */
    bool gelu;            /* it is gelu(C) instead */
    tensor add;           /* row r gets row r % add.rows of it; may be absent */
    const gated_sum *sum; /* what C, its o, is added to; NULL: nothing */
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

/* c += bias + add, either of which may be NULL */
static inline void add_to_row(float *c, const float *bias, const float *add, int64_t count)
{
    if (bias && add)
        for (int64_t j = 0; j < count; j++)
            c[j] = c[j] + bias[j] + add[j];
    else if (bias || add)
        for (int64_t j = 0; j < count; j++)
            c[j] += bias ? bias[j] : add[j];
}

static inline void silu_piece(float *y, const float *x, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        y[i] = x[i] * real_sigmoid(x[i]);
}

static inline void gelu_piece(float *y, const float *x, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        y[i] = real_gelu(x[i]);
}

static void activate_row(const product *p, const float *x, int64_t r, tile t)
{
    for (int64_t j = 0; j < t.cols; j += PIECE) {
        const int64_t count = t.cols - j < PIECE ? t.cols - j : PIECE;
        float piece[PIECE];
        if (p->gelu)
            gelu_piece(piece, x + j, count);
        else
            silu_piece(piece, x + j, count);
        store_piece(p->active, r, t.col + j, piece, count);
    }
}

/* C is bf16 where bias and activation were part of the product: nothing is left to do. */
static void finish_tile(const product *p, tile t)
{
    for (int64_t r = t.row; !p->c.bf16 && r < t.row + t.rows; r++) {
        float *c = row_of(p->c, r) + t.col;
        add_to_row(c, p->bias.data ? row_of(p->bias, 0) + t.col : NULL,
                   p->add.data ? row_of(p->add, r % p->add.rows) + t.col : NULL, t.cols);
        if (p->active.data)
            activate_row(p, c, r, t);
        if (p->sum)
            gate_row(p->sum, r, t.col, t.cols);
    }
}

/* gelu to within 7e-5, for numbers that lose more when they are rounded to bf16: x (1/2 + x P(x^2)), P fitted up to 4.2. */
static inline float gelu_coarse(float x)
{
    float near = x < -4.2F ? -4.2F : x;
    near = near > 4.2F ? 4.2F : near;
    const float z = near * near;
    float p = 4.923822443e-11F;
    p = fmaf(p, z, -4.795664669e-9F);
    p = fmaf(p, z, 2.072477197e-7F);
    p = fmaf(p, z, -5.289566101e-6F);
    p = fmaf(p, z, 8.983596085e-5F);
    p = fmaf(p, z, -1.086459129e-3F);
    p = fmaf(p, z, 9.740940615e-3F);
    p = fmaf(p, z, -6.622207757e-2F);
    p = fmaf(p, z, 3.988345789e-1F);
    return x * fmaf(near, p, 0.5F);
}

/* c = gelu(sums + bias), bf16: oneDNN's own costs more than half of the product before it. */
static void gelu_rows(tensor c, const float *sums, const float *bias)
{
    const int64_t w = c.cols;
    for (int64_t r = 0; r < c.rows; r++, sums += w) {
        uint16_t *out = (uint16_t *)c.data + r * w;
        for (int64_t j = 0; j < w; j++)
            out[j] = real_bf16(gelu_coarse(sums[j] + bias[j]));
    }
}

/* With the packed weight; bf16 reads the tile's rows from a bf16 copy, unless they are bf16. */
static cludi_status multiply_packed(backend *be, const product *p, tile t, product_scratchpad *scratchpad)
{
    const tensor a = backend_rows(be, p->a, t.row, t.rows), c = backend_rows(be, p->c, t.row, t.rows);
    packed_rows rows = {.x = a.data,
                        .y = c.data,
                        .bias = c.bf16 ? p->bias.data : NULL,
                        .silu = p->active.data && !p->gelu,
                        .rows = t.rows};
    if (!p->packed || (c.bf16 && !p->bias.data))
        return CLUDI_ERROR_UNSUPPORTED;
    if (be->precision == PRECISION_BF16 && !a.bf16) {
        if (t.rows * p->depth > SCRATCHPAD_X)
            return CLUDI_ERROR_UNSUPPORTED;
        bf16_rows(scratchpad->x, a.data, t.rows, p->depth, p->depth);
        rows.x = scratchpad->x;
    }
    const bool gelu = c.bf16 && p->gelu;
    if (gelu && t.rows * c.cols > SCRATCHPAD_W / 2)
        return CLUDI_ERROR_UNSUPPORTED;
    rows.y = gelu ? scratchpad->sums : rows.y;
    rows.bias = gelu ? NULL : rows.bias;
    const cludi_status status = packed_multiply(onednn_packed(be), p->packed, p->side, &rows, scratchpad);
    if (gelu && status == CLUDI_OK)
        gelu_rows(c, scratchpad->sums, p->bias.data);
    return status;
}

/* Rows first .. first + rows of some columns, of the products' precision and close together: oneDNN's fast kernel takes no
   others. */
static const void *tight_part(const backend *be, uint16_t *copy, tensor x, int64_t first, tile t)
{
    const bool bf16 = be->precision == PRECISION_BF16;
    const size_t size = bf16 ? sizeof(uint16_t) : sizeof(float);
    const char *in = (const char *)x.data + (size_t)(first * x.cols + t.col) * size;
    if (bf16 && !x.bf16)
        bf16_rows(copy, row_of(x, first) + t.col, t.rows, t.cols, x.cols);
    else if (t.cols == x.cols)
        return in;
    else
        for (int64_t r = 0; r < t.rows; r++)
            memcpy((char *)copy + (size_t)(r * t.cols) * size, in + (size_t)(r * x.cols) * size, (size_t)t.cols * size);
    return copy;
}

/* Rows of the next piece of a sum over `left` rows. oneDNN 2.6 has kernels for AMX that crash at 63. */
static int64_t gradient_depth(const backend *be, int64_t left)
{
    enum { CRASHES = 63 };
    const int64_t most = be->precision == PRECISION_BF16 ? NARROW_DEPTH : GRADIENT_DEPTH;
    if (left == CRASHES)
        return CRASHES / 2;
    return left < most ? left : most;
}

/* A tile of a weight gradient, summed over some rows at a time. */
static cludi_status multiply_gradient(backend *be, const product *p, tile t, product_scratchpad *scratchpad)
{
    product_shape shape = {PRODUCT_GRADIENT, t.rows, 0, t.cols, p->c.cols};
    product_operands operands = {.y = row_of(p->c, t.row) + t.col};
    for (int64_t r = 0; r < p->depth; r += shape.depth) {
        shape.depth = gradient_depth(be, p->depth - r);
        planned_product *planned = product_table_find(onednn_products(be), shape, NULL);
        if (!planned)
            return CLUDI_ERROR_UNSUPPORTED;
        operands.x = tight_part(be, scratchpad->x, p->a, r, (tile){0, shape.depth, t.row, t.rows});
        operands.plain = tight_part(be, scratchpad->W, p->b, r, (tile){0, shape.depth, t.col, t.cols});
        if (!product_multiply(onednn_products(be), planned, &operands, scratchpad))
            return CLUDI_ERROR_BACKEND;
        shape.kind = PRODUCT_GRADIENT_MORE;
    }
    return CLUDI_OK;
}

/* Rounded, as all operands of a product with bf16 ones. */
static inline float number_at(tensor x, int64_t i)
{
    return real_widen(x.bf16 ? ((const uint16_t *)x.data)[i] : real_bf16(((const float *)x.data)[i]));
}

/* With bf16 operands that oneDNN did not take: slower, not wrong. */
static void multiply_loops(const product *p, tile t)
{
    const int64_t a_row = p->trans_a == 'T' ? 1 : p->a.cols, a_step = p->trans_a == 'T' ? p->a.cols : 1;
    const int64_t b_col = p->trans_b == 'T' ? p->b.cols : 1, b_step = p->trans_b == 'T' ? 1 : p->b.cols;
    for (int64_t r = t.row; r < t.row + t.rows; r++)
        for (int64_t j = t.col; j < t.col + t.cols; j++) {
            float sum = 0;
            for (int64_t k = 0; k < p->depth; k++)
                sum += number_at(p->a, r * a_row + k * a_step) * number_at(p->b, j * b_col + k * b_step);
            if (!p->c.bf16) {
                row_of(p->c, r)[j] = sum;
                continue;
            }
            sum += p->bias.data ? row_of(p->bias, 0)[j] : 0.0F;
            sum = p->gelu ? real_gelu(sum) : p->active.data ? sum * real_sigmoid(sum) : sum;
            ((uint16_t *)p->c.data)[r * p->c.cols + j] = real_bf16(sum);
        }
}

/* With operands as they are. The first time oneDNN generates code, which is planning. */
static cludi_status multiply_plain(backend *be, const product *p, tile t)
{
    if (p->a.bf16 || p->b.bf16 || p->c.bf16) {
        multiply_loops(p, t);
        return CLUDI_OK;
    }
    const float *a = (const float *)p->a.data + (p->trans_a == 'T' ? t.row : t.row * p->a.cols);
    const float *b = (const float *)p->b.data + (p->trans_b == 'T' ? t.col * p->b.cols : t.col);
    const bool first = onednn_first_plain(be);
    if (first)
        product_planning_begin();
    const bool ok = dnnl_sgemm(p->trans_a, p->trans_b, t.rows, t.cols, p->depth, 1.0F, a, p->a.cols, b, p->b.cols, 0.0F,
                               row_of(p->c, t.row) + t.col, p->c.cols) == dnnl_success;
    if (first)
        product_planning_end();
    onednn_know_plain(be);
    return ok ? CLUDI_OK : CLUDI_ERROR_BACKEND;
}

static cludi_status multiply(backend *be, const product *p, tile t)
{
    product_scratchpad *scratchpad = product_scratchpad_take(onednn_products(be));
    const cludi_status status =
        p->trans_a == 'T' ? multiply_gradient(be, p, t, scratchpad) : multiply_packed(be, p, t, scratchpad);
    product_scratchpad_leave(onednn_products(be), scratchpad);
    return status == CLUDI_ERROR_UNSUPPORTED ? multiply_plain(be, p, t) : status;
}

typedef struct tile_loop {
    backend *be;
    const product *p;
} tile_loop;

static void multiply_tiles(const void *loop, int64_t first, int64_t last)
{
    backend *be = ((const tile_loop *)loop)->be;
    const product *p = ((const tile_loop *)loop)->p;
    const int before = onednn_enter();
    for (int64_t i = first; i < last && !stop_request_stopped(be->stop); i++) {
        const tile t = tile_get(p, i);
        onednn_remember(be, multiply(be, p, t));
        finish_tile(p, t);
    }
    onednn_leave(before);
}

static void run(backend *be, const product *p)
{
    const int64_t tiles = (p->c.rows + p->tile_rows - 1) / p->tile_rows * tiles_across(p);
    backend_loop(be, p->c.rows * p->c.cols * p->depth / 64, tiles, multiply_tiles, &(tile_loop){be, p});
}

/* Rows of a tile of a product with a packed weight. Where oneDNN sums in another order in 32 rows than in 64, all tiles
   are 32 high. */
static int64_t packed_height(const backend *be, int64_t depth, int64_t width)
{
    if (be->precision == PRECISION_F32)
        return PACKED_ROWS;
    int64_t height = width < NARROW_LEAST_WIDTH || depth > NARROW_MOST_DEPTH ? NARROW_ROWS_ODD : NARROW_ROWS;
    while (height > 1 && height * depth > SCRATCHPAD_X)
        height /= 2;
    return height;
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
                     .tile_rows = packed ? packed_height(be, rows.cols, c.cols) : TILE_ROWS,
                     .tile_cols = packed ? c.cols : TILE_COLS,
                     .packed = packed,
                     .side = side};
}

static void linear(backend *be, tensor y, tensor x, tensor W, tensor b)
{
    product p = weight_product(be, y, x, W, PACKED_FORWARD);
    p.bias = b;
    run(be, &p);
}

static void linear_silu(backend *be, tensor y, tensor pre, tensor x, tensor W, tensor b)
{
    product p = weight_product(be, pre.data ? pre : y, x, W, PACKED_FORWARD);
    p.bias = b;
    p.active = y;
    run(be, &p);
}

static void linear_gelu(backend *be, tensor y, tensor x, tensor W, tensor b)
{
    product p = weight_product(be, y, x, W, PACKED_FORWARD);
    p.bias = b;
    p.active = y;
    p.gelu = true;
    while (y.bf16 && p.tile_rows > 1 && p.tile_rows * y.cols > SCRATCHPAD_W / 2)
        p.tile_rows /= 2;
    run(be, &p);
}

static void linear_add(backend *be, tensor y, tensor add, const linear_operands *layer)
{
    product p = weight_product(be, y, layer->x, layer->W, PACKED_FORWARD);
    p.bias = layer->b;
    p.add = add;
    run(be, &p);
}

static void linear_gate(backend *be, const gated_sum *sum, const linear_operands *layer)
{
    product p = weight_product(be, sum->o, layer->x, layer->W, PACKED_FORWARD);
    p.bias = layer->b;
    p.sum = sum;
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
                       .tile_rows = GRADIENT_SIDE,
                       .tile_cols = GRADIENT_SIDE};
    run(be, &p);
    if (db.data)
        be->ops.column_sum(be, db, dy, dy.rows);
}

void KERNEL(onednn_product)(backend_ops *ops)
{
    ops->linear = linear;
    ops->linear_silu = linear_silu;
    ops->linear_add = linear_add;
    ops->linear_gelu = linear_gelu;
    ops->linear_gate = linear_gate;
    ops->linear_dx = linear_dx;
    ops->linear_dw = linear_dw;
}
