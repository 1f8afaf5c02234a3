/* The run functions of OP_CASES, one per operation, and what they share. */
#ifndef TESTS_OP_RUNS_H
#define TESTS_OP_RUNS_H

#include "op_cases.h"

static const tensor OP_ABSENT = {0};

static inline int64_t op_group(const op_run *r)
{
    return r->shape.rows / r->shape.groups;
}

/* Normals of the run's own shape; NaN of that shape. */
static inline tensor op_rows(op_run *r, double scale)
{
    return op_normal(r, r->shape.rows, r->shape.cols, scale);
}

static inline tensor op_blank_rows(op_run *r)
{
    return op_blank(r, r->shape.rows, r->shape.cols);
}

void op_run_op(op_run *r);
void op_run_allocate(op_run *r);
void op_run_release(op_run *r);
void op_run_copy_in(op_run *r);
void op_run_copy_in_centered(op_run *r);
void op_run_copy_out(op_run *r);
void op_run_copy(op_run *r);
void op_run_zero(op_run *r);
void op_run_for_each(op_run *r);
void op_run_finish(op_run *r);
void op_run_close(op_run *r);
void op_run_fill_normal(op_run *r);
void op_run_fill_uniform(op_run *r);
void op_run_fill_normal_keyed(op_run *r);
void op_run_prepare(op_run *r);
void op_run_forget(op_run *r);
void op_run_linear(op_run *r);
void op_run_linear_silu(op_run *r);
void op_run_linear_gelu(op_run *r);
void op_run_linear_add(op_run *r);
void op_run_linear_gate(op_run *r);
void op_run_linear_dx(op_run *r);
void op_run_linear_dw(op_run *r);
void op_run_nearest_rows(op_run *r);
void op_run_top_rows(op_run *r);
void op_run_scale(op_run *r);
void op_run_add_repeated(op_run *r);
void op_run_silu(op_run *r);
void op_run_silu_backward(op_run *r);
void op_run_dropout(op_run *r);
void op_run_unit_rows(op_run *r);
void op_run_unit_rows_backward(op_run *r);
void op_run_norm_modulate(op_run *r);
void op_run_norm_modulate_backward(op_run *r);
void op_run_gate_add_backward(op_run *r);
void op_run_layer_norm(op_run *r);
void op_run_attention(op_run *r);
void op_run_corrupt(op_run *r);
void op_run_mix_groups(op_run *r);
void op_run_mix_three(op_run *r);
void op_run_join(op_run *r);
void op_run_softmax(op_run *r);
void op_run_softmax_backward(op_run *r);
void op_run_mean_views(op_run *r);
void op_run_count_argmax(op_run *r);
void op_run_squared_error(op_run *r);
void op_run_log_softmax(op_run *r);
void op_run_column_max(op_run *r);
void op_run_column_sum_exp(op_run *r);
void op_run_column_sum(op_run *r);
void op_run_add_log(op_run *r);
void op_run_column_posterior(op_run *r);
void op_run_subtract_columns(op_run *r);
void op_run_pair_loss(op_run *r);
void op_run_add_row_dots(op_run *r);
void op_run_class_loss(op_run *r);
void op_run_class_loss_backward(op_run *r);
void op_run_square_sum(op_run *r);
void op_run_adamw(op_run *r);

#endif
