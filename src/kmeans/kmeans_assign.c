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
    int64_t *first; /* (workers) the first row that overflowed, of those that a worker had; INT64_MAX without */
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
}

/* |x - c|^2 = |x|^2 - 2 score, so |x|^2 cancels: softmax over k of score / variance. */
static void set_probabilities(const assigning *w, int64_t row, const float *scores, int32_t best)
{
    const int64_t K = w->centroids->rows;
    const double factor = 1 / (w->rows.scale * w->rows.scale * w->out->variance);
    float *p = w->out->probabilities + row * K;
    double sum = 0;
    for (int64_t k = 0; k < K; k++) {
        p[k] = float_exp((float)(factor * ((double)scores[k] - (double)scores[best])));
        sum += (double)p[k];
    }
    for (int64_t k = 0; k < K; k++)
        p[k] = (float)((double)p[k] / sum);
}

static bool are_finite(const float *scores, int64_t K)
{
    float sum = 0;
    for (int64_t k = 0; k < K; k++)
        sum += 0 * scores[k];
    return sum == 0;
}

static void assign_chunk(void *self, int worker, int64_t index)
{
    const assigning *w = self;
    const int64_t K = w->centroids->rows, n = w->centroids->cols;
    const kmeans_chunk chunk = kmeans_rows_chunk(&w->rows, index);
    const float *scores = kmeans_scores_chunk(&w->scores, &w->rows, index, worker, 0, K);
    for (int64_t r = 0; r < chunk.count; r++) {
        const int32_t k = kmeans_scores_best(scores + r * K, K);
        const float *row = w->rows.numbers + (chunk.start + r) * n;
        if (!are_finite(scores + r * K, K) && chunk.first + r < w->first[worker])
            w->first[worker] = chunk.first + r;
        if (w->out->labels)
            w->out->labels[chunk.first + r] = k;
        if (w->out->squared)
            w->out->squared[chunk.first + r] = kmeans_distance(row, centroid_of(w, k), n);
        if (w->out->probabilities)
            set_probabilities(w, chunk.first + r, scores + r * K, k);
    }
}

static void tell_overflow(const assigning *w)
{
    int64_t first = INT64_MAX;
    for (int i = 0; i < backend_workers(w->rows.be); i++)
        first = w->first[i] < first ? w->first[i] : first;
    if (w->out->overflowed)
        *w->out->overflowed = first < INT64_MAX ? first : -1;
}

static cludi_status assign_all(assigning *w, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    const int64_t K = w->centroids->rows;
    for (int i = 0; i < backend_workers(w->rows.be); i++)
        w->first[i] = INT64_MAX;
    set_space(w);
    for (int64_t first = 0; status == CLUDI_OK && first < w->rows.X->rows; first += w->rows.capacity) {
        status = kmeans_rows_load(&w->rows, first, error);
        if (status == CLUDI_OK) {
            kmeans_rows_each_chunk(&w->rows, K, assign_chunk, w);
            status = backend_finish(w->rows.be, error);
        }
    }
    tell_overflow(w);
    return status;
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
    const kmeans_shape shape = {centroids->rows, centroids->cols, centroids->rows};
    status = kmeans_rows_init(&w.rows, be, X, error);
    if (status == CLUDI_OK)
        status = kmeans_scores_init(&w.scores, be, shape, error);
    if (status == CLUDI_OK) {
        w.entered = alloc_array(&be->allocator, centroids->rows, (size_t)centroids->cols * sizeof *w.entered);
        w.first = alloc_array(&be->allocator, backend_workers(be), sizeof *w.first);
        status = w.entered && w.first ? assign_all(&w, error) : error_memory(error, "the centroids of k-means");
    }
    alloc_free(&be->allocator, w.first);
    alloc_free(&be->allocator, w.entered);
    kmeans_scores_clear(&w.scores);
    kmeans_rows_clear(&w.rows);
    return status;
}

cludi_status kmeans_assign(backend *be, const cludi_matrix *centroids, const cludi_source *X, int32_t *labels,
                           double *squared, cludi_error *error)
{
    return kmeans_answer(be, centroids, X, &(kmeans_answers){.labels = labels, .squared = squared}, error);
}
