#include "kmeans_scores.h"

#include "alloc.h"
#include "error.h"

/* Most centroids of one product: packed, and with the scores of a slice of rows, they stay in a core's cache. */
enum { BLOCK_COLUMNS = 512 };

/* Centroids of the block that begins with centroid `first`, of `left`. Whole groups are a power of two, so that few shapes
   of products occur while starts end. */
static int64_t block_width(int64_t first, int64_t left, int64_t K)
{
    int64_t groups = 1;
    if (K > BLOCK_COLUMNS) {
        const int64_t rest = K - first % K;
        return rest < BLOCK_COLUMNS ? rest : BLOCK_COLUMNS;
    }
    while (2 * groups * K <= left && 2 * groups * K <= BLOCK_COLUMNS)
        groups *= 2;
    return groups * K;
}

static int64_t most_blocks(kmeans_shape shape)
{
    return shape.groups * ((shape.K + BLOCK_COLUMNS - 1) / BLOCK_COLUMNS);
}

cludi_status kmeans_scores_init(kmeans_scores *scores, backend *be, kmeans_shape shape, bool with_chunks,
                                cludi_error *error)
{
    const int64_t centroids = shape.groups * shape.K, widest = block_width(0, centroids, shape.K);
    *scores = (kmeans_scores){.be = be, .shape = shape, .widest = widest};
    scores->W = backend_take(be, centroids, shape.n);
    scores->b = backend_take(be, 1, centroids);
    scores->weights = alloc_array(&be->allocator, most_blocks(shape), sizeof *scores->weights);
    if (with_chunks)
        scores->y = backend_take(be, (int64_t)backend_workers(be) * KMEANS_CHUNK, widest);
    else
        scores->scratch = backend_take(be, 1, backend_nearest_scratch(be, widest));
    const bool ok = scores->W.data && scores->b.data && scores->weights && (scores->y.data || scores->scratch.data);
    return ok ? CLUDI_OK : error_memory(error, "the centroids of k-means");
}

static void forget_blocks(kmeans_scores *scores)
{
    scores->be->ops.forget(scores->be, scores->weights, (int)scores->count);
    scores->count = scores->groups = 0;
}

void kmeans_scores_clear(kmeans_scores *scores)
{
    if (!scores->be)
        return;
    forget_blocks(scores);
    alloc_free(&scores->be->allocator, scores->weights);
    scores->be->ops.release(scores->be, scores->scratch.data);
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

void kmeans_scores_pack(kmeans_scores *scores, int64_t groups)
{
    const int64_t K = scores->shape.K;
    if (groups != scores->groups) {
        forget_blocks(scores);
        for (int64_t first = 0, width; first < groups * K; first += width) {
            width = block_width(first, groups * K - first, K);
            scores->weights[scores->count++] = backend_rows(scores->be, scores->W, first, width);
        }
        scores->groups = groups;
    }
    scores->be->ops.prepare(scores->be, scores->weights, (int)scores->count, false);
}

void kmeans_scores_nearest(const kmeans_scores *scores, const kmeans_rows *rows, int32_t *label, float *score)
{
    const int64_t K = scores->shape.K, chunks = (rows->count + KMEANS_CHUNK - 1) / KMEANS_CHUNK;
    const tensor x = backend_rows(scores->be, rows->x, 0, chunks * KMEANS_CHUNK);
    for (int64_t i = 0, first = 0; i < scores->count; first += scores->weights[i++].rows) {
        const tensor W = scores->weights[i];
        const int64_t place = first / K * rows->capacity;
        const nearest_out out = {label + place, score + place,           rows->capacity,
                                 rows->count,   K < W.rows ? K : W.rows, first % K};
        const linear_operands operands = {x, W, columns(scores->be, scores->b, first, W.rows)};
        scores->be->ops.nearest_rows(scores->be, &out, &operands, scores->scratch);
    }
}

void kmeans_scores_chunk(const kmeans_scores *scores, const kmeans_rows *rows, int64_t index, int worker, float *out)
{
    backend be = backend_worker(scores->be);
    const int64_t centroids = scores->groups * scores->shape.K, count = kmeans_rows_chunk(rows, index).count;
    const tensor x = backend_rows(&be, rows->x, index * KMEANS_CHUNK, KMEANS_CHUNK);
    for (int64_t i = 0, first = 0; i < scores->count; first += scores->weights[i++].rows) {
        const tensor W = scores->weights[i];
        tensor y = backend_rows(&be, scores->y, worker * (int64_t)KMEANS_CHUNK, KMEANS_CHUNK);
        y.cols = W.rows;
        be.ops.linear(&be, y, x, W, columns(&be, scores->b, first, W.rows));
        if (W.rows == centroids)
            be.ops.copy_out(&be, HOST_F32, out, backend_rows(&be, y, 0, count));
        else
            for (int64_t r = 0; r < count; r++)
                be.ops.copy_out(&be, HOST_F32, out + r * centroids + first, backend_rows(&be, y, r, 1));
    }
}
