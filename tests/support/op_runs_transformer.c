/* The operations that transformers alone have. */
#include <math.h>

#include "cmocka_all.h"
#include "op_runs.h"

void op_run_linear_gelu(op_run *r)
{
    static const int64_t WIDTHS[] = {16, 17, 64, 401}; /* one number alone could be one that nearly vanishes */
    tensor x = op_rows(r, 2);
    for (int i = 0; i < 4; i++) {
        tensor W = op_normal(r, WIDTHS[i], x.cols, 1 / sqrt((double)x.cols)), b = op_normal(r, 1, W.rows, 1);
        tensor y = op_blank(r, x.rows, W.rows);
        r->be->ops.linear_gelu(r->be, y, x, W, b);
        op_keep(r, y);
        r->be->ops.linear_gelu(r->be, y, x, W, OP_ABSENT);
        op_keep(r, y);
    }
}

void op_run_layer_norm(op_run *r)
{
    const int64_t w = r->shape.cols;
    tensor x = op_rows(r, 2), y = op_blank_rows(r);
    norm_weights norm = {op_normal(r, 1, w, 1), op_normal(r, 1, w, 1), 1e-6};
    r->be->ops.layer_norm(r->be, y, x, &norm);
    op_keep(r, y);
    norm.epsilon = 3;
    r->be->ops.layer_norm(r->be, x, x, &norm); /* in place */
    op_keep(r, x);
}

static void attend(op_run *r, tensor qkv, int64_t queries, int32_t heads)
{
    const int64_t w = r->shape.cols;
    tensor out = op_blank(r, queries, w), scratch = op_blank(r, 1, backend_attention_scratch(qkv.rows, w, heads));
    r->be->ops.attention(r->be, out, qkv, heads, scratch);
    op_keep(r, out);
}

/* Every number of heads that the oracle has, and more queries than are taken at a time, one, and some left over. */
void op_run_attention(op_run *r)
{
    static const int32_t HEADS[] = {1, 3, 16};
    enum { MOST_TOKENS = 150 };
    const int64_t tokens = r->shape.rows < MOST_TOKENS ? r->shape.rows : MOST_TOKENS;
    tensor qkv = op_normal(r, tokens, 3 * r->shape.cols, 1.5);
    for (int i = 0; i < 3; i++)
        if (r->shape.cols % HEADS[i] == 0) {
            attend(r, qkv, tokens, HEADS[i]);
            attend(r, qkv, 1, HEADS[i]);
            attend(r, qkv, (tokens + 1) / 2, HEADS[i]);
        }
}
