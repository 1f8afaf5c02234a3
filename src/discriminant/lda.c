#include "lda.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "alloc.h"
#include "bounds.h"
#include "cholesky.h"
#include "error.h"

enum { LDA_BLOCK = 1024, SUM_COLS = 32 };
static const double TINY = 1e-9, NO_MEMBER = 1e-7;

cludi_status lda_init(lda *l, backend *be, int64_t rows, int64_t cols, int32_t clusters, cludi_error *error)
{
    const cludi_allocator *allocator = &be->allocator;
    *l = (lda){.be = be, .rows = rows, .cols = cols, .rank = cols, .clusters = clusters};
    l->f = backend_take(be, rows, cols);
    l->u = backend_take(be, rows, cols);
    l->whiten = backend_take(be, cols, cols);
    l->scatter = backend_take(be, cols, cols);
    l->shift = backend_take(be, 1, cols);
    l->means = backend_take(be, clusters, cols);
    l->prototype = backend_take(be, clusters, cols);
    l->gram = alloc_array(allocator, cols * cols, sizeof *l->gram);
    l->within = alloc_array(allocator, cols * cols, sizeof *l->within);
    l->sums = alloc_array(allocator, clusters * cols, sizeof *l->sums);
    l->size = alloc_array(allocator, clusters, sizeof *l->size);
    l->block = alloc_array(allocator, LDA_BLOCK * cols, sizeof *l->block);
    const bool complete = l->f.data && l->u.data && l->whiten.data && l->scatter.data && l->shift.data &&
                          l->means.data && l->prototype.data && l->gram && l->within && l->sums && l->size && l->block;
    return complete ? CLUDI_OK : error_memory(error, "the discriminant");
}

void lda_clear(lda *l)
{
    if (!l->be)
        return;
    void *const tensors[] = {l->f.data,     l->u.data,     l->whiten.data,   l->scatter.data,
                             l->shift.data, l->means.data, l->prototype.data};
    void *const arrays[] = {l->gram, l->within, l->sums, l->size, l->block};
    for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++)
        l->be->ops.release(l->be, tensors[i]);
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        alloc_free(&l->be->allocator, arrays[i]);
    *l = (lda){0};
}

cludi_status lda_center(lda *l, int64_t known, cludi_error *error)
{
    backend *be = l->be;
    const tensor of_known = backend_rows(be, l->f, 0, known);
    be->ops.column_sum(be, l->shift, l->f, l->rows);
    be->ops.scale(be, l->shift, l->shift, -1.0 / (double)l->rows);
    be->ops.add_repeated(be, l->f, l->shift);
    be->ops.linear_dw(be, l->scatter, (tensor){0}, of_known, of_known);
    TRY(backend_finish(be, error));
    be->ops.copy_out(be, HOST_F64, l->gram, l->scatter);
    l->known = known;
    return CLUDI_OK;
}

static void sum_part(void *self, int worker, int64_t task)
{
    lda *l = self;
    const soft_labels *q = l->q;
    const int64_t from = task * SUM_COLS, to = min_int(from + SUM_COLS, l->cols);
    (void)worker;
    for (int64_t i = 0; i < l->count; i++)
        for (int32_t j = 0; j < q->width; j++) {
            const double p = (double)q->probability[(l->first + i) * q->width + j];
            double *sum = l->sums + q->cluster[(l->first + i) * q->width + j] * l->cols;
            if (p < NO_MEMBER)
                continue;
            for (int64_t c = from; c < to; c++)
                sum[c] += p * (double)l->block[i * l->cols + c];
        }
}

/* sums_k = sum_i q_ik x_i; size_k = sum_i q_ik. */
static cludi_status sum_by_cluster(lda *l, tensor x, cludi_error *error)
{
    const soft_labels *q = l->q;
    memset(l->sums, 0, (size_t)(l->clusters * l->cols) * sizeof *l->sums);
    memset(l->size, 0, (size_t)l->clusters * sizeof *l->size);
    for (int64_t at = 0; at < l->known * q->width; at++)
        l->size[q->cluster[at]] += (double)q->probability[at];
    TRY(backend_finish(l->be, error));
    for (l->first = 0; l->first < l->known; l->first += LDA_BLOCK) {
        l->count = min_int(LDA_BLOCK, l->known - l->first);
        l->be->ops.copy_out(l->be, HOST_F32, l->block, backend_rows(l->be, x, l->first, l->count));
        host_each(l->be, (l->cols + SUM_COLS - 1) / SUM_COLS, sum_part, l);
    }
    return CLUDI_OK;
}

/* G, with this more on its diagonal, in `within`. False where it has no factor; else `within` is the inverse of that. */
static bool whiten(lda *l, double shrinkage, double ridge)
{
    const int64_t m = l->cols;
    double diagonal = 0;
    l->be->ops.copy_out(l->be, HOST_F64, l->within, l->scatter);
    for (int64_t i = 0; i < m * m; i++)
        l->within[i] = (l->gram[i] - l->within[i]) / (double)l->known;
    for (int64_t i = 0; i < m; i++)
        diagonal += l->within[i * m + i] / (double)l->rank;
    for (int64_t i = 0; i < m * m; i++)
        l->within[i] *= 1 - shrinkage;
    for (int64_t i = 0; i < m; i++)
        l->within[i * m + i] += shrinkage * diagonal + ridge;
    return cholesky_inverse(l->within, m);
}

/* Where nearly every row is a cluster, only rounding is within clusters, and its matrix is positive with a larger ridge only. */
static cludi_status find_whitening(lda *l, double shrinkage, cludi_error *error)
{
    backend *be = l->be;
    double ridge = TINY;
    TRY(sum_by_cluster(l, l->f, error));
    for (int32_t k = 0; k < l->clusters; k++)
        for (int64_t c = 0; c < l->cols; c++)
            l->sums[k * l->cols + c] /= sqrt(fmax(l->size[k], 1e-6));
    be->ops.copy_in(be, l->means, HOST_F64, l->sums);
    be->ops.linear_dw(be, l->scatter, (tensor){0}, l->means, l->means);
    TRY(backend_finish(be, error));
    while (!whiten(l, shrinkage, ridge)) {
        ridge *= 10;
        if (!(ridge <= 1))
            return error_set(error, CLUDI_ERROR_DIVERGED, "The scatter within the clusters has no factor.");
    }
    be->ops.copy_in(be, l->whiten, HOST_F64, l->within);
    return CLUDI_OK;
}

cludi_status lda_fit(lda *l, const soft_labels *q, double shrinkage, cludi_error *error)
{
    backend *be = l->be;
    l->q = q;
    TRY(find_whitening(l, shrinkage, error));
    be->ops.linear(be, l->u, l->f, l->whiten, (tensor){0});
    be->ops.unit_rows(be, l->u, l->u, 1);
    TRY(sum_by_cluster(l, l->u, error));
    be->ops.copy_in(be, l->prototype, HOST_F64, l->sums);
    be->ops.unit_rows(be, l->prototype, l->prototype, 1);
    return CLUDI_OK;
}
