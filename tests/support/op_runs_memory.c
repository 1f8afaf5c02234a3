/* Memory, random fills and products. */
#include <math.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "counting_allocator.h"
#include "op_runs.h"
#include "tensor_support.h"

/* ---- memory ---- */

void op_run_allocate(op_run *r)
{
    const size_t sizes[] = {0, 1, 63, 64, 65, 4096};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        void *block = r->be->ops.allocate(r->be, sizes[i]);
        assert_non_null(block);
        op_keep_number(r, (double)((uintptr_t)block % 64));
        assert_int_equal((uintptr_t)block % 64, 0);
        r->be->ops.release(r->be, block);
    }
    assert_null(r->be->ops.allocate(r->be, SIZE_MAX));
}

void op_run_release(op_run *r)
{
    r->be->ops.release(r->be, NULL);
    op_keep_number(r, 0);
}

void op_run_copy_in(op_run *r)
{
    const int64_t size = r->shape.rows * r->shape.cols;
    float *single = malloc((size_t)size * sizeof *single);
    double *wide = malloc((size_t)size * sizeof *wide);
    tensor a = op_blank_rows(r), b = op_blank_rows(r);
    assert_true(single && wide);
    for (int64_t i = 0; i < size; i++)
        wide[i] = (double)(single[i] = (float)i * 0.37F - 3);
    r->be->ops.copy_in(r->be, a, HOST_F32, single);
    r->be->ops.copy_in(r->be, b, HOST_F64, wide);
    op_keep(r, a);
    op_keep(r, b);
    for (int64_t i = 0; i < size; i++)
        assert_true(r->kept[0][i] == wide[i] && r->kept[1][i] == wide[i]);
    free(single);
    free(wide);
}

void op_run_copy_out(op_run *r)
{
    tensor x = op_rows(r, 2);
    const int64_t size = x.rows * x.cols;
    float *single = malloc((size_t)size * sizeof *single);
    assert_non_null(single);
    r->be->ops.copy_out(r->be, HOST_F32, single, x);
    op_keep(r, x);
    for (int64_t i = 0; i < size; i++)
        assert_true((double)single[i] == r->kept[0][i]);
    free(single);
}

static tensor copy_of(op_run *r, tensor x)
{
    tensor y = op_blank(r, x.rows, x.cols);
    r->be->ops.copy(r->be, y, x);
    return y;
}

void op_run_copy(op_run *r)
{
    op_keep(r, copy_of(r, op_rows(r, 1)));
}

void op_run_zero(op_run *r)
{
    tensor x = op_rows(r, 1);
    r->be->ops.zero(r->be, x);
    op_keep(r, x);
    for (int64_t i = 0; i < r->sizes[0]; i++)
        assert_true(r->kept[0][i] == 0);
}

/* Every index once; workers within bounds; results placed by index. */
typedef struct squares {
    double out[100];
    int bad_worker, most;
} squares;

static void square(void *self, int worker, int64_t index)
{
    squares *s = self;
    s->out[index] += (double)(index * index);
    if (worker < 0 || worker >= s->most)
        s->bad_worker = 1;
}

void op_run_for_each(op_run *r)
{
    for (int64_t tasks = 0; tasks <= 100; tasks += 25) {
        squares s = {.most = backend_workers(r->be)};
        r->be->ops.for_each(r->be, tasks, square, &s);
        assert_int_equal(s.bad_worker, 0);
        for (int64_t i = 0; i < 100; i++)
            assert_true(s.out[i] == (i < tasks ? (double)(i * i) : 0));
    }
    assert_int_equal(backend_worker(r->be).threads, 1);
    op_keep_number(r, 0);
}

void op_run_finish(op_run *r)
{
    op_keep_number(r, (double)r->be->ops.finish(r->be, NULL));
}

/* A second backend of that name gives back all its own memory. */
void op_run_close(op_run *r)
{
    counting_allocator counter = {0};
    const cludi_allocator allocator = counting_allocator_table(&counter);
    backend second;
    assert_int_equal(backend_open(&second, r->be->ops.name, "f32", 1, &allocator, NULL), CLUDI_OK);
    backend_close(&second);
    assert_int_equal(counter.live, 0);
    op_keep_number(r, 0);
}

