#include <math.h>

#include "alloc.h"
#include "error.h"
#include "float_math.h"
#include "kmeans.h"
#include "kmeans_rows.h"
#include "kmeans_scores.h"
#include "rows.h"

typedef struct assigning {
    const cludi_matrix *centroids;
    kmeans_rows rows;
    kmeans_scores scores;
    float *entered; /* (K, n) the centroids as the rows are: less their mean and scaled */
    int64_t *first; /* (threads) the first row that overflowed, of those that a worker had; INT64_MAX without */
    int32_t *label; /* (capacity) of the loaded block, and scores; without probabilities */
    float *score;
    const kmeans_answers *out;
} assigning;

static const float *centroid_of(const assigning *w, int64_t k)
{
    return w->centroids->data + k * w->centroids->stride;
}

/* The centroids' mean and their distance from it take the place of the data's, so that rows do not depend on others. */
static void set_space(assigning *w)
{
    const int64_t K = w->centroids->rows, n = w->centroids->cols;
    double most = 0;
    int exponent = 0;
    for (int64_t j = 0; j < n; j++) {
        for (int64_t k = 0; k < K; k++)
            w->rows.mean[j] += (double)centroid_of(w, k)[j];
        w->rows.mean[j] /= (double)K;
        for (int64_t k = 0; k < K; k++)
            most = fmax(most, fabs((double)centroid_of(w, k)[j] - w->rows.mean[j]));
    }
    if (most > 0)
        (void)frexp(most, &exponent);
    w->rows.scale = ldexp(1, -exponent);
    for (int64_t k = 0; k < K; k++)
        kmeans_rows_enter(&w->rows, centroid_of(w, k), w->entered + k * n);
    kmeans_scores_set(&w->scores, 0, K, w->entered);
    kmeans_scores_pack(&w->scores, 1);
}

/* Scores to probabilities; |x - c|^2 = |x|^2 - 2 score, so |x|^2 cancels: softmax over k of score / variance. */
static void set_probabilities(const assigning *w, float *p, int32_t best)
{
    const int64_t K = w->centroids->rows;
    const double factor = 1 / (w->rows.scale * w->rows.scale * w->out->variance), most = (double)p[best];
    double sum = 0;
    for (int64_t k = 0; k < K; k++) {
        p[k] = float_exp((float)(factor * ((double)p[k] - most)));
        sum += (double)p[k];
    }
    for (int64_t k = 0; k < K; k++)
        p[k] = (float)((double)p[k] / sum);
}

/* The highest of K scores, the first of several; -1 where one is not finite. */
static int32_t best_score(const float *scores, int64_t K)
{
    int32_t best = 0;
    float overflow = 0;
    for (int32_t k = 0; k < K; k++) {
        best = scores[k] > scores[best] ? k : best;
        overflow += 0 * scores[k];
    }
    return overflow == 0 ? best : -1;
}

static void set_answer(const assigning *w, int worker, int64_t r, int32_t label)
{
    const int64_t row = w->rows.first + r, n = w->centroids->cols;
    const int32_t k = label < 0 ? 0 : label;
    if (label < 0 && row < w->first[worker])
        w->first[worker] = row;
    if (w->out->labels)
        w->out->labels[row] = k;
    if (w->out->squared)
        w->out->squared[row] = kmeans_distance(w->rows.numbers + r * n, centroid_of(w, k), n);
}

static void assign_chunk(void *self, int worker, int64_t index)
{
    const assigning *w = self;
    const kmeans_chunk chunk = kmeans_rows_chunk(&w->rows, index);
    for (int64_t r = chunk.start; r < chunk.start + chunk.count; r++)
        set_answer(w, worker, r, isnan(w->score[r]) ? -1 : w->label[r]);
}

/* The scores are where the probabilities will be. */
static void weigh_chunk(void *self, int worker, int64_t index)
{
    const assigning *w = self;
    const int64_t K = w->centroids->rows;
    const kmeans_chunk chunk = kmeans_rows_chunk(&w->rows, index);
    float *p = w->out->probabilities + chunk.first * K;
    kmeans_scores_chunk(&w->scores, &w->rows, index, worker, p);
    for (int64_t r = 0; r < chunk.count; r++) {
        const int32_t best = best_score(p + r * K, K);
        set_answer(w, worker, chunk.start + r, best);
        set_probabilities(w, p + r * K, best < 0 ? 0 : best);
    }
}

