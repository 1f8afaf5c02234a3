/* Work on elements, rows and columns; losses and the optimizer. */
#include <stdlib.h>

#include "cmocka_all.h"
#include "op_runs.h"
#include "tensor_support.h"

/* ---- element-wise work ---- */

void op_run_scale(op_run *r)
{
    tensor x = op_rows(r, 1), y = op_blank_rows(r);
    r->be->ops.scale(r->be, y, x, 1.0 / 3);
    op_keep(r, y);
    r->be->ops.scale(r->be, x, x, -2.7);
    op_keep(r, x);
}

void op_run_add_repeated(op_run *r)
{
    tensor y = op_rows(r, 1), x = op_normal(r, op_group(r), r->shape.cols, 1);
    r->be->ops.add_repeated(r->be, y, x);
    op_keep(r, y);
}

void op_run_silu(op_run *r)
{
    tensor x = op_rows(r, 6), y = op_blank_rows(r);
    r->be->ops.silu(r->be, y, x);
    op_keep(r, y);
}

void op_run_silu_backward(op_run *r)
{
    tensor x = op_rows(r, 3), dy = op_rows(r, 1), dx = op_blank_rows(r);
    r->be->ops.silu_backward(r->be, dx, dy, x);
    op_keep(r, dx);
    r->be->ops.silu_backward(r->be, dy, dy, x); /* in place, as the denoiser does */
    op_keep(r, dy);
}

void op_run_dropout(op_run *r)
{
    tensor x = op_rows(r, 1), keep = op_uniform(r, r->shape.rows, r->shape.cols);
    r->be->ops.dropout(r->be, x, x, keep, 0.4);
    op_keep(r, x);
}

void op_run_unit_rows(op_run *r)
{
    tensor x = op_rows(r, 1), y = op_blank_rows(r), zero = op_blank_rows(r);
    r->be->ops.unit_rows(r->be, y, x, 3);
    op_keep(r, y);
    r->be->ops.unit_rows(r->be, x, x, 0.5); /* in place */
    op_keep(r, x);
    r->be->ops.zero(r->be, zero);
    r->be->ops.unit_rows(r->be, zero, zero, 3);
    op_keep(r, zero);
}

void op_run_unit_rows_backward(op_run *r)
{
    tensor x = op_rows(r, 1), dy = op_rows(r, 1), dx = op_blank_rows(r);
    r->be->ops.unit_rows_backward(r->be, dx, dy, x, 3);
    op_keep(r, dx);
    r->be->ops.unit_rows_backward(r->be, dy, dy, x, 3); /* in place */
    op_keep(r, dy);
}

void op_run_norm_modulate(op_run *r)
{
    const int64_t rows = r->shape.rows, w = r->shape.cols;
    tensor v = op_rows(r, 2), u = op_blank_rows(r), stats = op_blank(r, rows, 2);
    tensor modulation = op_normal(r, r->shape.groups, 3 * w, 0.5);
    r->be->ops.norm_modulate(r->be, u, stats, v, modulation, op_group(r));
    op_keep(r, u);
    op_keep(r, stats);
    r->be->ops.norm_modulate(r->be, u, OP_ABSENT, v, modulation, op_group(r));
    op_keep(r, u);
    r->be->ops.norm_modulate(r->be, u, stats, v, OP_ABSENT, rows);
    op_keep(r, u);
}

void op_run_norm_modulate_backward(op_run *r)
{
    const int64_t rows = r->shape.rows, w = r->shape.cols;
    tensor v = op_rows(r, 2), u = op_blank_rows(r), stats = op_blank(r, rows, 2), du = op_rows(r, 1),
           dv = op_rows(r, 3);
    tensor modulation = op_normal(r, r->shape.groups, 3 * w, 0.5), dm = op_normal(r, r->shape.groups, 3 * w, 1);
    r->be->ops.norm_modulate(r->be, u, stats, v, modulation, op_group(r));
    r->be->ops.norm_modulate_backward(r->be, dv, dm, du, v, &(norm_saved){modulation, stats, op_group(r)});
    op_keep(r, dv);
    op_keep(r, dm);
    r->be->ops.norm_modulate_backward(r->be, dv, OP_ABSENT, du, v, &(norm_saved){OP_ABSENT, stats, rows});
    op_keep(r, dv);
}

