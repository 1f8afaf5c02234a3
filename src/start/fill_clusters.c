#include "fill_clusters.h"

#include <string.h>

#include "alloc.h"
#include "error.h"
#include "rows.h"

enum { STARTS = 2 };
static const double ROUNDING = 1e-10; /* inertia a row below which its cluster's rows are equal */

typedef struct filling {
    const start_run *run;
    int32_t *labels;
    int64_t *counts; /* (K) */
    double *inertia; /* (K) */
    double *mean;    /* (n) of one cluster */
    float *rows;     /* (of the cluster, n) that is cut; and their numbers */
    int64_t *members;
} filling;

/* Mean and inertia of the rows of cluster k: one look at its rows and at all labels. */
static void measure(filling *f, int32_t k)
{
    const cludi_matrix *X = f->run->args->X;
    double square = 0;
    memset(f->mean, 0, (size_t)X->cols * sizeof *f->mean);
    for (int64_t i = 0; i < X->rows; i++) {
        if (f->labels[i] != k)
            continue;
        const float *row = X->data + i * X->stride;
        for (int64_t j = 0; j < X->cols; j++)
            f->mean[j] += (double)row[j];
        square += rows_square_sum(row, X->cols);
    }
    for (int64_t j = 0; j < X->cols && f->counts[k] > 0; j++)
        square -= f->mean[j] * f->mean[j] / (double)f->counts[k];
    f->inertia[k] = square > ROUNDING * (double)f->counts[k] ? square : 0;
}

static int32_t find_widest(const filling *f)
{
    int32_t widest = 0;
    for (int32_t k = 1; k < f->run->args->clusters; k++)
        widest = f->inertia[k] > f->inertia[widest] ? k : widest;
    return widest;
}

static void gather(filling *f, int32_t k)
{
    const cludi_matrix *X = f->run->args->X;
    int64_t count = 0;
    for (int64_t i = 0; i < X->rows; i++)
        if (f->labels[i] == k) {
            memcpy(f->rows + count * X->cols, X->data + i * X->stride, (size_t)X->cols * sizeof *f->rows);
            f->members[count++] = i;
        }
}

/* The rows of the second mean become cluster `to`. */
static cludi_status cut_gathered(filling *f, int32_t from, int32_t to, cludi_error *error)
{
    const int64_t n = f->run->args->X->cols, count = f->counts[from];
    const cludi_matrix rows = {f->rows, count, n, n};
    const start_means what = {
        .rows = &rows, .clusters = 2, .starts = STARTS, .seed = f->run->args->seed + (uint64_t)to};
    kmeans_result result = {0};
    TRY(start_run_means(f->run, &what, &result, error));
    for (int64_t m = 0; m < count; m++)
        if (result.labels[m] == 1) {
            f->labels[f->members[m]] = to;
            f->counts[to]++;
            f->counts[from]--;
        }
    kmeans_result_clear(&result);
    return CLUDI_OK;
}

static cludi_status cut(filling *f, int32_t from, int32_t to, cludi_error *error)
{
    const cludi_allocator *allocator = &f->run->args->be->allocator;
    const int64_t n = f->run->args->X->cols;
    cludi_status status;
    f->rows = alloc_array(allocator, f->counts[from], (size_t)n * sizeof *f->rows);
    f->members = alloc_array(allocator, f->counts[from], sizeof *f->members);
    if (f->rows && f->members) {
        gather(f, from);
        status = cut_gathered(f, from, to, error);
    } else {
        status = error_memory(error, "a cluster that is cut");
    }
    alloc_free(allocator, f->rows);
    alloc_free(allocator, f->members);
    return status;
}

static cludi_status fill(filling *f, cludi_error *error)
{
    const int32_t K = f->run->args->clusters;
    int32_t empty = 0;
    memset(f->counts, 0, (size_t)K * sizeof *f->counts);
    for (int64_t i = 0; i < f->run->args->X->rows; i++)
        f->counts[f->labels[i]]++;
    for (int32_t k = 0; k < K; k++)
        empty += f->counts[k] == 0;
    for (int32_t k = 0; k < K && empty > 0; k++)
        measure(f, k);
    for (int32_t to = 0; to < K && empty > 0; to++) {
        const int32_t from = find_widest(f);
        if (f->counts[to] > 0)
            continue;
        if (f->inertia[from] == 0)
            break;
        TRY(cut(f, from, to, error));
        measure(f, from);
        measure(f, to);
        empty--;
    }
    return CLUDI_OK;
}

cludi_status fill_clusters(const start_run *r, int32_t *labels, cludi_error *error)
{
    const cludi_allocator *allocator = &r->args->be->allocator;
    const int64_t K = r->args->clusters;
    filling f = {.run = r, .labels = labels};
    f.counts = alloc_array(allocator, K, sizeof *f.counts);
    f.inertia = alloc_zeroed(allocator, K, sizeof *f.inertia);
    f.mean = alloc_array(allocator, r->args->X->cols, sizeof *f.mean);
    const cludi_status status =
        f.counts && f.inertia && f.mean ? fill(&f, error) : error_memory(error, "a cluster that is cut");
    alloc_free(allocator, f.counts);
    alloc_free(allocator, f.inertia);
    alloc_free(allocator, f.mean);
    return status;
}
