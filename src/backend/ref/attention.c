/* Attention of transformers as loops: head by head, row by row. */
#include "real.h"

/* Parts of the rows of qkv that one head multiplies with: `depth` numbers from column `first`. */
typedef struct head_part {
    tensor qkv;
    int64_t first, depth;
} head_part;

/* p = exp(q.k_j / sqrt(depth) - the largest of them) for all keys; returns the sum. */
static real weigh_keys(real *p, const real *q, head_part keys)
{
    const int64_t tokens = keys.qkv.rows;
    const real factor = 1 / real_sqrt((real)keys.depth);
    for (int64_t t = 0; t < tokens; t++)
        p[t] = factor * row_dot(q, row_of(keys.qkv, t) + keys.first, keys.depth);
    const real largest = row_max(p, tokens);
    for (int64_t t = 0; t < tokens; t++)
        p[t] = real_exp(p[t] - largest);
    return row_sum(p, tokens);
}

/* Columns j .. j + count, at most a piece, of the sum over rows of p times the head's values. */
static void mix_values(real piece[PIECE], const real *p, head_part values, int64_t j, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        piece[i] = 0;
    for (int64_t t = 0; t < values.qkv.rows; t++)
        for (int64_t i = 0; i < count; i++)
            piece[i] += p[t] * row_of(values.qkv, t)[values.first + j + i];
}

static void attend_row(tensor out, int64_t r, tensor qkv, int64_t first, int64_t depth, real *p)
{
    const int64_t w = out.cols;
    const head_part keys = {qkv, w + first, depth}, values = {qkv, 2 * w + first, depth};
    const real inverse = 1 / weigh_keys(p, row_of(qkv, r) + first, keys);
    for (int64_t j = 0; j < depth; j += PIECE) {
        const int64_t count = depth - j < PIECE ? depth - j : PIECE;
        real piece[PIECE];
        mix_values(piece, p, values, j, count);
        for (int64_t i = 0; i < count; i++)
            piece[i] *= inverse;
        store_piece(out, r, first + j, piece, count);
    }
}

static void attention(backend *be, tensor out, tensor qkv, int32_t heads, tensor scratch)
{
    const int64_t depth = out.cols / heads;
    (void)be;
    for (int64_t h = 0; h < heads; h++)
        for (int64_t r = 0; r < out.rows; r++)
            attend_row(out, r, qkv, h * depth, depth, scratch.data);
}

void KERNEL(ref_attention)(backend_ops *ops)
{
    ops->attention = attention;
}
