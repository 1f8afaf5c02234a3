#include "discriminant.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "bounds.h"
#include "cholesky.h"
#include "error.h"
#include "kernel_features.h"
#include "scale_fit.h"
#include "soft_labels.h"

enum { ROUNDS = 8, NEIGHBORS = 10, SCALE_ROWS = 2000, TASK_ROWS = 64, SUM_ROWS = 1024, SUM_COLS = 32, TENSORS = 10 };
static const double LAMBDA = 0.4, EPSILON = 1e-3, EVEN = 0.05;

typedef struct fit {
    const discriminant_args *args;
    backend *be;
    int64_t M, m;
    int32_t K, neighbors;
    kernel_features features;
    tensor f, u;           /* (M, m) features less their mean, whitened unit rows */
    tensor whiten;         /* (m, m) L^-1 */
    tensor scatter;        /* (m, m) on its way */
    tensor shift, offset;  /* (1, m) less the mean; in whitened coordinates */
    tensor means;          /* (K, m) */
    tensor prototype;      /* (K, m) */
    tensor cosine, tile;   /* (SCALE_ROWS, K), (workers * TASK_ROWS, K) */
    double *gram, *within; /* (m, m) */
    double *sums, *size;   /* (K, m), (K): of features or unit rows, and of memberships, by cluster */
    double *share, *room;  /* (K), (SOFT_TASKS, K) */
    double *loss;          /* (SCALE_ROWS) */
    float *block;          /* (SUM_ROWS, m) */
    float *cosines;        /* (max(SCALE_ROWS, workers * TASK_ROWS), K) */
    float *target;         /* (SCALE_ROWS, K) */
    float *near;           /* (workers, K) */
    float *bias;           /* (K) */
    int32_t *start;        /* (M) */
    int32_t *labels;       /* (M) of the last soft labels */
    soft_labels now, next;
    double alpha, scale;
    int64_t first; /* of the block that is summed */
    int64_t count;
} fit;

/* ---- memory ---- */

static tensor take(backend *be, int64_t rows, int64_t cols)
{
    tensor x = {.rows = rows, .cols = cols};
    x.data = be->ops.allocate(be, backend_bytes(be, x));
    return x;
}

static bool take_tensors(fit *t)
{
    backend *be = t->be;
    const int64_t height = backend_workers(be) * (int64_t)TASK_ROWS, scored = min_int(t->M, SCALE_ROWS);
    t->f = take(be, t->M, t->m);
    t->u = take(be, t->M, t->m);
    t->whiten = take(be, t->m, t->m);
    t->scatter = take(be, t->m, t->m);
    t->shift = take(be, 1, t->m);
    t->offset = take(be, 1, t->m);
    t->means = take(be, t->K, t->m);
    t->prototype = take(be, t->K, t->m);
    t->cosine = take(be, scored, t->K);
    t->tile = take(be, height, t->K);
    return t->f.data && t->u.data && t->whiten.data && t->scatter.data && t->shift.data && t->offset.data &&
           t->means.data && t->prototype.data && t->cosine.data && t->tile.data;
}

static bool take_arrays(fit *t)
{
    const cludi_allocator *allocator = &t->be->allocator;
    const int64_t height = max_int(backend_workers(t->be) * (int64_t)TASK_ROWS, t->cosine.rows);
    t->gram = alloc_array(allocator, t->m * t->m, sizeof *t->gram);
    t->within = alloc_array(allocator, t->m * t->m, sizeof *t->within);
    t->sums = alloc_array(allocator, t->K * t->m, sizeof *t->sums);
    t->size = alloc_array(allocator, t->K, sizeof *t->size);
    t->share = alloc_array(allocator, t->K, sizeof *t->share);
    t->room = alloc_array(allocator, SOFT_TASKS * (int64_t)t->K, sizeof *t->room);
    t->loss = alloc_array(allocator, t->cosine.rows, sizeof *t->loss);
    t->block = alloc_array(allocator, SUM_ROWS * t->m, sizeof *t->block);
    t->cosines = alloc_array(allocator, height * t->K, sizeof *t->cosines);
    t->target = alloc_array(allocator, t->cosine.rows * t->K, sizeof *t->target);
    t->near = alloc_array(allocator, backend_workers(t->be) * (int64_t)t->K, sizeof *t->near);
    t->bias = alloc_zeroed(allocator, t->K, sizeof *t->bias);
    t->labels = alloc_array(allocator, t->M, sizeof *t->labels);
    t->start = alloc_array(allocator, t->M, sizeof *t->start);
    return t->gram && t->within && t->sums && t->size && t->share && t->room && t->loss && t->block && t->cosines &&
           t->target && t->near && t->bias && t->labels && t->start;
}

