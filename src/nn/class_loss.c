#include "class_loss.h"

#include <math.h>

static void side_layout(class_side *side, arena *a, const class_loss *c)
{
    const int64_t rows = c->B * c->N, groups = rows / c->group;
    side->log_row = arena_take(a, rows, c->K);
    side->p = arena_take(a, rows, c->K);
    side->g = arena_take(a, rows, c->K);
    side->column_lse = arena_take(a, groups, c->K);
    side->log_row_lse = arena_take(a, groups, c->K);
    side->shifted = arena_take(a, groups, c->K);
    side->inverse_tau = c->inverse_tau;
    side->inverse_tau_col = c->inverse_tau_col;
    side->group = c->group;
}

void class_loss_layout(class_loss *c, arena *a, int64_t N, int64_t K, const cludi_config *config)
{
    const int64_t rows = config->views * N;
    c->N = N;
    c->B = config->views;
    c->K = K;
    c->group = config->column_scope == CLUDI_COLUMN_SCOPE_BATCH ? rows : N;
    c->average_views = config->view_pairing == CLUDI_VIEW_PAIRING_ALL;
    c->inverse_tau = 1 / config->temperature;
    c->inverse_tau_col = 1 / config->column_temperature;
    c->lambda = config->class_weight;
    c->sum = NULL;
    side_layout(&c->teacher, a, c);
    side_layout(&c->student, a, c);
    c->shift = arena_take(a, rows / c->group, K);
    c->expected = arena_take(a, 1, K);
    c->mean_p = c->average_views ? arena_take(a, N, K) : (tensor){0};
    c->mean_g = c->average_views ? arena_take(a, N, K) : (tensor){0};
    c->slopes.da = arena_take(a, rows, K);
    c->slopes.dg = arena_take(a, rows, K);
    c->slopes.da_sum = arena_take(a, rows / c->group, K);
    c->slopes.dg_sum = arena_take(a, rows / c->group, K);
}

static void all_processes(const class_loss *c, tensor x, reduce_op op)
{
    reducer_run(c->sum, c->be, x, op);
}

/* lse (groups, K) = log sum over the group's rows of exp(factor x) */
static void column_log_sum_exp(const class_loss *c, tensor lse, tensor x, double factor)
{
    backend *be = c->be;
    be->ops.column_max(be, lse, x, factor, c->group);
    all_processes(c, lse, REDUCE_MAX);
    be->ops.column_sum_exp(be, c->shift, x, factor, lse);
    all_processes(c, c->shift, REDUCE_SUM);
    be->ops.add_log(be, lse, c->shift);
}

/* shifted = lse - log(K pi) */
static tensor expect_sizes(const class_loss *c, const class_side *side, tensor lse)
{
    c->be->ops.copy(c->be, side->shifted, lse);
    c->be->ops.add_repeated(c->be, side->shifted, c->expected);
    return side->shifted;
}

static void side_forward(const class_loss *c, class_side *side, tensor logits)
{
    backend *be = c->be;
    const double rows = (double)c->group * reducer_processes(c->sum);
    side->logits = logits;
    column_log_sum_exp(c, side->column_lse, logits, c->inverse_tau_col);
    be->ops.column_posterior(be, side->p, logits, c->inverse_tau_col, expect_sizes(c, side, side->column_lse)); /* S8 */
    be->ops.log_softmax(be, side->log_row, logits, c->inverse_tau);
    column_log_sum_exp(c, side->log_row_lse, side->log_row, 1);
    be->ops.subtract_columns(be, side->g, side->log_row, log(rows / (double)c->K),
                             expect_sizes(c, side, side->log_row_lse)); /* S9 */
}

void class_loss_set_teacher(class_loss *c, tensor logits)
{
    side_forward(c, &c->teacher, logits);
    if (c->average_views) {
        c->be->ops.mean_views(c->be, c->mean_p, c->teacher.p);
        c->be->ops.mean_views(c->be, c->mean_g, c->teacher.g);
    }
}

/* From the student's side and what it is compared with to the loss and its gradient. */
static void compare(class_loss *c, tensor row_loss, tensor dl, const class_targets *targets)
{
    backend *be = c->be;
    be->ops.class_loss(be, row_loss, c->slopes.dg, c->slopes.da, targets, &c->student);
    be->ops.column_sum(be, c->slopes.dg_sum, c->slopes.dg, c->group);
    be->ops.column_sum(be, c->slopes.da_sum, c->slopes.da, c->group);
    all_processes(c, c->slopes.dg_sum, REDUCE_SUM);
    all_processes(c, c->slopes.da_sum, REDUCE_SUM);
    be->ops.class_loss_backward(be, dl, &c->student, &c->slopes);
}

static double row_coefficient(const class_loss *c)
{
    return 1 / (2.0 * (double)c->N * (double)c->B * reducer_processes(c->sum));
}

void class_loss_student(class_loss *c, tensor row_loss, tensor dl, tensor logits, tensor weight)
{
    const double coefficient = row_coefficient(c);
    const class_targets targets = {c->average_views ? c->mean_p : c->teacher.p,
                                   c->average_views ? c->mean_g : c->teacher.g,
                                   weight,
                                   coefficient,
                                   coefficient * c->lambda,
                                   c->N};
    side_forward(c, &c->student, logits);
    compare(c, row_loss, dl, &targets);
}

void class_loss_views(class_loss *c, tensor row_loss, tensor dl, tensor logits, tensor weight)
{
    backend *be = c->be;
    const double coefficient = row_coefficient(c);
    const class_targets targets = {c->teacher.p, c->teacher.g, weight, coefficient, 2 * coefficient * c->lambda, c->N};
    side_forward(c, &c->student, logits);
    for (int view = 0; view < 2; view++) {
        const int64_t to = view * c->N, from = c->N - to;
        be->ops.copy(be, backend_rows(be, c->teacher.p, to, c->N), backend_rows(be, c->student.p, from, c->N));
        be->ops.copy(be, backend_rows(be, c->teacher.g, to, c->N), backend_rows(be, c->student.g, from, c->N));
    }
    compare(c, row_loss, dl, &targets);
}
