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

static void column_max(backend *be, tensor out, tensor x, double factor, int64_t group)
{
    const real f = (real)factor;
#pragma omp parallel for num_threads(threads_for(be, size_of(x))) schedule(static)
    for (int64_t task = 0; task < column_tasks(x, group); task++) {
        const column_task t = column_task_get(x, group, task);
        real *largest = row_of(out, t.first / group) + t.j0;
        for (int64_t j = 0; j < t.count; j++)
            largest[j] = f * row_of(x, t.first)[t.j0 + j];
        for (int64_t r = t.first + 1; r < t.last; r++)
            for (int64_t j = 0; j < t.count; j++) {
                real value = f * row_of(x, r)[t.j0 + j];
                largest[j] = value > largest[j] ? value : largest[j];
            }
    }
}

static void column_sum_exp(backend *be, tensor out, tensor x, double factor, tensor shift)
{
    const int64_t group = x.rows / shift.rows;
    const real f = (real)factor;
#pragma omp parallel for num_threads(threads_for(be, size_of(x))) schedule(static)
    for (int64_t task = 0; task < column_tasks(x, group); task++) {
        const column_task t = column_task_get(x, group, task);
        const real *from = row_of(shift, t.first / group) + t.j0;
        real sum[COLUMN_BLOCK] = {0};
        for (int64_t r = t.first; r < t.last; r++)
            for (int64_t j = 0; j < t.count; j++)
                sum[j] += real_exp(f * row_of(x, r)[t.j0 + j] - from[j]);
        for (int64_t j = 0; j < t.count; j++)
            row_of(out, t.first / group)[t.j0 + j] = sum[j];
    }
}

static void column_sum(backend *be, tensor out, tensor x, int64_t group)
{
#pragma omp parallel for num_threads(threads_for(be, size_of(x))) schedule(static)
    for (int64_t task = 0; task < column_tasks(x, group); task++) {
        const column_task t = column_task_get(x, group, task);
        real sum[COLUMN_BLOCK] = {0};
        for (int64_t r = t.first; r < t.last; r++) {
            real piece[PIECE];
            const real *in = load_piece(piece, x, r, t.j0, t.count);
            for (int64_t j = 0; j < t.count; j++)
                sum[j] += in[j];
        }
        for (int64_t j = 0; j < t.count; j++)
            row_of(out, t.first / group)[t.j0 + j] = sum[j];
    }
}

static void add_log(backend *be, tensor y, tensor x)
{
    (void)be;
    for (int64_t i = 0; i < size_of(x); i++)
        ((real *)y.data)[i] += real_log(((const real *)x.data)[i]);
}

/* p = softmax over k of (factor x - lse) */
static void column_posterior(backend *be, tensor p, tensor x, double factor, tensor column_lse)
{
    const int64_t group = x.rows / column_lse.rows;
    const real f = (real)factor;
#pragma omp parallel for num_threads(threads_for(be, size_of(x))) schedule(static)
    for (int64_t r = 0; r < x.rows; r++) {
        real *out = row_of(p, r);
        const real *in = row_of(x, r), *lse = row_of(column_lse, r / group);
        for (int64_t j = 0; j < x.cols; j++)
            out[j] = f * in[j] - lse[j];
        const real largest = row_max(out, x.cols);
        for (int64_t j = 0; j < x.cols; j++)
            out[j] = real_exp(out[j] - largest);
        const real inverse = 1 / row_sum(out, x.cols);
        for (int64_t j = 0; j < x.cols; j++)
            out[j] *= inverse;
    }
}

static void subtract_columns(backend *be, tensor y, tensor x, double constant, tensor columns)
{
    const int64_t group = x.rows / columns.rows;
    const real c = (real)constant;
#pragma omp parallel for num_threads(threads_for(be, size_of(x))) schedule(static)
    for (int64_t r = 0; r < x.rows; r++)
        for (int64_t j = 0; j < x.cols; j++)
            row_of(y, r)[j] = row_of(x, r)[j] + c - row_of(columns, r / group)[j];
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