static cludi_status allocate(fit *t, cludi_error *error)
{
    const discriminant_args *a = t->args;
    t->be = a->be;
    t->M = a->X->rows;
    t->K = a->clusters;
    t->neighbors = (int32_t)min_int(a->graph->degree, NEIGHBORS);
    TRY(kernel_features_init(&t->features, t->be, a->X, a->graph, error));
    t->m = t->features.count;
    if (!take_tensors(t) || !take_arrays(t))
        return error_memory(error, "the discriminant");
    TRY(soft_labels_init(&t->now, &t->be->allocator, t->M, t->K, error));
    return soft_labels_init(&t->next, &t->be->allocator, t->M, t->K, error);
}

static void release(fit *t)
{
    backend *be = t->be;
    const cludi_allocator *allocator = &be->allocator;
    void *const tensors[TENSORS] = {t->f.data,      t->u.data,     t->whiten.data,    t->scatter.data, t->shift.data,
                                    t->offset.data, t->means.data, t->prototype.data, t->cosine.data,  t->tile.data};
    void *const arrays[] = {t->gram,  t->within,  t->sums,   t->size, t->share, t->room,   t->loss,
                            t->block, t->cosines, t->target, t->near, t->bias,  t->labels, t->start};
    for (size_t i = 0; i < TENSORS; i++)
        be->ops.release(be, tensors[i]);
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        alloc_free(allocator, arrays[i]);
    kernel_features_clear(&t->features);
    soft_labels_clear(&t->now);
    soft_labels_clear(&t->next);
}

/* ---- features and start ---- */

static cludi_status make_features(fit *t, cludi_error *error)
{
    backend *be = t->be;
    TRY(kernel_features_make(&t->features, t->args->X, t->f, error));
    be->ops.column_sum(be, t->shift, t->f, t->M);
    be->ops.scale(be, t->shift, t->shift, -1.0 / (double)t->M);
    be->ops.add_repeated(be, t->f, t->shift);
    be->ops.linear_dw(be, t->scatter, (tensor){0}, t->f, t->f);
    TRY(backend_finish(be, error));
    be->ops.copy_out(be, HOST_F64, t->gram, t->scatter);
    return CLUDI_OK;
}

static void count_labels(fit *t)
{
    memset(t->size, 0, (size_t)t->K * sizeof *t->size);
    for (int64_t i = 0; i < t->M; i++)
        t->size[t->labels[i]]++;
}

/* R6: shares of the start, drawn towards 1 / K where they are nearly that. */
static void expect_sizes(fit *t)
{
    double divergence = 0, sum = 0;
    memcpy(t->labels, t->start, (size_t)t->M * sizeof *t->labels);
    count_labels(t);
    for (int32_t k = 0; k < t->K; k++) {
        t->share[k] = fmax(t->size[k] / (double)t->M, 1e-9);
        divergence += t->share[k] * log(t->share[k] * t->K);
    }
    t->alpha = divergence * divergence / (divergence * divergence + EVEN * EVEN);
    for (int32_t k = 0; k < t->K; k++)
        sum += t->share[k] = pow(t->share[k], t->alpha);
    for (int32_t k = 0; k < t->K; k++)
        t->share[k] /= sum;
}

