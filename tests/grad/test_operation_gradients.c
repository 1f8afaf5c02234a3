/* Each backward operation of the backend alone: f(x) = sum of dy * op(x) for fixed random dy, differentiated by central
   differences in double. */
#include <math.h>
#include <stdlib.h>

#include "class_loss.h"
#include "cmocka_all.h"
#include "config_table.h"
#include "tensor_support.h"

enum { ROWS = 6, COLS = 19, GROUP = 3, MOST_INPUTS = 4 };

typedef struct case_state {
    backend be;
    tensor in[MOST_INPUTS]; /* what the operation reads */
    tensor out, dy;         /* what it gives, and the gradient that comes in */
    tensor stats;
    tensor one, o; /* the identity; what the gate adds */
    class_loss classes;
    arena memory;
    tensor weight, row_loss;
} case_state;

typedef double value_fn(case_state *c);

/* Fourth-order central differences of value by every element of x against got. */
static void check_gradient(case_state *c, value_fn *value, tensor x, tensor got, const char *what)
{
    const int64_t size = x.rows * x.cols;
    double *wanted = calloc((size_t)size, sizeof *wanted), *gradient = read_tensor(&c->be, got), norm = 0;
    assert_non_null(wanted);
    for (int64_t i = 0; i < size; i++) {
        static const double moves[4] = {-2, -1, 1, 2};
        const double h = 1e-3, at = get_element(&c->be, x, i);
        double f[4];
        for (int k = 0; k < 4; k++) {
            set_element(&c->be, x, i, at + moves[k] * h);
            f[k] = value(c);
        }
        set_element(&c->be, x, i, at);
        wanted[i] = (8 * (f[2] - f[1]) - (f[3] - f[0])) / (12 * h);
        norm += wanted[i] * wanted[i];
    }
    const double error = relative_error(gradient, wanted, size);
    if (!(error <= 1e-8 && norm > 1e-6))
        fail_msg("%s: relative error %g, norm %g", what, error, sqrt(norm));
    free(wanted);
    free(gradient);
}

static void begin(case_state *c)
{
    open_backend(&c->be, "ref64", 1);
    c->in[0] = random_tensor(&c->be, ROWS, COLS, 1, 1.5);
    c->in[1] = random_tensor(&c->be, ROWS, COLS, 2, 1);
    c->in[2] = random_tensor(&c->be, ROWS / GROUP, 3 * COLS, 3, 0.5);
    c->in[3] = random_tensor(&c->be, 1, ROWS / GROUP, 4, 1);
    c->out = blank_tensor(&c->be, ROWS, COLS);
    c->dy = random_tensor(&c->be, ROWS, COLS, 5, 1);
    c->stats = blank_tensor(&c->be, ROWS, 2);
    c->o = blank_tensor(&c->be, ROWS, COLS);
    c->one = blank_tensor(&c->be, COLS, COLS);
    for (int64_t i = 0; i < COLS * COLS; i++)
        set_element(&c->be, c->one, i, i % (COLS + 1) == 0);
}

static void end(case_state *c)
{
    for (int i = 0; i < MOST_INPUTS; i++)
        free_tensor(&c->be, c->in[i]);
    free_tensor(&c->be, c->out);
    free_tensor(&c->be, c->dy);
    free_tensor(&c->be, c->stats);
    free_tensor(&c->be, c->o);
    free_tensor(&c->be, c->one);
    backend_close(&c->be);
}

/* ---- row by row ---- */

static double unit_value(case_state *c)
{
    c->be.ops.unit_rows(&c->be, c->out, c->in[0], 1.7);
    return dot_tensors(&c->be, c->out, c->dy);
}

static double silu_value(case_state *c)
{
    c->be.ops.silu(&c->be, c->out, c->in[0]);
    return dot_tensors(&c->be, c->out, c->dy);
}

static double softmax_value(case_state *c)
{
    c->be.ops.softmax(&c->be, c->out, c->in[0], 2.5);
    return dot_tensors(&c->be, c->out, c->dy);
}

static void test_unit_rows(void **state)
{
    (void)state;
    case_state c;
    begin(&c);
    tensor dx = blank_tensor(&c.be, ROWS, COLS);
    c.be.ops.unit_rows_backward(&c.be, dx, c.dy, c.in[0], 1.7);
    check_gradient(&c, unit_value, c.in[0], dx, "unit_rows");
    free_tensor(&c.be, dx);
    end(&c);
}

static void test_silu(void **state)
{
    (void)state;
    case_state c;
    begin(&c);
    tensor dx = blank_tensor(&c.be, ROWS, COLS);
    c.be.ops.silu_backward(&c.be, dx, c.dy, c.in[0]);
    check_gradient(&c, silu_value, c.in[0], dx, "silu");
    free_tensor(&c.be, dx);
    end(&c);
}

