/* Memory of the plain backend: the host's; and the loop over whole tasks. */
#include <string.h>

#include "alloc.h"
#include "real.h"

static void *allocate(backend *be, size_t bytes)
{
    return bytes > INT64_MAX ? NULL : alloc_array(&be->allocator, (int64_t)bytes, 1);
}

static void release(backend *be, void *block)
{
    alloc_free(&be->allocator, block);
}

static void copy_in(backend *be, tensor to, host_type type, const void *from)
{
    (void)be;
    real *x = to.data;
    for (int64_t i = 0; i < size_of(to); i++) {
        const real number = type == HOST_F32 ? (real)((const float *)from)[i] : (real)((const double *)from)[i];
        if (to.bf16)
            ((uint16_t *)to.data)[i] = real_bf16(number);
        else
            x[i] = number;
    }
}

typedef struct center_loop {
    tensor to;
    float *square;
    const float *from;
    const double *mean;
    double scale;
} center_loop;

/* One row; the sum of squares over eight lanes. */
static double center_row(real *to, const float *from, const double *mean, double scale, int64_t n)
{
    enum { SUMS = 8 };
    double sum[SUMS] = {0};
    int64_t j = 0;
    for (; j + SUMS <= n; j += SUMS)
        for (int i = 0; i < SUMS; i++) {
            const float x = (float)(((double)from[j + i] - mean[j + i]) * scale);
            to[j + i] = (real)x;
            sum[i] += (double)x * (double)x;
        }
    for (int i = 0; j < n; i++, j++) {
        const float x = (float)(((double)from[j] - mean[j]) * scale);
        to[j] = (real)x;
        sum[i] += (double)x * (double)x;
    }
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

static void center_rows(const void *loop, int64_t first, int64_t last)
{
    const center_loop *l = loop;
    const int64_t n = l->to.cols;
    for (int64_t r = first; r < last; r++)
        l->square[r] = (float)center_row(row_of(l->to, r), l->from + r * n, l->mean, l->scale, n);
}

static void copy_in_centered(backend *be, tensor to, float *square, const float *from, const double *mean, double scale)
{
    backend_loop(be, size_of(to), to.rows, center_rows, &(center_loop){to, square, from, mean, scale});
}

static void copy_out(backend *be, host_type type, void *to, tensor from)
{
    (void)be;
    const real *x = from.data;
    for (int64_t i = 0; i < size_of(from); i++) {
        const real number = from.bf16 ? real_widen(((const uint16_t *)from.data)[i]) : x[i];
        if (type == HOST_F32)
            ((float *)to)[i] = (float)number;
        else
            ((double *)to)[i] = (double)number;
    }
}

static void copy(backend *be, tensor to, tensor from)
{
    if (to.bf16 == from.bf16) {
        memcpy(to.data, from.data, backend_bytes(be, from));
        return;
    }
    for (int64_t i = 0; i < size_of(from); i++)
        ((uint16_t *)to.data)[i] = real_bf16(((const real *)from.data)[i]);
}

static void zero(backend *be, tensor x)
{
    memset(x.data, 0, backend_bytes(be, x));
}

/* Tensors are the host's, so tasks on them are as any others. */
static void for_each(backend *be, int64_t tasks, backend_task *task, void *self)
{
    host_each(be, tasks, task, self);
}

void KERNEL(ref_memory)(backend_ops *ops)
{
    ops->allocate = allocate;
    ops->release = release;
    ops->copy_in = copy_in;
    ops->copy_in_centered = copy_in_centered;
    ops->copy_out = copy_out;
    ops->copy = copy;
    ops->zero = zero;
    ops->for_each = for_each;
}
