/* The operations that take or give bf16 tensors. What is given in bf16 must be what is given in float32, rounded. */
#include <math.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "op_runs.h"
#include "tensor_support.h"

/* Keeps the bf16 result once it is known to be the float32 one, rounded. */
static void keep_rounded(op_run *r, tensor bf16, tensor wide)
{
    double *got = read_tensor(r->be, bf16), *wanted = read_tensor(r->be, wide);
    assert_int_equal(bf16.rows, wide.rows);
    assert_int_equal(bf16.cols, wide.cols);
    for (int64_t i = 0; i < wide.rows * wide.cols; i++)
        if (!(got[i] == round_bf16(wanted[i])))
            fail_msg("%s: element %d of %d x %d is %.9g, wanted %.9g rounded: %.9g", r->be->ops.name, (int)i,
                     (int)wide.rows, (int)wide.cols, got[i], wanted[i], round_bf16(wanted[i]));
    free(got);
    free(wanted);
    op_keep(r, bf16);
}

static tensor blank_rows(op_run *r)
{
    return op_blank_bf16(r, r->shape.rows, r->shape.cols);
}

static void run_copy(op_run *r)
{
    tensor x = op_rows(r, 1), y = blank_rows(r), z = blank_rows(r);
    r->be->ops.copy(r->be, y, x);
    keep_rounded(r, y, x);
    r->be->ops.copy(r->be, z, y); /* bf16 to bf16 */
    keep_rounded(r, z, x);
    r->be->ops.zero(r->be, z);
    op_keep(r, z);
    assert_true(r->kept[2][r->sizes[2] - 1] == 0 && r->kept[2][0] == 0);
}

/* From float32 and double, and back to float32; a part of the rows. */
static void run_copy_in_out(op_run *r)
{
    const int64_t size = r->shape.rows * r->shape.cols, last = r->shape.rows - 1;
    tensor x = op_rows(r, 2), y = blank_rows(r), z = blank_rows(r);
    float *single = malloc((size_t)size * sizeof *single);
    double *wide = read_tensor(r->be, x);
    assert_non_null(single);
    r->be->ops.copy_out(r->be, HOST_F32, single, x);
    r->be->ops.copy_in(r->be, y, HOST_F32, single);
    r->be->ops.copy_in(r->be, z, HOST_F64, wide);
    keep_rounded(r, y, x);
    keep_rounded(r, z, x);
    r->be->ops.copy_out(r->be, HOST_F32, single, backend_rows(r->be, y, last, 1));
    for (int64_t j = 0; j < r->shape.cols; j++)
        assert_true((double)single[j] == round_bf16(wide[last * r->shape.cols + j]));
    free(single);
    free(wide);
}

static void run_join(op_run *r)
{
    tensor sc = op_rows(r, 1), z = op_rows(r, 1), factor = op_normal(r, 1, r->shape.groups, 1);
    tensor wide = op_blank(r, r->shape.rows, 2 * r->shape.cols);
    tensor bf16 = op_blank_bf16(r, r->shape.rows, 2 * r->shape.cols);
    for (int present = 0; present < 2; present++) {
        r->be->ops.join(r->be, wide, present ? sc : OP_ABSENT, z, factor);
        r->be->ops.join(r->be, bf16, present ? sc : OP_ABSENT, z, factor);
        keep_rounded(r, bf16, wide);
    }
}

static void run_norm_modulate(op_run *r)
{
    const int64_t rows = r->shape.rows, w = r->shape.cols;
    tensor v = op_rows(r, 2), wide = op_blank_rows(r), bf16 = blank_rows(r), stats = op_blank(r, rows, 2);
    tensor modulation = op_normal(r, r->shape.groups, 3 * w, 0.5);
    for (int present = 0; present < 2; present++) {
        const tensor m = present ? modulation : OP_ABSENT;
        const int64_t group = present ? op_group(r) : rows;
        r->be->ops.norm_modulate(r->be, wide, OP_ABSENT, v, m, group);
        r->be->ops.norm_modulate(r->be, bf16, stats, v, m, group);
        keep_rounded(r, bf16, wide);
        op_keep(r, stats);
    }
}

static void run_silu_backward(op_run *r)
{
    tensor x = op_rows(r, 3), dy = op_rows(r, 1), wide = op_blank_rows(r), bf16 = blank_rows(r);
    r->be->ops.silu_backward(r->be, wide, dy, x);
    r->be->ops.silu_backward(r->be, bf16, dy, x);
    keep_rounded(r, bf16, wide);
}

static void run_unit_rows_backward(op_run *r)
{
    tensor x = op_rows(r, 1), dy = op_rows(r, 1), wide = op_blank_rows(r), bf16 = blank_rows(r);
    r->be->ops.unit_rows_backward(r->be, wide, dy, x, 3);
    r->be->ops.unit_rows_backward(r->be, bf16, dy, x, 3);
    keep_rounded(r, bf16, wide);
}

static void run_gate_add_backward(op_run *r)
{
    const int64_t w = r->shape.cols;
    tensor dv = op_rows(r, 1), o = op_rows(r, 1), wide = op_blank_rows(r), bf16 = blank_rows(r);
    tensor modulation = op_normal(r, r->shape.groups, 3 * w, 0.5), dm = op_normal(r, r->shape.groups, 3 * w, 1);
    const norm_saved saved = {modulation, OP_ABSENT, op_group(r)};
    r->be->ops.gate_add_backward(r->be, wide, dm, dv, o, &saved);
    r->be->ops.gate_add_backward(r->be, bf16, dm, dv, o, &saved);
    keep_rounded(r, bf16, wide);
    op_keep(r, dm);
}