/* ---- random numbers ---- */

static const rng_stream STREAM = {UINT64_C(0x123456789abcdef0), RNG_FORWARD, 41};

void op_run_fill_normal(op_run *r)
{
    tensor x = op_blank_rows(r);
    r->be->ops.fill_normal(r->be, x, STREAM, UINT64_C(0xfffffffe));
    op_keep(r, x);
}

void op_run_fill_uniform(op_run *r)
{
    tensor x = op_blank_rows(r);
    r->be->ops.fill_uniform(r->be, x, STREAM, 7);
    op_keep(r, x);
}

void op_run_fill_normal_keyed(op_run *r)
{
    tensor x = op_blank_rows(r);
    const int64_t count = x.rows;
    uint64_t *keys = malloc((size_t)count * sizeof *keys);
    assert_non_null(keys);
    for (int64_t i = 0; i < count; i++)
        keys[i] = (uint64_t)(i + 3) * UINT64_C(0x9e3779b97f4a7c15);
    r->be->ops.fill_normal_keyed(r->be, x, STREAM, keys);
    op_keep(r, x);
    for (int64_t i = 0; i < x.rows; i++) {
        tensor row = op_blank(r, 1, x.cols);
        r->be->ops.fill_normal(r->be, row, STREAM, keys[i]);
        double *wanted = read_tensor(r->be, row);
        assert_memory_equal(wanted, r->kept[0] + i * x.cols, (size_t)x.cols * sizeof *wanted);
        free(wanted);
        free_tensor(r->be, r->live[--r->live_count]);
    }
    free(keys);
}

/* ---- products: into as many columns as there are, into 17 and into 1; with weights as they are and prepared ---- */

static const int64_t WIDTHS[] = {0, 17, 1};
enum { WIDTH_COUNT = 3 };

static int64_t width(const op_run *r, int i)
{
    return WIDTHS[i] ? WIDTHS[i] : r->shape.cols;
}

/* y = x W^T + b, then without b. */
static void keep_linear(op_run *r, tensor x, tensor W, tensor b)
{
    tensor y = op_blank(r, x.rows, W.rows);
    r->be->ops.linear(r->be, y, x, W, b);
    op_keep(r, y);
    r->be->ops.linear(r->be, y, x, W, OP_ABSENT);
    op_keep(r, y);
}

void op_run_linear(op_run *r)
{
    tensor x = op_rows(r, 1);
    for (int i = 0; i < WIDTH_COUNT; i++) {
        tensor W = op_normal(r, width(r, i), x.cols, 1);
        keep_linear(r, x, W, op_normal(r, 1, W.rows, 1));
    }
}

void op_run_linear_silu(op_run *r)
{
    tensor x = op_rows(r, 1);
    for (int i = 0; i < WIDTH_COUNT; i++) {
        tensor W = op_normal(r, width(r, i), x.cols, 1 / sqrt((double)x.cols)), b = op_normal(r, 1, W.rows, 1);
        tensor y = op_blank(r, x.rows, W.rows), pre = op_blank(r, x.rows, W.rows);
        r->be->ops.linear_silu(r->be, y, pre, x, W, b);
        op_keep(r, y);
        op_keep(r, pre);
        r->be->ops.linear_silu(r->be, y, OP_ABSENT, x, W, OP_ABSENT);
        op_keep(r, y);
    }
}

/* add has a row for each row of a group. It is large, as b below: where the result is one number, it must not cancel. */
void op_run_linear_add(op_run *r)
{
    tensor x = op_rows(r, 1);
    for (int i = 0; i < WIDTH_COUNT; i++) {
        tensor W = op_normal(r, width(r, i), x.cols, 1 / sqrt((double)x.cols)), b = op_normal(r, 1, W.rows, 1);
        tensor y = op_blank(r, x.rows, W.rows), add = op_normal(r, op_group(r), W.rows, 8);
        r->be->ops.linear_add(r->be, y, add, &(linear_operands){x, W, b});
        op_keep(r, y);
        r->be->ops.linear_add(r->be, y, add, &(linear_operands){x, W, OP_ABSENT});
        op_keep(r, y);
    }
}

