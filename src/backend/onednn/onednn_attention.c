/* Attention in registers and the first cache: keys and values of one head are copied close together, then a few rows at a
   time are multiplied with them, so that scores never leave the cache. Compiled once per instruction set, with
   multiplications and additions contracted. Each number is one sum in the order of its index, wherever its row stands. */
#include <string.h>

#include "onednn.h"
#include "real.h"

/* Sums that fit the registers: ROWS x VECTORS of 16 lanes. */
enum { ROWS = 6, MOST_VECTORS = 4 };
enum { QUERIES = 0, VALUES = 2 }; /* thirds of qkv */
#ifdef __AVX512F__
enum { VECTORS = MOST_VECTORS };
#else
enum { VECTORS = 1 };
#endif
_Static_assert((int)MOST_VECTORS *(int)LANES == (int)PIECE, "a block of values is stored as one piece");

/* A head, and what is copied of it. */
typedef struct head {
    tensor out, qkv;      /* qkv may be bf16 */
    int64_t first, depth; /* its columns in out */
    int64_t keys, part;   /* tokens and depth, up to a multiple of LANES */
    float *k;             /* (depth, keys) transposed, times 1 / sqrt(depth), zeros behind the tokens */
    float *v;             /* (tokens, part) zeros behind the depth */
    float *scores;        /* (ROWS, keys) */
    float *q;             /* (ROWS, part) queries, zeros behind the depth */
} head;

/* c (rows, vectors) = a (rows, depth) b (depth, vectors); strides in numbers */
typedef struct block {
    const float *a, *b;
    float *c;
    int64_t a_stride, b_stride, c_stride, depth;
} block;

static inline __attribute__((always_inline)) void multiply_block(const block *m, const int rows, const int vectors)
{
    const float *a = m->a, *b = m->b;
    const int64_t a_stride = m->a_stride, b_stride = m->b_stride, depth = m->depth;
    lanes sum[ROWS][MOST_VECTORS] = {0};
    for (int64_t k = 0; k < depth; k++)
#pragma GCC unroll 8
        for (int r = 0; r < rows; r++)
#pragma GCC unroll 8
            for (int i = 0; i < vectors; i++)
                sum[r][i] += a[r * a_stride + k] * *(const lanes *)(b + k * b_stride + i * LANES);
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 8
        for (int i = 0; i < vectors; i++)
            *(lanes *)(m->c + r * m->c_stride + i * LANES) = sum[r][i];
}

/* Constant numbers of rows and vectors, for the compiler to keep the sums in registers. */
static inline __attribute__((always_inline)) void multiply_vectors(const block *m, const int rows, int64_t vectors)
{
    switch (vectors) {
    case 1:
        multiply_block(m, rows, 1);
        break;
    case 2:
        multiply_block(m, rows, 2);
        break;
    case 3:
        multiply_block(m, rows, 3);
        break;
    default:
        multiply_block(m, rows, MOST_VECTORS);
        break;
    }
}

static void multiply(const block *m, int64_t rows, int64_t vectors)
{
    if (rows == ROWS)
        multiply_vectors(m, ROWS, vectors);
    else
        multiply_vectors(m, 1, vectors);
}

static int64_t up_to_lanes(int64_t count)
{
    return (count + LANES - 1) / LANES * LANES;
}

/* Numbers j .. j + 15 of row r, zeros behind `count`. */
static inline lanes load_lanes(tensor x, int64_t r, int64_t j, int64_t count)
{
    if (!x.bf16)
        return lanes_at(row_of(x, r) + j, 0, count);
    const uint16_t *in = (const uint16_t *)x.data + r * x.cols + j;
    lanes out = {0};
    for (int i = 0; i < LANES && i < count; i++)
        out[i] = real_widen(in[i]);
    return out;
}

