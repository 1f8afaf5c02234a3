/* Sums and maxima over the rows of each group, and what the class loss makes of them (S8, S9). A task is one group and
   one block of columns, whose rows are taken in order. */
#include "real.h"

enum { COLUMN_BLOCK = PIECE };

typedef struct column_task {
    tensor x;
    int64_t first, last; /* rows of the group */
    int64_t j0, count;   /* columns */
} column_task;

static inline int64_t column_tasks(tensor x, int64_t group)
{
    return x.rows / group * ((x.cols + COLUMN_BLOCK - 1) / COLUMN_BLOCK);
}

static inline column_task column_task_get(tensor x, int64_t group, int64_t task)
{
    const int64_t blocks = (x.cols + COLUMN_BLOCK - 1) / COLUMN_BLOCK;
    const int64_t first = task / blocks * group, j0 = task % blocks * COLUMN_BLOCK;
    return (column_task){x, first, first + group, j0, x.cols - j0 < COLUMN_BLOCK ? x.cols - j0 : COLUMN_BLOCK};
}

typedef struct column_loop {
    tensor out, x, per_group; /* a row for each group; absent where the loop has none */
    real factor;
    int64_t group;
} column_loop;

static void take_max(const void *loop, int64_t from, int64_t to)
{
    const column_loop l = *(const column_loop *)loop;
    for (int64_t task = from; task < to; task++) {
        const column_task t = column_task_get(l.x, l.group, task);
        real *largest = row_of(l.out, t.first / l.group) + t.j0;
        for (int64_t j = 0; j < t.count; j++)
            largest[j] = l.factor * row_of(l.x, t.first)[t.j0 + j];
        for (int64_t r = t.first + 1; r < t.last; r++)
            for (int64_t j = 0; j < t.count; j++) {
                real value = l.factor * row_of(l.x, r)[t.j0 + j];
                largest[j] = value > largest[j] ? value : largest[j];
            }
    }
}

static void column_max(backend *be, tensor out, tensor x, double factor, int64_t group)
{
    const column_loop loop = {.out = out, .x = x, .factor = (real)factor, .group = group};
    backend_loop(be, size_of(x), column_tasks(x, group), take_max, &loop);
}

static void sum_exp(const void *loop, int64_t from, int64_t to)
{
    const column_loop l = *(const column_loop *)loop;
    for (int64_t task = from; task < to; task++) {
        const column_task t = column_task_get(l.x, l.group, task);
        const real *shift = row_of(l.per_group, t.first / l.group) + t.j0;
        real sum[COLUMN_BLOCK] = {0};
        for (int64_t r = t.first; r < t.last; r++)
            for (int64_t j = 0; j < t.count; j++)
                sum[j] += real_exp(l.factor * row_of(l.x, r)[t.j0 + j] - shift[j]);
        for (int64_t j = 0; j < t.count; j++)
            row_of(l.out, t.first / l.group)[t.j0 + j] = sum[j];
    }
}

static void column_sum_exp(backend *be, tensor out, tensor x, double factor, tensor shift)
{
    const column_loop loop = {out, x, shift, (real)factor, x.rows / shift.rows};
    backend_loop(be, size_of(x), column_tasks(x, loop.group), sum_exp, &loop);
}

static void sum_rows(const void *loop, int64_t from, int64_t to)
{
    const column_loop l = *(const column_loop *)loop;
    for (int64_t task = from; task < to; task++) {
        const column_task t = column_task_get(l.x, l.group, task);
        real sum[COLUMN_BLOCK] = {0};
        for (int64_t r = t.first; r < t.last; r++) {
            real piece[PIECE];
            const real *in = load_piece(piece, l.x, r, t.j0, t.count);
            for (int64_t j = 0; j < t.count; j++)
                sum[j] += in[j];
        }
        for (int64_t j = 0; j < t.count; j++)
            row_of(l.out, t.first / l.group)[t.j0 + j] = sum[j];
    }
}

static void column_sum(backend *be, tensor out, tensor x, int64_t group)
{
    const column_loop loop = {.out = out, .x = x, .group = group};
    backend_loop(be, size_of(x), column_tasks(x, group), sum_rows, &loop);
}

static void add_log(backend *be, tensor y, tensor x)
{
    (void)be;
    for (int64_t i = 0; i < size_of(x); i++)
        ((real *)y.data)[i] += real_log(((const real *)x.data)[i]);
}

static void posterior_rows(const void *loop, int64_t first, int64_t last)
{
    const column_loop l = *(const column_loop *)loop;
    const int64_t K = l.x.cols;
    for (int64_t r = first; r < last; r++) {
        real *out = row_of(l.out, r);
        const real *in = row_of(l.x, r), *lse = row_of(l.per_group, r / l.group);
        for (int64_t j = 0; j < K; j++)
            out[j] = l.factor * in[j] - lse[j];
        const real largest = row_max(out, K);
        for (int64_t j = 0; j < K; j++)
            out[j] = real_exp(out[j] - largest);
        const real inverse = 1 / row_sum(out, K);
        for (int64_t j = 0; j < K; j++)
            out[j] *= inverse;
    }
}

/* p = softmax over k of (factor x - lse) */
static void column_posterior(backend *be, tensor p, tensor x, double factor, tensor column_lse)
{
    const column_loop loop = {p, x, column_lse, (real)factor, x.rows / column_lse.rows};
    backend_loop(be, size_of(x), x.rows, posterior_rows, &loop);
}

/* factor is the constant */
static void subtract_rows(const void *loop, int64_t first, int64_t last)
{
    const column_loop l = *(const column_loop *)loop;
    for (int64_t r = first; r < last; r++)
        for (int64_t j = 0; j < l.x.cols; j++)
            row_of(l.out, r)[j] = row_of(l.x, r)[j] + l.factor - row_of(l.per_group, r / l.group)[j];
}

static void subtract_columns(backend *be, tensor y, tensor x, double constant, tensor columns)
{
    const column_loop loop = {y, x, columns, (real)constant, x.rows / columns.rows};
    backend_loop(be, size_of(x), x.rows, subtract_rows, &loop);
}

void KERNEL(ref_columns)(backend_ops *ops)
{
    ops->column_max = column_max;
    ops->column_sum_exp = column_sum_exp;
    ops->column_sum = column_sum;
    ops->add_log = add_log;
    ops->column_posterior = column_posterior;
    ops->subtract_columns = subtract_columns;
}