static void run_dropout(op_run *r)
{
    tensor x = op_rows(r, 1), keep = op_uniform(r, r->shape.rows, r->shape.cols);
    tensor wide = op_blank_rows(r), bf16 = blank_rows(r);
    r->be->ops.dropout(r->be, wide, x, keep, 0.4);
    r->be->ops.dropout(r->be, bf16, x, keep, 0.4);
    keep_rounded(r, bf16, wide);
}

/* The sum of bf16 numbers has the bits of the sum of the same numbers in float32. */
static void run_column_sum(op_run *r)
{
    tensor x = op_rows(r, 1), bf16 = blank_rows(r);
    tensor out = op_blank(r, r->shape.groups, r->shape.cols), wanted = op_blank(r, r->shape.groups, r->shape.cols);
    r->be->ops.copy(r->be, bf16, x);
    double *rounded = read_tensor(r->be, bf16);
    write_tensor(r->be, x, rounded);
    free(rounded);
    r->be->ops.column_sum(r->be, out, bf16, op_group(r));
    r->be->ops.column_sum(r->be, wanted, x, op_group(r));
    op_keep(r, out);
    op_keep(r, wanted);
    assert_memory_equal(r->kept[0], r->kept[1], (size_t)r->sizes[0] * sizeof(double));
}

static void run_layer_norm(op_run *r)
{
    tensor x = op_rows(r, 2), wide = op_blank_rows(r), bf16 = blank_rows(r);
    const norm_weights norm = {op_normal(r, 1, x.cols, 1), op_normal(r, 1, x.cols, 1), 1e-6};
    r->be->ops.layer_norm(r->be, wide, x, &norm);
    r->be->ops.layer_norm(r->be, bf16, x, &norm);
    keep_rounded(r, bf16, wide);
}

#define CASE(op, least_cols)                                                                                           \
    {                                                                                                                  \
#op " (narrow)", offsetof(backend_ops, op), OP_ELEMENT, 0, least_cols, run_##op                                \
    }
const op_case OP_NARROW_CASES[] = {
    CASE(copy, 1),
    {"copy_in and copy_out (narrow)", offsetof(backend_ops, copy_in), OP_ELEMENT, 0, 1, run_copy_in_out},
    CASE(join, 1),
    CASE(norm_modulate, 1),
    CASE(layer_norm, 1),
    CASE(silu_backward, 1),
    CASE(unit_rows_backward, 2),
    CASE(gate_add_backward, 1),
    CASE(dropout, 1),
    CASE(column_sum, 1),
};
const int OP_NARROW_CASE_COUNT = sizeof OP_NARROW_CASES / sizeof *OP_NARROW_CASES;

/* ---- products: x and dy in bf16, with a prepared weight; for numbers of threads alone ---- */

static tensor bf16_normal(op_run *r, int64_t rows, int64_t cols)
{
    tensor x = op_normal(r, rows, cols, 1), bf16 = op_blank_bf16(r, rows, cols);
    r->be->ops.copy(r->be, bf16, x);
    return bf16;
}

static void run_linear(op_run *r)
{
    const int64_t rows = r->shape.rows, out = 70;
    tensor x = bf16_normal(r, rows, r->shape.cols), W = op_normal(r, out, x.cols, 1), b = op_normal(r, 1, out, 1);
    tensor y = op_blank(r, rows, out), s = op_blank_bf16(r, rows, out), add = op_normal(r, op_group(r), out, 1);
    tensor dy = bf16_normal(r, rows, out), dx = op_blank_rows(r), v = op_normal(r, rows, out, 1);
    tensor modulation = op_normal(r, r->shape.groups, 3 * out, 1);
    const linear_operands layer = {x, W, b};
    r->be->ops.prepare(r->be, &W, 1, true);
    r->be->ops.linear(r->be, y, x, W, b);
    op_keep(r, y);
    r->be->ops.linear_silu(r->be, s, y, x, W, b);
    op_keep(r, s);
    r->be->ops.linear_silu(r->be, s, OP_ABSENT, x, W, b);
    op_keep(r, s);
    r->be->ops.linear_gelu(r->be, s, x, W, b);
    op_keep(r, s);
    r->be->ops.linear_gelu(r->be, y, x, W, b);
    op_keep(r, y);
    r->be->ops.linear_add(r->be, y, add, &layer);
    op_keep(r, y);
    r->be->ops.linear_gate(r->be, &(gated_sum){v, v, y, modulation, op_group(r)}, &layer);
    op_keep(r, v);
    r->be->ops.linear_dx(r->be, dx, dy, W);
    op_keep(r, dx);
    r->be->ops.forget(r->be, &W, 1);
}

static void run_linear_dw(op_run *r)
{
    tensor x = bf16_normal(r, r->shape.rows, r->shape.cols), dy = bf16_normal(r, r->shape.rows, 500);
    tensor dW = op_blank(r, dy.cols, x.cols), db = op_blank(r, 1, dy.cols);
    r->be->ops.linear_dw(r->be, dW, db, dy, x);
    op_keep(r, dW);
    op_keep(r, db);
}

const op_case OP_NARROW_PRODUCTS[] = {CASE(linear, 1), CASE(linear_dw, 1)};
const int OP_NARROW_PRODUCT_COUNT = sizeof OP_NARROW_PRODUCTS / sizeof *OP_NARROW_PRODUCTS;