void op_run_linear_gate(op_run *r)
{
    tensor x = op_rows(r, 1);
    for (int i = 0; i < WIDTH_COUNT; i++) {
        tensor W = op_normal(r, width(r, i), x.cols, 1 / sqrt((double)x.cols)), b = op_normal(r, 1, W.rows, 8);
        tensor v = op_blank(r, x.rows, W.rows), from = op_normal(r, x.rows, W.rows, 1);
        tensor o = op_blank(r, x.rows, W.rows), modulation = op_normal(r, r->shape.groups, 3 * W.rows, 0.5);
        r->be->ops.linear_gate(r->be, &(gated_sum){v, from, o, modulation, op_group(r)}, &(linear_operands){x, W, b});
        op_keep(r, v);
        op_keep(r, o);
        r->be->ops.linear_gate(r->be, &(gated_sum){from, from, o, modulation, op_group(r)}, /* in place */
                               &(linear_operands){x, W, OP_ABSENT});
        op_keep(r, from);
    }
}

void op_run_linear_dx(op_run *r)
{
    tensor dy = op_rows(r, 1);
    for (int i = 0; i < WIDTH_COUNT; i++) {
        tensor W = op_normal(r, dy.cols, width(r, i), 1), dx = op_blank(r, dy.rows, W.cols);
        r->be->ops.linear_dx(r->be, dx, dy, W);
        op_keep(r, dx);
    }
}

/* All products with a weight that was prepared for the forward alone, changed, prepared for both, changed once more and
   prepared again. */
void op_run_prepare(op_run *r)
{
    tensor x = op_rows(r, 1), changed = op_normal(r, 17, x.cols, 1), b = op_normal(r, 1, 17, 1);
    tensor W = op_normal(r, 17, x.cols, 1), y = op_blank(r, x.rows, 17), dx = op_blank_rows(r);
    tensor dy = op_normal(r, x.rows, 17, 1), wide = op_normal(r, x.cols, x.cols, 1);
    const tensor both[2] = {W, wide};
    for (int i = 0; i < 3; i++) {
        r->be->ops.prepare(r->be, both, 2, i == 1);
        keep_linear(r, x, W, b);
        keep_linear(r, x, wide, OP_ABSENT);
        r->be->ops.linear_dx(r->be, dx, dy, W);
        op_keep(r, dx);
        r->be->ops.scale(r->be, W, changed, i + 1);
    }
    r->be->ops.prepare(r->be, both, 2, false);
    r->be->ops.linear_silu(r->be, y, OP_ABSENT, x, W, b);
    op_keep(r, y);
    r->be->ops.linear_dx(r->be, dx, dy, W);
    op_keep(r, dx);
    r->be->ops.forget(r->be, both, 2);
}

/* Forgotten, a weight may change without another word. */
void op_run_forget(op_run *r)
{
    tensor x = op_rows(r, 1), changed = op_normal(r, 17, x.cols, 1), W = op_normal(r, 17, x.cols, 1);
    r->be->ops.prepare(r->be, &W, 1, true);
    r->be->ops.forget(r->be, &W, 1);
    r->be->ops.forget(r->be, &W, 1);
    r->be->ops.copy(r->be, W, changed);
    keep_linear(r, x, W, OP_ABSENT);
}

void op_run_linear_dw(op_run *r)
{
    tensor dy = op_rows(r, 1);
    for (int i = 0; i < WIDTH_COUNT; i++) {
        tensor x = op_normal(r, dy.rows, width(r, i), 1), dW = op_blank(r, dy.cols, x.cols);
        tensor db = op_blank(r, 1, dy.cols);
        r->be->ops.linear_dw(r->be, dW, db, dy, x);
        op_keep(r, dW);
        op_keep(r, db);
        r->be->ops.linear_dw(r->be, dW, OP_ABSENT, dy, x);
        op_keep(r, dW);
    }
}