void op_run_gate_add_backward(op_run *r)
{
    tensor dv = op_rows(r, 1), o = op_rows(r, 1), d_o = op_blank_rows(r);
    tensor modulation = op_normal(r, r->shape.groups, 3 * r->shape.cols, 0.5);
    tensor dm = op_normal(r, r->shape.groups, 3 * r->shape.cols, 1);
    r->be->ops.gate_add_backward(r->be, d_o, dm, dv, o, &(norm_saved){modulation, OP_ABSENT, op_group(r)});
    op_keep(r, d_o);
    op_keep(r, dm);
}

/* ---- diffusion ---- */

void op_run_corrupt(op_run *r)
{
    tensor x = op_normal(r, op_group(r), r->shape.cols, 1), out = op_blank_rows(r);
    const corrupt_noise noise = {op_uniform(r, r->shape.rows, r->shape.cols), op_uniform(r, 1, r->shape.groups),
                                 op_rows(r, 1)};
    r->be->ops.corrupt(r->be, out, x, &noise, &(corrupt_args){0.2, 0.1, 0.3});
    op_keep(r, out);
}

void op_run_mix_groups(op_run *r)
{
    tensor x = op_rows(r, 1), e = op_rows(r, 1), y = op_blank_rows(r);
    tensor a = op_normal(r, 1, r->shape.groups, 1), b = op_normal(r, 1, r->shape.groups, 1);
    r->be->ops.mix_groups(r->be, y, x, a, e, b);
    op_keep(r, y);
}

void op_run_mix_three(op_run *r)
{
    tensor z = op_rows(r, 1), z0 = op_rows(r, 1), e = op_rows(r, 1);
    r->be->ops.mix_three(r->be, z, z0, e, (const double[3]){0.3, -0.7, 1.1});
    op_keep(r, z);
    r->be->ops.mix_three(r->be, z, e, e, (const double[3]){0.6, 1, 0}); /* as the predictor does */
    op_keep(r, z);
}

void op_run_join(op_run *r)
{
    tensor sc = op_rows(r, 1), z = op_rows(r, 1), factor = op_normal(r, 1, r->shape.groups, 1);
    tensor out = op_blank(r, r->shape.rows, 2 * r->shape.cols);
    r->be->ops.join(r->be, out, sc, z, factor);
    op_keep(r, out);
    r->be->ops.join(r->be, out, OP_ABSENT, z, factor);
    op_keep(r, out);
}

/* ---- softmax and losses ---- */

void op_run_softmax(op_run *r)
{
    tensor l = op_rows(r, 1), u = op_blank_rows(r);
    r->be->ops.softmax(r->be, u, l, 10);
    op_keep(r, u);
    r->be->ops.softmax(r->be, u, l, 200); /* far beyond what exp can take */
    op_keep(r, u);
}

void op_run_softmax_backward(op_run *r)
{
    tensor l = op_rows(r, 1), u = op_blank_rows(r), du = op_rows(r, 1), dl = op_rows(r, 1);
    r->be->ops.softmax(r->be, u, l, 3);
    r->be->ops.softmax_backward(r->be, dl, du, u, 3);
    op_keep(r, dl);
}

void op_run_log_softmax(op_run *r)
{
    tensor l = op_rows(r, 1), out = op_blank_rows(r);
    r->be->ops.log_softmax(r->be, out, l, 10);
    op_keep(r, out);
}

void op_run_mean_views(op_run *r)
{
    tensor x = op_rows(r, 1), out = op_blank(r, op_group(r), r->shape.cols);
    r->be->ops.mean_views(r->be, out, x);
    op_keep(r, out);
}

