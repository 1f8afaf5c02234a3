/* Products of which the best alone are kept. With small whole numbers every sum is exact, so that ties are ties on every
   backend, and the results those of naive loops. */
#include <math.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "op_runs.h"
#include "tensor_support.h"

enum { GROUPS = 3, MOST_ROWS = 800, DEGREE = 3, NAIVE_COLS = 17 };

static void *room(int64_t count, size_t size)
{
    void *block = calloc((size_t)count, size);
    assert_non_null(block);
    return block;
}

/* Normals, or whole numbers near 0. */
static tensor operand(op_run *r, int64_t rows, int64_t cols, bool whole)
{
    const tensor x = op_normal(r, rows, cols, 1);
    double *numbers = read_tensor(r->be, x);
    for (int64_t i = 0; whole && i < rows * cols; i++)
        numbers[i] = round(numbers[i]);
    write_tensor(r->be, x, numbers);
    free(numbers);
    return x;
}

static double dot(const double *a, const double *b, int64_t n)
{
    double sum = 0;
    for (int64_t j = 0; j < n; j++)
        sum += a[j] * b[j];
    return sum;
}

static void keep_floats(op_run *r, const float *x, int64_t count)
{
    const tensor kept = op_blank(r, 1, count);
    double *numbers = room(count, sizeof *numbers);
    for (int64_t i = 0; i < count; i++)
        numbers[i] = isfinite(x[i]) ? (double)x[i] : 0;
    write_tensor(r->be, kept, numbers);
    op_keep(r, kept);
    free(numbers);
}

/* ---- nearest_rows ---- */

/* The lowest of the columns with the highest score. */
static void expect_nearest(op_run *r, const linear_operands *o, const nearest_out *out)
{
    double *x = read_tensor(r->be, o->x), *W = read_tensor(r->be, o->W), *b = read_tensor(r->be, o->b);
    const int64_t n = o->x.cols;
    for (int64_t i = 0; i < out->rows * (o->W.rows / out->group); i++) {
        const int64_t row = i % out->rows, first = i / out->rows * out->group;
        double most = -INFINITY;
        int64_t best = 0;
        for (int64_t k = 0; k < out->group; k++) {
            const double score = dot(x + row * n, W + (first + k) * n, n) + b[first + k];
            best = score > most ? k : best;
            most = score > most ? score : most;
        }
        assert_int_equal(out->label[i / out->rows * out->stride + row], best);
        assert_true((double)out->score[i / out->rows * out->stride + row] == most);
    }
    free(x);
    free(W);
    free(b);
}

/* All columns at once; the first half and then the second of one group, packed. */
static void find_nearest(op_run *r, int64_t group, bool whole)
{
    const int64_t rows = r->shape.rows, n = r->shape.cols, places = GROUPS * rows, half = group - group / 2;
    const linear_operands o = {operand(r, rows, n, whole), operand(r, GROUPS * group, n, whole),
                               operand(r, 1, GROUPS * group, whole)};
    const tensor scratch = op_blank(r, 1, backend_nearest_scratch(r->be, GROUPS * group));
    int32_t *label = room(places, sizeof *label);
    float *score = room(places, sizeof *score);
    nearest_out out = {label, score, rows, rows - rows / 8, group, 0};
    label[rows - rows / 8] = rows > 8 ? -7 : 0;
    r->be->ops.nearest_rows(r->be, &out, &o, scratch);
    assert_true(rows < 9 || label[rows - rows / 8] == -7);
    keep_floats(r, score, places);
    if (whole)
        expect_nearest(r, &o, &out);

    tensor parts[2] = {backend_rows(r->be, o.W, 0, half), backend_rows(r->be, o.W, half, group - half)};
    const tensor b = {o.b.data, group, 1, false};
    r->be->ops.prepare(r->be, parts, group > 1 ? 2 : 1, false);
    for (int i = 0; i < (group > 1 ? 2 : 1); i++) {
        const tensor some = backend_rows(r->be, b, i * half, parts[i].rows);
        const linear_operands part = {o.x, parts[i], {some.data, 1, some.rows, false}};
        const nearest_out more = {label, score, rows, rows, parts[i].rows, i * half};
        r->be->ops.nearest_rows(r->be, &more, &part, scratch);
    }
    r->be->ops.forget(r->be, parts, group > 1 ? 2 : 1);
    keep_floats(r, score, rows);
    out.rows = rows;
    if (whole)
        expect_nearest(r, &(linear_operands){o.x, backend_rows(r->be, o.W, 0, group), {o.b.data, 1, group, false}},
                       &out);
    free(label);
    free(score);
}

/* A row whose scores are not finite says so, and harms no other. */
static void find_overflow(op_run *r)
{
    const int64_t rows = r->shape.rows, n = r->shape.cols;
    const linear_operands o = {operand(r, rows, n, true), operand(r, GROUPS, n, true), operand(r, 1, GROUPS, true)};
    const tensor scratch = op_blank(r, 1, backend_nearest_scratch(r->be, GROUPS));
    double *x = read_tensor(r->be, o.x);
    int32_t *label = room(rows, sizeof *label);
    float *score = room(rows, sizeof *score);
    x[0] = INFINITY;
    write_tensor(r->be, o.x, x);
    r->be->ops.nearest_rows(r->be, &(nearest_out){label, score, rows, rows, GROUPS, 0}, &o, scratch);
    for (int64_t i = 0; i < rows; i++) {
        assert_true(isnan(score[i]) == (i == 0));
        assert_in_range(label[i], 0, GROUPS - 1);
    }
    free(x);
    free(label);
    free(score);
}

