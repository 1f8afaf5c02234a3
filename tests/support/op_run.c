#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "op_cases.h"
#include "tensor_support.h"

static tensor remember(op_run *run, tensor x)
{
    assert_true(run->live_count < OP_MOST_TENSORS);
    run->live[run->live_count++] = x;
    return x;
}

tensor op_normal(op_run *run, int64_t rows, int64_t cols, double scale)
{
    return remember(run, random_tensor(run->be, rows, cols, run->seed++, scale));
}

tensor op_uniform(op_run *run, int64_t rows, int64_t cols)
{
    return remember(run, uniform_tensor(run->be, rows, cols, run->seed++));
}

tensor op_blank(op_run *run, int64_t rows, int64_t cols)
{
    return remember(run, blank_tensor(run->be, rows, cols));
}

tensor op_blank_bf16(op_run *run, int64_t rows, int64_t cols)
{
    return remember(run, blank_bf16_tensor(run->be, rows, cols));
}

void op_keep(op_run *run, tensor x)
{
    assert_true(run->kept_count < OP_MOST_KEPT);
    run->sizes[run->kept_count] = x.rows * x.cols;
    run->kept[run->kept_count++] = read_tensor(run->be, x);
}

void op_keep_number(op_run *run, double number)
{
    assert_true(run->kept_count < OP_MOST_KEPT);
    double *place = malloc(sizeof *place);
    assert_non_null(place);
    *place = number;
    run->sizes[run->kept_count] = 1;
    run->kept[run->kept_count++] = place;
}

void op_run_case(op_run *run, backend *be, const op_case *c, op_shape shape)
{
    *run = (op_run){.be = be, .shape = shape, .seed = (uint64_t)(1 + shape.rows * 1000 + shape.cols)};
    c->run(run);
    assert_int_equal(be->ops.finish(be, NULL), CLUDI_OK);
    for (int i = 0; i < run->live_count; i++)
        free_tensor(be, run->live[i]);
    run->live_count = 0;
}

void op_run_clear(op_run *run)
{
    for (int i = 0; i < run->kept_count; i++)
        free(run->kept[i]);
    *run = (op_run){0};
}

void op_expect_same(const op_case *c, const op_run *a, const op_run *b, const char *what)
{
    const op_shape s = a->shape;
    assert_int_equal(a->kept_count, b->kept_count);
    for (int i = 0; i < a->kept_count; i++) {
        assert_int_equal(a->sizes[i], b->sizes[i]);
        if (memcmp(a->kept[i], b->kept[i], (size_t)a->sizes[i] * sizeof(double)) != 0)
            fail_msg("%s: %s, result %d: other bits at %d rows, %d columns, %d groups", what, c->name, i, (int)s.rows,
                     (int)s.cols, (int)s.groups);
    }
}

void op_expect_close(const op_case *c, const op_run *a, const op_run *b, double tolerance, const char *what)
{
    const op_shape s = a->shape;
    assert_int_equal(a->kept_count, b->kept_count);
    for (int i = 0; i < a->kept_count; i++) {
        assert_int_equal(a->sizes[i], b->sizes[i]);
        const double error = relative_error(a->kept[i], b->kept[i], a->sizes[i]);
        if (!(error <= tolerance))
            fail_msg("%s: %s, result %d: relative error %g at %d rows, %d columns, %d groups", what, c->name, i, error,
                     (int)s.rows, (int)s.cols, (int)s.groups);
    }
}