/* Certain of the start. */
static void begin_labels(fit *t)
{
    soft_labels *s = &t->now;
    const int32_t *start = t->start;
    for (int64_t i = 0; i < t->M; i++)
        for (int32_t j = 0; j < s->width; j++) {
            const int64_t at = i * s->width + j;
            s->cluster[at] = s->width == t->K ? j : j == 0 ? start[i] : (start[i] + j) % t->K;
            s->probability[at] = s->cluster[at] == start[i];
        }
}

/* ---- a round ---- */

static void sum_part(void *self, int worker, int64_t task)
{
    fit *t = self;
    const soft_labels *q = &t->now;
    const int64_t from = task * SUM_COLS, to = min_int(from + SUM_COLS, t->m);
    (void)worker;
    for (int64_t i = 0; i < t->count; i++)
        for (int32_t j = 0; j < q->width; j++) {
            const double p = (double)q->probability[(t->first + i) * q->width + j];
            double *sum = t->sums + q->cluster[(t->first + i) * q->width + j] * t->m;
            if (p < 1e-7)
                continue;
            for (int64_t c = from; c < to; c++)
                sum[c] += p * (double)t->block[i * t->m + c];
        }
}

/* sums_k = sum_i q_ik x_i; size_k = sum_i q_ik. */
static cludi_status sum_by_cluster(fit *t, tensor x, cludi_error *error)
{
    const soft_labels *q = &t->now;
    memset(t->sums, 0, (size_t)(t->K * t->m) * sizeof *t->sums);
    memset(t->size, 0, (size_t)t->K * sizeof *t->size);
    for (int64_t at = 0; at < t->M * q->width; at++)
        t->size[q->cluster[at]] += (double)q->probability[at];
    TRY(backend_finish(t->be, error));
    for (t->first = 0; t->first < t->M; t->first += SUM_ROWS) {
        t->count = min_int(SUM_ROWS, t->M - t->first);
        t->be->ops.copy_out(t->be, HOST_F32, t->block, backend_rows(t->be, x, t->first, t->count));
        host_each(t->be, (t->m + SUM_COLS - 1) / SUM_COLS, sum_part, t);
    }
    return CLUDI_OK;
}

/* The scatter within clusters, shrunk, and the inverse of its factor. */
static cludi_status find_whitening(fit *t, cludi_error *error)
{
    backend *be = t->be;
    double diagonal = 0;
    TRY(sum_by_cluster(t, t->f, error));
    for (int32_t k = 0; k < t->K; k++)
        for (int64_t c = 0; c < t->m; c++)
            t->sums[k * t->m + c] /= sqrt(fmax(t->size[k], 1e-6));
    be->ops.copy_in(be, t->means, HOST_F64, t->sums);
    be->ops.linear_dw(be, t->scatter, (tensor){0}, t->means, t->means);
    TRY(backend_finish(be, error));
    be->ops.copy_out(be, HOST_F64, t->within, t->scatter);
    for (int64_t i = 0; i < t->m * t->m; i++)
        t->within[i] = (t->gram[i] - t->within[i]) / (double)t->M;
    for (int64_t i = 0; i < t->m; i++)
        diagonal += t->within[i * t->m + i] / (double)t->m;
    for (int64_t i = 0; i < t->m * t->m; i++)
        t->within[i] *= 1 - LAMBDA;
    for (int64_t i = 0; i < t->m; i++)
        t->within[i * t->m + i] += LAMBDA * diagonal + 1e-9;
    if (!cholesky_inverse(t->within, t->m))
        return error_set(error, CLUDI_ERROR_DIVERGED, "The scatter within the clusters has no factor.");
    be->ops.copy_in(be, t->whiten, HOST_F64, t->within);
    return CLUDI_OK;
}

static cludi_status find_prototypes(fit *t, cludi_error *error)
{
    backend *be = t->be;
    be->ops.linear(be, t->u, t->f, t->whiten, (tensor){0});
    be->ops.unit_rows(be, t->u, t->u, 1);
    TRY(sum_by_cluster(t, t->u, error));
    be->ops.copy_in(be, t->prototype, HOST_F64, t->sums);
    be->ops.unit_rows(be, t->prototype, t->prototype, 1);
    return CLUDI_OK;
}