void op_run_nearest_rows(op_run *r)
{
    find_nearest(r, 1 + r->shape.rows % 37, true);
    find_nearest(r, 1 + r->shape.rows % 37, false);
    find_nearest(r, 40, true);
    find_overflow(r);
}

/* ---- top_rows ---- */

/* Numbers fall, so that the last of equal rows has the lowest. */
static top_panel open_panel(op_run *r, int64_t count, int32_t base, bool whole)
{
    const int64_t blocks = (count + TOP_BLOCK - 1) / TOP_BLOCK, n = r->shape.cols;
    const tensor x = operand(r, blocks * TOP_BLOCK, n, whole);
    int32_t *row = room(count, sizeof *row);
    r->be->ops.zero(r->be, backend_rows(r->be, x, count, blocks * TOP_BLOCK - count));
    for (int64_t i = 0; i < count; i++)
        row[i] = base + (int32_t)(count - 1 - i);
    return (top_panel){x, row, count};
}

static top_lists open_lists(int64_t rows)
{
    const top_lists lists = {DEGREE, room(rows * DEGREE, sizeof(int32_t)), room(rows * DEGREE, sizeof(float))};
    for (int64_t i = 0; i < rows; i++)
        top_lists_reset(&lists, i);
    return lists;
}

static void close_lists(const top_lists *lists)
{
    free(lists->neighbor);
    free(lists->similarity);
}

/* The lists of the rows of `a`, by offers of all of `b` one after another. */
static void expect_top(op_run *r, const top_lists *found, const top_panel *a, const top_panel *b)
{
    const int64_t n = a->x.cols;
    double *x = read_tensor(r->be, a->x), *y = read_tensor(r->be, b->x);
    top_lists one = open_lists(1);
    for (int64_t i = 0; i < a->count; i++) {
        top_lists_reset(&one, 0);
        for (int64_t j = 0; j < b->count; j++)
            if (a->row[i] != b->row[j])
                (void)top_lists_offer(&one, 0, b->row[j], (float)dot(x + i * n, y + j * n, n));
        assert_memory_equal(found->neighbor + a->row[i] * DEGREE, one.neighbor, DEGREE * sizeof(int32_t));
        assert_memory_equal(found->similarity + a->row[i] * DEGREE, one.similarity, DEGREE * sizeof(float));
    }
    close_lists(&one);
    free(x);
    free(y);
}

static void run_top(op_run *r, top_mode mode, const top_panel *a, const top_panel *b, bool naive)
{
    const int64_t rows = a->count + b->count;
    const top_panel columns = mode == TOP_BETWEEN ? *b : *a;
    const tensor scratch = op_blank(r, 1, backend_top_scratch(r->be, a->x.rows, columns.x.rows));
    const top_lists lists = open_lists(rows);
    r->be->ops.top_rows(r->be, &lists, a, &columns, mode, scratch);
    keep_floats(r, lists.similarity, rows * DEGREE);
    if (naive)
        expect_top(r, &lists, a, &columns);
    if (naive && mode == TOP_BETWEEN)
        expect_top(r, &lists, b, a);
    close_lists(&lists);
}

void op_run_top_rows(op_run *r)
{
    const int64_t count = r->shape.rows < MOST_ROWS ? r->shape.rows : MOST_ROWS;
    for (int whole = 0; whole < 2; whole++) {
        const bool naive = whole && r->shape.cols <= NAIVE_COLS;
        const top_panel a = open_panel(r, count, 0, whole), b = open_panel(r, 1 + count / 2, (int32_t)count, whole);
        run_top(r, TOP_WITHIN, &a, &b, naive);
        run_top(r, TOP_BETWEEN, &a, &b, naive);
        run_top(r, TOP_ONE_WAY, &a, &b, naive);
        free((void *)a.row);
        free((void *)b.row);
    }
}

/* ---- copy_in_centered ---- */

void op_run_copy_in_centered(op_run *r)
{
    const int64_t rows = r->shape.rows, n = r->shape.cols;
    const tensor to = op_blank_rows(r);
    float *from = room(rows * n, sizeof *from), *square = room(rows, sizeof *square);
    double *mean = room(n, sizeof *mean);
    for (int64_t i = 0; i < rows * n; i++)
        from[i] = (float)(i % 101) * 0.37F;
    for (int64_t j = 0; j < n; j++)
        mean[j] = 18 + (double)j / 7;
    r->be->ops.copy_in_centered(r->be, to, square, from, mean, 0.25);
    op_keep(r, to);
    keep_floats(r, square, rows);
    double *numbers = read_tensor(r->be, to);
    for (int64_t i = 0; i < rows * n; i++)
        assert_true(numbers[i] == (double)(float)(((double)from[i] - mean[i % n]) * 0.25));
    for (int64_t i = 0; i < rows; i++)
        assert_true(fabs(dot(numbers + i * n, numbers + i * n, n) - (double)square[i]) <= 1e-6 * (double)square[i]);
    free(numbers);
    free(from);
    free(square);
    free(mean);
}