/* softmax_backward adds to what is there. */
static void test_softmax(void **state)
{
    (void)state;
    case_state c;
    begin(&c);
    tensor dl = blank_tensor(&c.be, ROWS, COLS);
    c.be.ops.copy(&c.be, dl, c.in[1]);
    c.be.ops.softmax(&c.be, c.out, c.in[0], 2.5);
    c.be.ops.softmax_backward(&c.be, dl, c.dy, c.out, 2.5);
    c.be.ops.scale(&c.be, c.in[1], c.in[1], -1);
    c.be.ops.add_repeated(&c.be, dl, c.in[1]);
    check_gradient(&c, softmax_value, c.in[0], dl, "softmax");
    free_tensor(&c.be, dl);
    end(&c);
}

/* ---- the adaptive norm and the gate ---- */

static double norm_value(case_state *c)
{
    c->be.ops.norm_modulate(&c->be, c->out, c->stats, c->in[0], c->in[2], GROUP);
    return dot_tensors(&c->be, c->out, c->dy);
}

static double plain_norm_value(case_state *c)
{
    c->be.ops.norm_modulate(&c->be, c->out, c->stats, c->in[0], (tensor){0}, ROWS);
    return dot_tensors(&c->be, c->out, c->dy);
}

/* With the identity as its weight o is in[0], exactly. */
static double gate_value(case_state *c)
{
    c->be.ops.linear_gate(&c->be, &(gated_sum){c->out, c->in[1], c->o, c->in[2], GROUP},
                          &(linear_operands){c->in[0], c->one, {0}});
    return dot_tensors(&c->be, c->out, c->dy);
}

/* Both halves of [a b g]: a and b from the norm, g from the gate; o and v. */
static void test_norm_modulate_and_gate(void **state)
{
    (void)state;
    case_state c;
    begin(&c);
    tensor dv = blank_tensor(&c.be, ROWS, COLS), d_o = blank_tensor(&c.be, ROWS, COLS);
    tensor dm = blank_tensor(&c.be, ROWS / GROUP, 3 * COLS);
    c.be.ops.zero(&c.be, dm);
    c.be.ops.zero(&c.be, dv);
    norm_value(&c);
    c.be.ops.norm_modulate_backward(&c.be, dv, dm, c.dy, c.in[0], &(norm_saved){c.in[2], c.stats, GROUP});
    check_gradient(&c, norm_value, c.in[0], dv, "norm_modulate by v");
    check_gradient(&c, norm_value, c.in[2], dm, "norm_modulate by the modulation");
    c.be.ops.zero(&c.be, dm);
    c.be.ops.gate_add_backward(&c.be, d_o, dm, c.dy, c.in[0], &(norm_saved){c.in[2], c.stats, GROUP});
    check_gradient(&c, gate_value, c.in[0], d_o, "the gate by o");
    check_gradient(&c, gate_value, c.in[2], dm, "the gate by the modulation");
    check_gradient(&c, gate_value, c.in[1], c.dy, "the gate by from");
    c.be.ops.zero(&c.be, dv);
    plain_norm_value(&c);
    c.be.ops.norm_modulate_backward(&c.be, dv, (tensor){0}, c.dy, c.in[0], &(norm_saved){{0}, c.stats, ROWS});
    check_gradient(&c, plain_norm_value, c.in[0], dv, "plain norm by v");
    free_tensor(&c.be, dv);
    free_tensor(&c.be, d_o);
    free_tensor(&c.be, dm);
    end(&c);
}

/* ---- products ---- */

static double linear_value(case_state *c)
{
    const tensor bias = {c->in[2].data, 1, ROWS, false};
    const tensor y = {c->out.data, ROWS, ROWS, false}, dy = {c->dy.data, ROWS, ROWS, false};
    c->be.ops.linear(&c->be, y, c->in[0], c->in[1], bias);
    return dot_tensors(&c->be, y, dy);
}

static void test_linear(void **state)
{
    (void)state;
    case_state c;
    begin(&c);
    const tensor dy = {c.dy.data, ROWS, ROWS, false}, bias = {c.in[2].data, 1, ROWS, false};
    tensor dx = blank_tensor(&c.be, ROWS, COLS), dW = blank_tensor(&c.be, ROWS, COLS);
    tensor db = blank_tensor(&c.be, 1, ROWS);
    c.be.ops.linear_dx(&c.be, dx, dy, c.in[1]);
    c.be.ops.linear_dw(&c.be, dW, db, dy, c.in[0]);
    check_gradient(&c, linear_value, c.in[0], dx, "linear by x");
    check_gradient(&c, linear_value, c.in[1], dW, "linear by W");
    check_gradient(&c, linear_value, bias, db, "linear by b");
    free_tensor(&c.be, dx);
    free_tensor(&c.be, dW);
    free_tensor(&c.be, db);
    end(&c);
}

