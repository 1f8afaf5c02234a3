#include "kmeans_scores.h"

#include <string.h>

#include "alloc.h"
#include "error.h"

static tensor take(backend *be, int64_t rows, int64_t cols)
{
    tensor x = {.rows = rows, .cols = cols};
    x.data = be->ops.allocate(be, backend_bytes(be, x));
    return x;
}

cludi_status kmeans_scores_init(kmeans_scores *scores, backend *be, kmeans_shape shape, cludi_error *error)
{
    const int64_t height = (int64_t)backend_workers(be) * KMEANS_CHUNK;
    *scores = (kmeans_scores){.be = be, .widest = shape.widest};
    scores->W = take(be, shape.centroids, shape.n);
    scores->b = take(be, 1, shape.centroids);
    scores->y = take(be, height, shape.widest);
    scores->out = alloc_array(&be->allocator, height * shape.widest, sizeof *scores->out);
    const bool ok = scores->W.data && scores->b.data && scores->y.data && scores->out;
    return ok ? CLUDI_OK : error_memory(error, "the centroids of k-means");
}

void kmeans_scores_clear(kmeans_scores *scores)
{
    if (!scores->be)
        return;
    alloc_free(&scores->be->allocator, scores->out);
    scores->be->ops.release(scores->be, scores->y.data);
    scores->be->ops.release(scores->be, scores->b.data);
    scores->be->ops.release(scores->be, scores->W.data);
    *scores = (kmeans_scores){0};
}

/* Centroids first .. first + count - 1 of a row of numbers. */
static tensor columns(const backend *be, tensor b, int64_t first, int64_t count)
{
    b = backend_rows(be, (tensor){b.data, b.cols, 1, false}, first, count);
    return (tensor){b.data, 1, count, false};
}

void kmeans_scores_set(kmeans_scores *scores, int64_t first, int64_t count, const float *centroids)
{
    const int64_t n = scores->W.cols;
    backend be = backend_worker(scores->be);
    be.ops.copy_in(&be, backend_rows(&be, scores->W, first, count), HOST_F32, centroids);
    for (int64_t k = 0; k < count; k++) {
        const double half = -0.5 * kmeans_square(centroids + k * n, n);
        be.ops.copy_in(&be, columns(&be, scores->b, first + k, 1), HOST_F64, &half);
    }
}

const float *kmeans_scores_chunk(const kmeans_scores *scores, const kmeans_rows *rows, int64_t index, int worker,
                                 int64_t first, int64_t count)
{
    backend be = backend_worker(scores->be);
    const int64_t start = worker * (int64_t)KMEANS_CHUNK;
    float *out = scores->out + start * scores->widest;
    tensor y = backend_rows(&be, scores->y, start, KMEANS_CHUNK);
    y.cols = count;
    be.ops.linear(&be, y, backend_rows(&be, rows->x, index * KMEANS_CHUNK, KMEANS_CHUNK),
                  backend_rows(&be, scores->W, first, count), columns(&be, scores->b, first, count));
    be.ops.copy_out(&be, HOST_F32, out, y);
    return out;
}

/* Where there are many, sixteen maxima side by side, so that the compiler can use its lanes. */
static float highest_score(const float *scores, int64_t K)
{
    enum { LANES = 16 };
    float high[LANES];
    memcpy(high, scores, sizeof high);
    int64_t k = LANES;
    for (; k + LANES <= K; k += LANES)
        for (int i = 0; i < LANES; i++)
            high[i] = scores[k + i] > high[i] ? scores[k + i] : high[i];
    for (int i = 0; k < K; i++, k++)
        high[i] = scores[k] > high[i] ? scores[k] : high[i];
    for (int i = 1; i < LANES; i++)
        high[0] = high[i] > high[0] ? high[i] : high[0];
    return high[0];
}

int32_t kmeans_scores_best(const float *scores, int64_t K)
{
    enum { FEW = 24 };
    int32_t best = 0;
    if (K >= FEW) {
        const float highest = highest_score(scores, K);
        while (best < K - 1 && scores[best] != highest)
            best++;
        return scores[best] == highest ? best : 0;
    }
    float highest = scores[0];
    for (int32_t k = 1; k < K; k++) {
        const bool higher = scores[k] > highest;
        highest = higher ? scores[k] : highest;
        best = higher ? k : best;
    }
    return best;
}