/* out (K) = mean of the soft labels of the row's neighbors. */
static void average_neighbors(const fit *t, int64_t i, float *out)
{
    const neighbor_graph *graph = t->args->graph;
    const soft_labels *q = &t->now;
    memset(out, 0, (size_t)t->K * sizeof *out);
    for (int32_t n = 0; n < t->neighbors; n++) {
        const int64_t first = (int64_t)graph->neighbor[i * graph->degree + n] * q->width;
        for (int32_t j = 0; j < q->width; j++)
            out[q->cluster[first + j]] += q->probability[first + j] / (float)t->neighbors;
    }
}

static void target_part(void *self, int worker, int64_t task)
{
    fit *t = self;
    (void)worker;
    for (int64_t i = task * TASK_ROWS; i < (task + 1) * TASK_ROWS && i < t->cosine.rows; i++)
        average_neighbors(t, i, t->target + i * t->K);
}

static cludi_status find_scale(fit *t, cludi_error *error)
{
    backend *be = t->be;
    const int64_t rows = t->cosine.rows;
    be->ops.linear(be, t->cosine, backend_rows(be, t->u, 0, rows), t->prototype, (tensor){0});
    TRY(backend_finish(be, error));
    be->ops.copy_out(be, HOST_F32, t->cosines, t->cosine);
    host_each(be, (rows + TASK_ROWS - 1) / TASK_ROWS, target_part, t);
    const scale_problem problem = {be, rows, t->K, t->cosines, t->target, t->loss};
    t->scale = scale_fit(&problem);
    return CLUDI_OK;
}

static void score_part(void *self, int worker, int64_t task)
{
    fit *t = self;
    backend be = backend_worker(t->be);
    const int64_t first = task * TASK_ROWS, count = min_int(TASK_ROWS, t->M - first);
    const int64_t place = worker * (int64_t)TASK_ROWS;
    const tensor tile = backend_rows(&be, t->tile, place, count);
    float *own = t->cosines + place * t->K, *near = t->near + worker * (int64_t)t->K;
    const float none = (float)log(EPSILON);
    be.ops.linear(&be, tile, backend_rows(&be, t->u, first, count), t->prototype, (tensor){0});
    be.ops.copy_out(&be, HOST_F32, own, tile);
    for (int64_t i = 0; i < count; i++, own += t->K) {
        average_neighbors(t, first + i, near);
        for (int32_t k = 0; k < t->K; k++) {
            own[k] *= (float)t->scale;
            near[k] = near[k] > 0 ? logf(near[k] + (float)EPSILON) : none;
        }
        soft_labels_keep(&t->next, first + i, own, near);
    }
}

static cludi_status score_rows(fit *t, cludi_error *error)
{
    TRY(find_whitening(t, error));
    TRY(find_prototypes(t, error));
    TRY(find_scale(t, error));
    t->be->ops.for_each(t->be, (t->M + TASK_ROWS - 1) / TASK_ROWS, score_part, t);
    return backend_finish(t->be, error);
}

/* Probabilities of `next` from these parts of its scores. */
static void balance(fit *t, float own, float near)
{
    const soft_mix mix = {own, near, t->bias};
    soft_labels_balance(&t->next, t->be, own, near, t->share, t->bias, t->room);
    for (int32_t k = 0; k < t->K; k++)
        t->bias[k] *= (float)(1 - t->alpha);
    soft_labels_normalize(&t->next, t->be, &mix);
}

/* Row i of `next` is in its cluster of the start, as surely as it was in another. */
static void restore_row(fit *t, int64_t i)
{
    soft_labels *s = &t->next;
    int32_t *cluster = s->cluster + i * s->width;
    float *probability = s->probability + i * s->width;
    int32_t best = argmax_float(probability, s->width), least = 0, place = -1;
    for (int32_t j = 0; j < s->width; j++) {
        place = cluster[j] == t->start[i] ? j : place;
        least = probability[j] < probability[least] ? j : least;
    }
    place = place < 0 ? least : place;
    const float most = probability[best];
    probability[best] = probability[place];
    probability[place] = most;
    cluster[place] = t->labels[i] = t->start[i];
}