/* The loaded block. */
static cludi_status assign_block(assigning *w, cludi_error *error)
{
    if (w->out->probabilities) {
        kmeans_rows_each_chunk(&w->rows, w->centroids->rows, weigh_chunk, w);
        return backend_finish(w->rows.be, error);
    }
    kmeans_scores_nearest(&w->scores, &w->rows, w->label, w->score);
    TRY(backend_finish(w->rows.be, error));
    kmeans_rows_each_host_chunk(&w->rows, w->rows.X->cols, assign_chunk, w);
    return backend_finish(w->rows.be, error);
}

static void tell_overflow(const assigning *w)
{
    int64_t first = INT64_MAX;
    for (int i = 0; i < w->rows.be->threads; i++)
        first = w->first[i] < first ? w->first[i] : first;
    if (w->out->overflowed)
        *w->out->overflowed = first < INT64_MAX ? first : -1;
}

static cludi_status assign_all(assigning *w, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    for (int i = 0; i < w->rows.be->threads; i++)
        w->first[i] = INT64_MAX;
    set_space(w);
    for (int64_t first = 0; status == CLUDI_OK && first < w->rows.X->rows; first += w->rows.capacity) {
        status = kmeans_rows_load(&w->rows, first, error);
        if (status == CLUDI_OK)
            status = assign_block(w, error);
    }
    tell_overflow(w);
    return status;
}

static cludi_status open_work(assigning *w, backend *be, const cludi_source *X, cludi_error *error)
{
    const kmeans_shape shape = {1, w->centroids->rows, w->centroids->cols};
    cludi_status status = kmeans_rows_init(&w->rows, be, X, error);
    if (status == CLUDI_OK)
        status = kmeans_scores_init(&w->scores, be, shape, w->out->probabilities, error);
    if (status != CLUDI_OK)
        return status;
    w->entered = alloc_array(&be->allocator, shape.K, (size_t)shape.n * sizeof *w->entered);
    w->first = alloc_array(&be->allocator, be->threads, sizeof *w->first);
    w->label = alloc_array(&be->allocator, w->rows.capacity, sizeof *w->label);
    w->score = alloc_array(&be->allocator, w->rows.capacity, sizeof *w->score);
    const bool ok = w->entered && w->first && w->label && w->score;
    return ok ? CLUDI_OK : error_memory(error, "the centroids of k-means");
}

static void close_work(assigning *w)
{
    const cludi_allocator *allocator = &w->rows.be->allocator;
    alloc_free(allocator, w->score);
    alloc_free(allocator, w->label);
    alloc_free(allocator, w->first);
    alloc_free(allocator, w->entered);
    kmeans_scores_clear(&w->scores);
    kmeans_rows_clear(&w->rows);
}

cludi_status kmeans_answer(backend *be, const cludi_matrix *centroids, const cludi_source *X, const kmeans_answers *out,
                           cludi_error *error)
{
    assigning w = {.centroids = centroids, .out = out};
    cludi_status status = rows_check_source(X, 0, error);
    if (status == CLUDI_OK)
        status = rows_check(centroids, 1, error);
    if (status == CLUDI_OK && centroids->cols != X->cols)
        status = error_set(error, CLUDI_ERROR_ARGUMENT, "X has %lld columns; the centroids have %lld.",
                           (long long)X->cols, (long long)centroids->cols);
    if (out->overflowed)
        *out->overflowed = -1;
    if (status != CLUDI_OK || X->rows == 0)
        return status;
    status = open_work(&w, be, X, error);
    if (status == CLUDI_OK)
        status = assign_all(&w, error);
    close_work(&w);
    return status;
}

cludi_status kmeans_assign(backend *be, const cludi_matrix *centroids, const cludi_source *X, int32_t *labels,
                           double *squared, cludi_error *error)
{
    return kmeans_answer(be, centroids, X, &(kmeans_answers){.labels = labels, .squared = squared}, error);
}
