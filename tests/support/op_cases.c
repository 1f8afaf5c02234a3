#include "op_runs.h"

/* Tolerances: 1e-6 is a few float32 roundings; 1e-5 where sums are long or exp multiplies the rounding of its
   argument. */
#define CASE(op, kind, tolerance, least_cols)                                                                          \
    {                                                                                                                  \
#op, offsetof(backend_ops, op), kind, tolerance, least_cols, op_run_##op                                       \
    }

const op_case OP_CASES[] = {
    CASE(allocate, OP_EXACT, 0, 1),
    CASE(release, OP_EXACT, 0, 1),
    CASE(copy_in, OP_EXACT, 0, 1),
    CASE(copy_in_centered, OP_EXACT, 0, 1),
    CASE(copy_out, OP_EXACT, 0, 1),
    CASE(copy, OP_EXACT, 0, 1),
    CASE(zero, OP_EXACT, 0, 1),
    CASE(for_each, OP_EXACT, 0, 1),
    CASE(finish, OP_EXACT, 0, 1),
    CASE(close, OP_EXACT, 0, 1),
    CASE(fill_normal, OP_EXACT, 0, 1),
    CASE(fill_uniform, OP_EXACT, 0, 1),
    CASE(fill_normal_keyed, OP_EXACT, 0, 1),
    CASE(prepare, OP_PRODUCT, 1e-5, 1),
    CASE(forget, OP_PRODUCT, 1e-5, 1),
    CASE(linear, OP_PRODUCT, 1e-5, 1),
    CASE(linear_silu, OP_PRODUCT, 1e-5, 1),
    CASE(linear_gelu, OP_PRODUCT, 1e-5, 1),
    CASE(linear_add, OP_PRODUCT, 1e-5, 1),
    CASE(linear_gate, OP_PRODUCT, 1e-5, 1),
    CASE(linear_dx, OP_PRODUCT, 1e-5, 1),
    CASE(linear_dw, OP_PRODUCT, 1e-5, 1),
    CASE(nearest_rows, OP_PRODUCT, 1e-5, 1),
    CASE(top_rows, OP_PRODUCT, 1e-5, 1),
    CASE(scale, OP_ELEMENT, 1e-6, 1),
    CASE(add_repeated, OP_ELEMENT, 1e-6, 1),
    CASE(silu, OP_ELEMENT, 1e-6, 1),
    CASE(silu_backward, OP_ELEMENT, 1e-6, 1),
    CASE(dropout, OP_ELEMENT, 1e-6, 1),
    CASE(unit_rows, OP_ELEMENT, 1e-6, 1),
    CASE(unit_rows_backward, OP_ELEMENT, 1e-6, 2), /* one column: exactly 0 but for rounding */
    CASE(norm_modulate, OP_ELEMENT, 1e-6, 1),
    CASE(norm_modulate_backward, OP_ELEMENT, 1e-5, 1),
    CASE(gate_add_backward, OP_ELEMENT, 1e-5, 1),
    CASE(layer_norm, OP_ELEMENT, 1e-5, 2), /* one column: the bias */
    CASE(attention, OP_PRODUCT, 1e-5, 1),
    CASE(corrupt, OP_ELEMENT, 1e-6, 1),
    CASE(mix_groups, OP_ELEMENT, 1e-6, 1),
    CASE(mix_three, OP_ELEMENT, 1e-6, 1),
    CASE(join, OP_ELEMENT, 1e-6, 1),
    CASE(softmax, OP_ELEMENT, 1e-5, 1),
    CASE(softmax_backward, OP_ELEMENT, 1e-5, 1),
    CASE(mean_views, OP_ELEMENT, 1e-6, 1),
    CASE(count_argmax, OP_EXACT, 0, 1),
    CASE(squared_error, OP_ELEMENT, 1e-6, 1),
    CASE(log_softmax, OP_ELEMENT, 1e-6, 2), /* one column: log 1 */
    CASE(column_max, OP_ELEMENT, 1e-6, 1),
    CASE(column_sum_exp, OP_ELEMENT, 1e-5, 1),
    CASE(column_sum, OP_ELEMENT, 1e-5, 1),
    CASE(add_log, OP_ELEMENT, 1e-6, 1),
    CASE(column_posterior, OP_ELEMENT, 1e-5, 1),
    CASE(subtract_columns, OP_ELEMENT, 1e-6, 1),
    CASE(pair_loss, OP_ELEMENT, 1e-5, 2), /* one column: no gradient but rounding */
    CASE(add_row_dots, OP_ELEMENT, 1e-5, 1),
    CASE(class_loss, OP_ELEMENT, 1e-5, 2), /* one column: da = 0 but for rounding */
    CASE(class_loss_backward, OP_ELEMENT, 1e-5, 1),
    CASE(square_sum, OP_ELEMENT, 1e-6, 1),
    CASE(adamw, OP_ELEMENT, 1e-6, 1),
};
const int OP_CASE_COUNT = sizeof OP_CASES / sizeof *OP_CASES;