void op_run_count_argmax(op_run *r)
{
    tensor u = op_rows(r, 1), counts = op_blank(r, 1, r->shape.cols);
    r->be->ops.zero(r->be, counts);
    r->be->ops.count_argmax(r->be, counts, u);
    r->be->ops.count_argmax(r->be, counts, u); /* adds up */
    op_keep(r, counts);
    r->be->ops.zero(r->be, u);
    r->be->ops.zero(r->be, counts);
    r->be->ops.count_argmax(r->be, counts, u); /* ties: the lowest k */
    op_keep(r, counts);
    assert_true(r->kept[1][0] == (double)u.rows);
}

void op_run_squared_error(op_run *r)
{
    tensor a = op_rows(r, 1), b = op_rows(r, 1), weight = op_uniform(r, 1, r->shape.groups);
    tensor row_loss = op_blank(r, r->shape.rows, 1), da = op_blank_rows(r);
    r->be->ops.squared_error(r->be, row_loss, da, &(error_pair){a, b, weight, 0.01, op_group(r)});
    op_keep(r, row_loss);
    op_keep(r, da);
}

void op_run_column_max(op_run *r)
{
    tensor x = op_rows(r, 1), out = op_blank(r, r->shape.groups, r->shape.cols);
    r->be->ops.column_max(r->be, out, x, 1, op_group(r));
    op_keep(r, out);
    r->be->ops.column_max(r->be, out, x, 20, op_group(r));
    op_keep(r, out);
}

void op_run_column_sum_exp(op_run *r)
{
    tensor x = op_rows(r, 1), shift = op_blank(r, r->shape.groups, r->shape.cols);
    tensor out = op_blank(r, r->shape.groups, r->shape.cols);
    r->be->ops.column_max(r->be, shift, x, 3, op_group(r));
    r->be->ops.column_sum_exp(r->be, out, x, 3, shift);
    op_keep(r, out);
}

void op_run_column_sum(op_run *r)
{
    tensor x = op_uniform(r, r->shape.rows, r->shape.cols), out = op_blank(r, r->shape.groups, r->shape.cols);
    r->be->ops.column_sum(r->be, out, x, op_group(r));
    op_keep(r, out);
}

void op_run_add_log(op_run *r)
{
    tensor y = op_rows(r, 1), x = op_normal(r, r->shape.rows, r->shape.cols, 0);
    double *numbers = read_tensor(r->be, x);
    for (int64_t i = 0; i < x.rows * x.cols; i++)
        numbers[i] = (double)(1.0F + (float)(i % 97) * 0.75F);
    write_tensor(r->be, x, numbers);
    free(numbers);
    r->be->ops.add_log(r->be, y, x);
    op_keep(r, y);
}

void op_run_column_posterior(op_run *r)
{
    tensor x = op_rows(r, 0.5), lse = op_normal(r, r->shape.groups, r->shape.cols, 1), p = op_blank_rows(r);
    r->be->ops.column_posterior(r->be, p, x, 4, lse);
    op_keep(r, p);
}

void op_run_subtract_columns(op_run *r)
{
    tensor x = op_rows(r, 1), columns = op_normal(r, r->shape.groups, r->shape.cols, 1), y = op_blank_rows(r);
    r->be->ops.subtract_columns(r->be, y, x, 1.25, columns);
    op_keep(r, y);
}

static tensor op_log_rows(op_run *r, double inverse_tau)
{
    tensor l = op_rows(r, 1), out = op_blank_rows(r);
    r->be->ops.log_softmax(r->be, out, l, inverse_tau);
    return out;
}