/* Labels of `next`. A cluster that would lose all its rows takes back those of the start, from whomever; so may in turn who lost them. */
static void take_labels(fit *t)
{
    bool lost = true;
    soft_labels_best(&t->next, t->labels);
    while (lost) {
        lost = false;
        count_labels(t);
        for (int64_t i = 0; i < t->M; i++)
            if (t->size[t->start[i]] == 0) {
                restore_row(t, i);
                lost = true;
            }
    }
}

static void swap_labels(fit *t)
{
    const soft_labels other = t->now;
    t->now = t->next;
    t->next = other;
}

static cludi_status take_rounds(fit *t, cludi_error *error)
{
    TRY(score_rows(t, error));
    for (int round = 1; round < ROUNDS; round++) {
        balance(t, 1, 1);
        take_labels(t);
        swap_labels(t);
        TRY(score_rows(t, error));
    }
    return CLUDI_OK;
}

/* ---- what is left ---- */

static void copy_out(const fit *t, float **to, tensor from)
{
    t->be->ops.copy_out(t->be, HOST_F32, *to, from);
    *to += from.rows * from.cols;
}

/* In the order of discriminant_bind(). */
static cludi_status fill(fit *t, float *values, cludi_error *error)
{
    backend *be = t->be;
    balance(t, 1, 0);
    be->ops.linear_dx(be, t->scatter, t->whiten, t->features.unmix);
    be->ops.linear(be, t->offset, t->shift, t->whiten, (tensor){0});
    be->ops.scale(be, t->offset, t->offset, -1);
    be->ops.scale(be, t->prototype, t->prototype, t->scale);
    TRY(backend_finish(be, error));
    copy_out(t, &values, t->features.landmark);
    copy_out(t, &values, t->scatter);
    copy_out(t, &values, t->offset);
    copy_out(t, &values, t->prototype);
    memcpy(values, t->bias, (size_t)t->K * sizeof *values);
    values[t->K] = (float)t->features.width;
    return CLUDI_OK;
}

/* The most probable clusters of row i, by partial selection; of equal ones the first. */
static void keep_best(soft_labels *s, int64_t i, const fitted_labels *out)
{
    float *probability = s->probability + i * s->width;
    for (int32_t j = 0; j < out->kept; j++) {
        const int32_t best = argmax_float(probability, s->width);
        out->cluster[i * out->kept + j] = s->cluster[i * s->width + best];
        out->probability[i * out->kept + j] = probability[best];
        probability[best] = -1;
    }
}

static void hand_over(fit *t, const fitted_labels *out)
{
    balance(t, 0.5F, 0.5F);
    take_labels(t);
    for (int64_t i = 0; i < t->M; i++)
        keep_best(&t->next, i, out);
}

static cludi_status run(fit *t, const int32_t *start, const fitted_labels *fitted, float *values, cludi_error *error)
{
    TRY(allocate(t, error));
    TRY(make_features(t, error));
    memcpy(t->start, start, (size_t)t->M * sizeof *start);
    expect_sizes(t);
    begin_labels(t);
    TRY(take_rounds(t, error));
    TRY(fill(t, values, error));
    hand_over(t, fitted);
    return CLUDI_OK;
}

cludi_status discriminant_fit(const discriminant_args *args, const int32_t *start, const fitted_labels *fitted,
                              float *values, cludi_error *error)
{
    fit t = {.args = args, .be = args->be};
    const cludi_status status = run(&t, start, fitted, values, error);
    release(&t);
    return status;
}

int64_t discriminant_landmarks(int64_t rows)
{
    return min_int(rows, KERNEL_LANDMARKS);
}

discriminant discriminant_bind(const float *values, int64_t cols, int64_t landmarks, int32_t clusters)
{
    discriminant d = {.cols = cols, .landmarks = landmarks, .clusters = clusters, .landmark = values};
    d.map = d.landmark + landmarks * cols;
    d.offset = d.map + landmarks * landmarks;
    d.prototype = d.offset + landmarks;
    d.bias = d.prototype + clusters * landmarks;
    d.width = d.bias + clusters;
    return d;
}
