#include "kmeans_support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "rng.h"
#include "rows.h"
#include "tensor_support.h"

enum { ROUNDS = 300 };

/* ---- problems ---- */

float *make_rows(const problem *p)
{
    float *data = calloc((size_t)(p->M * p->n), sizeof *data), *center = calloc((size_t)p->n, sizeof *center);
    assert_true(data && center);
    for (int64_t i = 0; i < p->M; i++) {
        float *row = data + i * p->n;
        rng_normal((rng_stream){5, 5, 1}, (uint64_t)(i % p->K), center, p->n);
        rng_normal((rng_stream){5, 5, 2}, (uint64_t)i, row, p->n);
        for (int64_t j = 0; j < p->n; j++) {
            const double x = round(64 * ((double)center[j] + p->noise * (double)row[j])) / 64;
            row[j] = (float)(p->unit * (p->offset + x));
        }
    }
    free(center);
    return data;
}

kmeans_args usual_args(backend *be, const cludi_source *X, int32_t K)
{
    return (kmeans_args){.be = be, .X = X, .clusters = K, .starts = 1, .rounds = ROUNDS, .tolerance = 1e-4, .seed = 3};
}

static kmeans_result run(const kmeans_args *args)
{
    kmeans_result result;
    cludi_error error = {0};
    const cludi_status status = kmeans_run(args, &result, &error);
    if (status != CLUDI_OK)
        fail_msg("%s", error.message);
    return result;
}

kmeans_result run_matrix(const char *name, int threads, const cludi_matrix *X, kmeans_args args)
{
    backend be;
    const cludi_source source = rows_of_matrix(X);
    open_backend(&be, name, threads);
    args.be = &be;
    args.X = &source;
    kmeans_result result = run(&args);
    result.allocator = be.allocator;
    backend_close(&be);
    return result;
}

/* ---- the same in double, plainly ---- */

static void naive_assign(naive *w)
{
    w->inertia = 0;
    memset(w->counts, 0, (size_t)w->K * sizeof *w->counts);
    for (int64_t i = 0; i < w->M; i++) {
        w->squared[i] = INFINITY;
        for (int32_t k = 0; k < w->K; k++) {
            double sum = 0;
            for (int64_t j = 0; j < w->n; j++)
                sum += pow((double)w->data[i * w->n + j] - w->centroids[k * w->n + j], 2);
            if (sum < w->squared[i]) {
                w->squared[i] = sum;
                w->labels[i] = k;
            }
        }
        w->counts[w->labels[i]]++;
        w->inertia += w->squared[i];
    }
}

static void naive_repair(naive *w)
{
    for (int32_t k = 0; k < w->K; k++) {
        int64_t far = -1;
        for (int64_t i = 0; i < w->M; i++)
            if (w->counts[w->labels[i]] > 1 && w->squared[i] > 0 && (far < 0 || w->squared[i] > w->squared[far]))
                far = i;
        if (w->counts[k] > 0 || far < 0)
            continue;
        w->counts[w->labels[far]]--;
        w->counts[k] = 1;
        w->labels[far] = k;
        w->squared[far] = 0;
    }
}

static void naive_move(naive *w)
{
    for (int32_t k = 0; k < w->K; k++)
        for (int64_t j = 0; w->counts[k] > 0 && j < w->n; j++) {
            double sum = 0;
            for (int64_t i = 0; i < w->M; i++)
                sum += w->labels[i] == k ? (double)w->data[i * w->n + j] : 0;
            w->centroids[k * w->n + j] = sum / (double)w->counts[k];
        }
}

naive naive_run(const cludi_matrix *X, const float *initial, int32_t K, int most)
{
    naive w = {.data = X->data, .M = X->rows, .n = X->cols, .K = K};
    w.centroids = calloc((size_t)(K * X->cols), sizeof *w.centroids);
    w.labels = calloc((size_t)X->rows, sizeof *w.labels);
    w.squared = calloc((size_t)X->rows, sizeof *w.squared);
    w.counts = calloc((size_t)K, sizeof *w.counts);
    int32_t *before = calloc((size_t)X->rows, sizeof *before);
    assert_true(w.centroids && w.labels && w.squared && w.counts && before);
    for (int64_t i = 0; i < K * X->cols; i++)
        w.centroids[i] = (double)initial[i];
    memset(before, -1, (size_t)X->rows * sizeof *before);
    for (;; w.rounds++) {
        naive_assign(&w);
        if (w.rounds == most || memcmp(before, w.labels, (size_t)X->rows * sizeof *before) == 0)
            break;
        naive_repair(&w);
        memcpy(before, w.labels, (size_t)X->rows * sizeof *before);
        naive_move(&w);
    }
    free(before);
    return w;
}

void naive_free(naive *w)
{
    free(w->centroids);
    free(w->labels);
    free(w->squared);
    free(w->counts);
}