void op_run_pair_loss(op_run *r)
{
    const int64_t rows = r->shape.rows;
    tensor row_loss = op_blank(r, rows, 1), dl = op_blank_rows(r);
    pair_terms pair = {.log_a = op_log_rows(r, 1),
                       .log_b = op_log_rows(r, 3),
                       .offset = rows / 2,
                       .shift = op_normal(r, 1, r->shape.cols, 1),
                       .weight = op_uniform(r, op_group(r), 1),
                       .power = 0.6,
                       .coefficient = 0.3,
                       .slope = 0.7,
                       .inverse_tau = 3};
    for (int i = 0; i < 2; i++) {
        r->be->ops.pair_loss(r->be, row_loss, dl, &pair);
        op_keep(r, row_loss);
        op_keep(r, dl);
        pair.shift = pair.weight = OP_ABSENT;
        pair.power = 1;
    }
}

void op_run_add_row_dots(op_run *r)
{
    tensor a = op_rows(r, 1), b = op_rows(r, 1), y = op_normal(r, r->shape.rows, 1, 1);
    r->be->ops.add_row_dots(r->be, y, a, b, 0.25);
    op_keep(r, y);
}

void op_run_class_loss(op_run *r)
{
    const int64_t rows = r->shape.rows, K = r->shape.cols, group = op_group(r);
    tensor row_loss = op_blank(r, rows, 1), dg = op_blank_rows(r), da = op_blank_rows(r);
    const class_side side = {.p = op_uniform(r, rows, K), .g = op_rows(r, 1), .group = group};
    const tensor weight = op_uniform(r, 1, r->shape.groups);
    const class_targets all = {op_uniform(r, group, K), op_normal(r, group, K, 1), weight, 0.2, 7, group};
    const class_targets same = {op_uniform(r, rows, K), op_rows(r, 1), weight, 0.2, 7, group};
    r->be->ops.class_loss(r->be, row_loss, dg, da, &all, &side);
    op_keep(r, row_loss);
    op_keep(r, dg);
    op_keep(r, da);
    r->be->ops.class_loss(r->be, row_loss, dg, da, &same, &side);
    op_keep(r, row_loss);
    op_keep(r, dg);
    op_keep(r, da);
}

void op_run_class_loss_backward(op_run *r)
{
    const int64_t groups = r->shape.groups, K = r->shape.cols;
    tensor dl = op_blank_rows(r);
    const class_side side = {.logits = op_rows(r, 0.3),
                             .log_row = op_rows(r, 1),
                             .column_lse = op_normal(r, groups, K, 1),
                             .log_row_lse = op_normal(r, groups, K, 1),
                             .inverse_tau = 2.5,
                             .inverse_tau_col = 3.5,
                             .group = op_group(r)};
    const class_gradients from = {op_rows(r, 1), op_rows(r, 1), op_normal(r, groups, K, 1), op_normal(r, groups, K, 1)};
    r->be->ops.class_loss_backward(r->be, dl, &side, &from);
    op_keep(r, dl);
}

/* ---- optimizer ---- */

void op_run_square_sum(op_run *r)
{
    tensor out = op_blank(r, 1, 1);
    r->be->ops.square_sum(r->be, out, op_rows(r, 1));
    op_keep(r, out);
}

/* A clipped first step and a later one that is not clipped. */
void op_run_adamw(op_run *r)
{
    tensor square_sum = op_blank(r, 1, 1), g = op_rows(r, 1), v = op_uniform(r, r->shape.rows, r->shape.cols);
    const adamw_tensors t = {op_rows(r, 1), g, op_rows(r, 1), v, square_sum};
    r->be->ops.square_sum(r->be, square_sum, g);
    const adamw_args clipped = {1e-2, 0.1, 0.9, 0.98, 1e-8, 0.3, 1}, later = {1e-2, 0, 0.9, 0.98, 1e-8, 1e6, 50};
    r->be->ops.adamw(r->be, &t, &clipped);
    op_keep(r, t.p);
    r->be->ops.adamw(r->be, &t, &later);
    op_keep(r, t.p);
    op_keep(r, t.m);
    op_keep(r, t.v);
}