/* ---- losses ---- */

static error_pair the_pair(const case_state *c)
{
    return (error_pair){c->in[0], c->in[1], c->in[3], 0.3, GROUP};
}

static double error_value(case_state *c)
{
    const error_pair pair = the_pair(c);
    const tensor loss = {c->stats.data, ROWS, 1, false};
    c->be.ops.squared_error(&c->be, loss, c->out, &pair);
    double sum = 0;
    for (int64_t r = 0; r < ROWS; r++)
        sum += get_element(&c->be, loss, r);
    return sum;
}

static void test_squared_error(void **state)
{
    (void)state;
    case_state c;
    begin(&c);
    tensor da = blank_tensor(&c.be, ROWS, COLS);
    error_value(&c);
    c.be.ops.copy(&c.be, da, c.out);
    check_gradient(&c, error_value, c.in[0], da, "squared_error");
    free_tensor(&c.be, da);
    end(&c);
}

static pair_terms the_terms(const case_state *c)
{
    return (pair_terms){.log_a = c->dy, /* log softmax of in[0], filled by pair_value */
                        .log_b = c->in[1],
                        .offset = 2,
                        .shift = {c->in[2].data, 1, COLS, false},
                        .weight = {c->in[3].data, ROWS / GROUP, 1, false},
                        .power = 0.6,
                        .coefficient = 0.3,
                        .slope = 0.3,
                        .inverse_tau = 2};
}

static double pair_value(case_state *c)
{
    const pair_terms pair = the_terms(c);
    const tensor loss = {c->stats.data, ROWS, 1, false};
    c->be.ops.log_softmax(&c->be, c->dy, c->in[0], pair.inverse_tau);
    c->be.ops.pair_loss(&c->be, loss, c->out, &pair);
    double sum = 0;
    for (int64_t r = 0; r < ROWS; r++)
        sum += get_element(&c->be, loss, r);
    return sum;
}

static void test_pair_loss(void **state)
{
    (void)state;
    case_state c;
    begin(&c);
    tensor dl = blank_tensor(&c.be, ROWS, COLS);
    pair_value(&c);
    c.be.ops.copy(&c.be, dl, c.out);
    check_gradient(&c, pair_value, c.in[0], dl, "pair_loss");
    free_tensor(&c.be, dl);
    end(&c);
}

static double class_value(case_state *c)
{
    double sum = 0;
    class_loss_student(&c->classes, c->row_loss, c->out, c->in[0], c->weight);
    for (int64_t r = 0; r < ROWS; r++)
        sum += get_element(&c->be, c->row_loss, r);
    return sum * c->classes.lambda;
}

/* class_loss, class_loss_backward, log_softmax, column_* as one: two views of three rows. */
static void test_class_loss(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        case_state c;
        cludi_config config;
        config_table_defaults(&config);
        config.views = ROWS / GROUP;
        config.temperature = 0.7;
        config.column_temperature = 0.9;
        config.column_scope = kind % 2 ? CLUDI_COLUMN_SCOPE_BATCH : CLUDI_COLUMN_SCOPE_VIEW;
        config.view_pairing = kind / 2 ? CLUDI_VIEW_PAIRING_SAME : CLUDI_VIEW_PAIRING_ALL;
        begin(&c);
        arena_begin(&c.memory, &c.be);
        class_loss_layout(&c.classes, &c.memory, GROUP, COLS, &config);
        assert_int_equal(arena_allocate(&c.memory, "a test", NULL), CLUDI_OK);
        class_loss_layout(&c.classes, &c.memory, GROUP, COLS, &config);
        c.classes.be = &c.be;
        c.weight = c.in[3];
        c.row_loss = blank_tensor(&c.be, ROWS, 1);
        class_loss_set_teacher(&c.classes, c.in[1]);
        tensor dl = blank_tensor(&c.be, ROWS, COLS);
        class_loss_student(&c.classes, c.row_loss, dl, c.in[0], c.weight);
        check_gradient(&c, class_value, c.in[0], dl, "class loss");
        free_tensor(&c.be, dl);
        free_tensor(&c.be, c.row_loss);
        arena_clear(&c.memory);
        end(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unit_rows), cmocka_unit_test(test_silu),
        cmocka_unit_test(test_softmax),   cmocka_unit_test(test_norm_modulate_and_gate),
        cmocka_unit_test(test_linear),    cmocka_unit_test(test_squared_error),
        cmocka_unit_test(test_pair_loss), cmocka_unit_test(test_class_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