/* Rows become columns when the rows of both halves are shuffled into each other four times. */
static inline void transpose(lanes rows[LANES])
{
    lanes shuffled[LANES];
    for (int pass = 0; pass < 4; pass++) {
        for (int i = 0; i < LANES / 2; i++) {
            const lanes a = rows[i], b = rows[i + LANES / 2];
            shuffled[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            shuffled[2 * i + 1] =
                __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        }
        memcpy(rows, shuffled, sizeof shuffled);
    }
}

static void copy_keys(const head *h)
{
    const float factor = 1 / real_sqrt((float)h->depth);
    for (int64_t t = 0; t < h->keys; t += LANES)
        for (int64_t d = 0; d < h->depth; d += LANES) {
            const int64_t count = h->depth - d < LANES ? h->depth - d : LANES;
            lanes square[LANES] = {0};
            for (int i = 0; i < LANES && t + i < h->qkv.rows; i++)
                square[i] = factor * load_lanes(h->qkv, t + i, h->out.cols + h->first + d, count);
            transpose(square);
            for (int64_t i = 0; i < count; i++)
                *(lanes *)(h->k + (d + i) * h->keys + t) = square[i];
        }
}

/* Rows row .. row + rows of a third of qkv, zeros behind the depth. */
static void copy_rows(const head *h, float *out, int third, int64_t row, int64_t rows)
{
    for (int64_t r = 0; r < rows; r++, out += h->part)
        for (int64_t d = 0; d < h->part; d += LANES)
            *(lanes *)(out + d) = load_lanes(h->qkv, row + r, third * h->out.cols + h->first + d, h->depth - d);
}

/* scores = q k / sqrt(depth); as many vectors in each panel as in the others, or one more */
static void score(const head *h, int64_t rows)
{
    const int64_t vectors = h->keys / LANES, panels = (vectors + VECTORS - 1) / VECTORS;
    for (int64_t i = 0, done = 0; i < panels; i++) {
        const int64_t count = (vectors - done) / (panels - i);
        const block m = {.a = h->q,
                         .b = h->k + done * LANES,
                         .c = h->scores + done * LANES,
                         .a_stride = h->part,
                         .b_stride = h->keys,
                         .c_stride = h->keys,
                         .depth = h->depth};
        multiply(&m, rows, count);
        done += count;
    }
}

/* p = exp(p - its largest), whole vectors of it; returns 1 / the sum over the tokens. */
static float weigh(float *p, int64_t tokens)
{
    const float largest = row_max(p, tokens);
    for (int64_t t = 0; t < tokens; t += LANES)
        for (int64_t i = t; i < t + LANES; i++)
            p[i] = real_exp(p[i] - largest);
    return 1 / row_sum(p, tokens);
}

/* out = scores v, each row times its inverse */
static void mix(const head *h, int64_t row, int64_t rows, const float inverse[ROWS])
{
    float sums[ROWS * PIECE];
    for (int64_t j = 0; j < h->part; j += VECTORS * LANES) {
        const int64_t width = h->part - j < VECTORS * LANES ? h->part - j : VECTORS * LANES;
        const int64_t count = h->depth - j < width ? h->depth - j : width;
        const block m = {.a = h->scores,
                         .b = h->v + j,
                         .c = sums,
                         .a_stride = h->keys,
                         .b_stride = h->part,
                         .c_stride = PIECE,
                         .depth = h->qkv.rows};
        multiply(&m, rows, width / LANES);
        for (int64_t r = 0; r < rows; r++) {
            float *piece = sums + r * PIECE;
            for (int64_t i = 0; i < PIECE; i++)
                piece[i] *= inverse[r];
            store_piece(h->out, row + r, h->first + j, piece, count);
        }
    }
}

static void attend(const head *h, int64_t row, int64_t rows)
{
    float inverse[ROWS];
    copy_rows(h, h->q, QUERIES, row, rows);
    score(h, rows);
    for (int64_t r = 0; r < rows; r++)
        inverse[r] = weigh(h->scores + r * h->keys, h->qkv.rows);
    mix(h, row, rows, inverse);
}

/* The last rows are computed with some before them once more: the same numbers, and no block is lower. */
static void attend_rows(const head *h)
{
    const int64_t rows = h->out.rows, step = rows < ROWS ? 1 : ROWS;
    for (int64_t r = 0; r < rows; r += step)
        attend(h, r + step <= rows ? r : rows - step, step);
}

static void attention(backend *be, tensor out, tensor qkv, int32_t heads, tensor scratch)
{
    const int64_t depth = out.cols / heads;
    head h = {.out = out, .qkv = qkv, .depth = depth, .keys = up_to_lanes(qkv.rows), .part = up_to_lanes(depth)};
    (void)be;
    h.k = scratch.data;
    h.v = h.k + h.part * h.keys;
    h.scores = h.v + h.part * h.keys;
    h.q = h.scores + ROWS * h.keys;
    for (int32_t i = 0; i < heads; i++) {
        h.first = i * depth;
        copy_keys(&h);
        copy_rows(&h, h.v, VALUES, 0, qkv.rows);
        attend_rows(&h);
    }
}

void KERNEL(onednn_attention)(backend_ops *ops)
{
    ops->attention = attention;
}
