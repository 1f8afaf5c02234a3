#include "soft_labels.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "bounds.h"
#include "error.h"

cludi_status soft_labels_init(soft_labels *s, const cludi_allocator *allocator, int64_t rows, int32_t clusters,
                              cludi_error *error)
{
    *s = (soft_labels){
        .allocator = allocator, .rows = rows, .clusters = clusters, .width = (int32_t)min_int(clusters, SOFT_WIDTH)};
    const int64_t count = rows * s->width;
    s->cluster = alloc_array(allocator, count, sizeof *s->cluster);
    s->own = alloc_array(allocator, count, sizeof *s->own);
    s->near = alloc_array(allocator, count, sizeof *s->near);
    s->probability = alloc_array(allocator, count, sizeof *s->probability);
    return s->cluster && s->own && s->near && s->probability ? CLUDI_OK : error_memory(error, "soft labels");
}

void soft_labels_clear(soft_labels *s)
{
    if (!s->allocator)
        return;
    alloc_free(s->allocator, s->cluster);
    alloc_free(s->allocator, s->own);
    alloc_free(s->allocator, s->near);
    alloc_free(s->allocator, s->probability);
    *s = (soft_labels){0};
}

/* ---- which clusters ---- */

static void put(soft_labels *s, int64_t at, int32_t k, const float *own, const float *near)
{
    s->cluster[at] = k;
    s->own[at] = own[k];
    s->near[at] = near[k];
}

static int32_t lowest(const float *sum, int32_t count)
{
    int32_t low = 0;
    for (int32_t j = 1; j < count; j++)
        low = sum[j] < sum[low] ? j : low;
    return low;
}

void soft_labels_begin(soft_labels *s, const int32_t *labels)
{
    for (int64_t i = 0; i < s->rows; i++)
        for (int32_t j = 0; j < s->width; j++) {
            const int64_t at = i * s->width + j;
            s->cluster[at] = s->width == s->clusters ? j : j == 0 ? labels[i] : (labels[i] + j) % s->clusters;
            s->probability[at] = s->cluster[at] == labels[i];
        }
}

void soft_labels_keep(soft_labels *s, int64_t i, const float *own, const float *near)
{
    const int64_t first = i * s->width;
    float sum[SOFT_WIDTH];
    for (int32_t k = 0; k < s->width; k++) {
        put(s, first + k, k, own, near);
        sum[k] = own[k] + near[k];
    }
    int32_t low = lowest(sum, s->width);
    for (int32_t k = s->width; k < s->clusters; k++)
        if (own[k] + near[k] > sum[low]) {
            put(s, first + low, k, own, near);
            sum[low] = own[k] + near[k];
            low = lowest(sum, s->width);
        }
}

/* ---- probabilities ---- */

typedef struct normalize_work {
    soft_labels *labels;
    const soft_mix *mix;
    double *means; /* (SOFT_TASKS, K) sums of each task; NULL: not wanted */
} normalize_work;

static void normalize_row(soft_labels *s, const soft_mix *mix, int64_t i)
{
    const int64_t first = i * s->width;
    float *p = s->probability + first, high = -INFINITY, sum = 0;
    for (int32_t j = 0; j < s->width; j++) {
        p[j] = mix->own * s->own[first + j] + mix->near * s->near[first + j] + mix->bias[s->cluster[first + j]];
        high = p[j] > high ? p[j] : high;
    }
    for (int32_t j = 0; j < s->width; j++)
        sum += p[j] = expf(p[j] - high);
    for (int32_t j = 0; j < s->width; j++)
        p[j] /= sum;
}

static void normalize_part(void *self, int worker, int64_t task)
{
    const normalize_work *work = self;
    soft_labels *s = work->labels;
    (void)worker;
    double *mean = work->means ? work->means + task * s->clusters : NULL;
    if (mean)
        memset(mean, 0, (size_t)s->clusters * sizeof *mean);
    for (int64_t i = task * s->rows / SOFT_TASKS; i < (task + 1) * s->rows / SOFT_TASKS; i++) {
        normalize_row(s, work->mix, i);
        for (int32_t j = 0; mean && j < s->width; j++)
            mean[s->cluster[i * s->width + j]] += (double)s->probability[i * s->width + j];
    }
}

void soft_labels_normalize(soft_labels *s, const backend *be, const soft_mix *mix)
{
    normalize_work work = {s, mix, NULL};
    host_each(be, SOFT_TASKS, normalize_part, &work);
}

void soft_labels_balance(soft_labels *s, const backend *be, float own, float near, const double *share, float *bias,
                         double *room)
{
    enum { ROUNDS = 10, LARGEST = 3 };
    const soft_mix mix = {own, near, bias};
    normalize_work work = {s, &mix, room};
    memset(bias, 0, (size_t)s->clusters * sizeof *bias);
    for (int round = 0; round < ROUNDS; round++) {
        host_each(be, SOFT_TASKS, normalize_part, &work);
        for (int32_t k = 0; k < s->clusters; k++) {
            double mean = 0;
            for (int64_t task = 0; task < SOFT_TASKS; task++)
                mean += room[task * s->clusters + k];
            mean = fmax(mean / (double)s->rows, 1e-12);
            bias[k] += (float)clamp_real(-LARGEST, log(share[k] / mean), LARGEST);
        }
    }
}

void soft_labels_best(const soft_labels *s, int32_t *labels)
{
    for (int64_t i = 0; i < s->rows; i++)
        labels[i] = s->cluster[i * s->width + argmax_float(s->probability + i * s->width, s->width)];
}
