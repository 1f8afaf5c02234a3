#include "discriminant.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "bounds.h"
#include "error.h"
#include "kernel_choice.h"
#include "lda.h"
#include "scale_fit.h"
#include "soft_labels.h"

enum { ROUNDS = 8, SCALE_ROWS = 2000, TASK_ROWS = 64 };
static const double EPSILON = 1e-3;
static const float HAIR = 1e-4F;

/* How far the answers may go from the start. */
typedef struct rule {
    int32_t neighbors; /* the nearest, that are asked */
    double near;       /* weight of what they say */
    double even;       /* sizes of less divergence than about this are taken for even */
} rule;

/* Rows that were fitted stay near the start, which their neighbors found. What labels other rows knows no neighbors of theirs, and has to
   be smoother. */
static const rule FITTED = {7, 1.5, 0.02}, UNSEEN = {10, 1, 0.05};

typedef struct fit {
    const discriminant_args *args;
    backend *be;
    int64_t M, m;
    int32_t K, neighbors; /* in use */
    const rule *rule;     /* of the running rounds */
    kernel_features features;
    lda lda;
    tensor offset;        /* (1, m) in whitened coordinates */
    tensor cosine, tile;  /* (SCALE_ROWS, K), (workers * TASK_ROWS, K) */
    double *share, *room; /* (K), (SOFT_TASKS, K) */
    int64_t *size;        /* (K) */
    double *loss;         /* (SCALE_ROWS) */
    float *cosines;       /* (max(SCALE_ROWS, workers * TASK_ROWS), K) */
    float *target;        /* (SCALE_ROWS, K) */
    float *near;          /* (workers, K) */
    float *bias;          /* (K) */
    int32_t *labels;      /* (M) of the last soft labels */
    int32_t *chosen;      /* (M) of the rows that were fitted */
    const int32_t *start; /* (M) */
    int32_t done, rounds; /* of all */
    soft_labels now, next;
    double alpha, scale, shrinkage;
} fit;

/* ---- memory ---- */

static bool take_arrays(fit *t)
{
    backend *be = t->be;
    const cludi_allocator *allocator = &be->allocator;
    const int64_t workers = backend_workers(be), scored = min_int(t->M, SCALE_ROWS);
    t->offset = backend_take(be, 1, t->m);
    t->cosine = backend_take(be, scored, t->K);
    t->tile = backend_take(be, workers * TASK_ROWS, t->K);
    t->share = alloc_array(allocator, t->K, sizeof *t->share);
    t->room = alloc_array(allocator, SOFT_TASKS * (int64_t)t->K, sizeof *t->room);
    t->size = alloc_array(allocator, t->K, sizeof *t->size);
    t->loss = alloc_array(allocator, scored, sizeof *t->loss);
    t->cosines = alloc_array(allocator, max_int(workers * TASK_ROWS, scored) * t->K, sizeof *t->cosines);
    t->target = alloc_array(allocator, scored * t->K, sizeof *t->target);
    t->near = alloc_array(allocator, workers * t->K, sizeof *t->near);
    t->bias = alloc_zeroed(allocator, t->K, sizeof *t->bias);
    t->labels = alloc_array(allocator, t->M, sizeof *t->labels);
    t->chosen = alloc_array(allocator, t->M, sizeof *t->chosen);
    return t->offset.data && t->cosine.data && t->tile.data && t->share && t->room && t->size && t->loss &&
           t->cosines && t->target && t->near && t->bias && t->labels && t->chosen;
}

static cludi_status allocate(fit *t, cludi_error *error)
{
    const discriminant_args *a = t->args;
    t->M = a->X->rows;
    t->K = a->clusters;
    TRY(kernel_features_init(&t->features, t->be, a->X, a->graph, error));
    t->m = t->features.count;
    TRY(lda_init(&t->lda, t->be, t->M, t->m, t->K, error));
    if (!take_arrays(t))
        return error_memory(error, "the discriminant");
    TRY(soft_labels_init(&t->now, &t->be->allocator, t->M, t->K, error));
    return soft_labels_init(&t->next, &t->be->allocator, t->M, t->K, error);
}

static void release(fit *t)
{
    backend *be = t->be;
    void *const tensors[] = {t->offset.data, t->cosine.data, t->tile.data};
    void *const arrays[] = {t->share,  t->room, t->size, t->loss,   t->cosines,
                            t->target, t->near, t->bias, t->labels, t->chosen};
    for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++)
        be->ops.release(be, tensors[i]);
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        alloc_free(&be->allocator, arrays[i]);
    soft_labels_clear(&t->now);
    soft_labels_clear(&t->next);
    lda_clear(&t->lda);
    kernel_features_clear(&t->features);
}

/* ---- features and sizes ---- */

static cludi_status make_features(fit *t, cludi_error *error)
{
    const kernel_choice_args choice = {t->args->X, t->start, t->K};
    TRY(kernel_choice_set(&t->features, &choice, &t->shrinkage, error));
    TRY(kernel_features_make(&t->features, t->args->X, t->lda.f, error));
    t->lda.rank = t->features.rank;
    return lda_center(&t->lda, t->M, error);
}

static void count_labels(fit *t)
{
    memset(t->size, 0, (size_t)t->K * sizeof *t->size);
    for (int64_t i = 0; i < t->M; i++)
        t->size[t->labels[i]]++;
}

/* R6: shares of the start, drawn towards 1 / K where they are nearly that, but for what even sizes show by chance. */
static void expect_sizes(fit *t)
{
    double divergence = -(t->K - 1.0) / (2.0 * (double)t->M), sum = 0;
    memcpy(t->labels, t->start, (size_t)t->M * sizeof *t->labels);
    count_labels(t);
    for (int32_t k = 0; k < t->K; k++) {
        t->share[k] = fmax((double)t->size[k] / (double)t->M, 1e-9);
        divergence += t->share[k] * log(t->share[k] * t->K);
    }
    divergence = fmax(divergence, 0);
    t->alpha = divergence * divergence / (divergence * divergence + t->rule->even * t->rule->even);
    for (int32_t k = 0; k < t->K; k++)
        sum += t->share[k] = pow(t->share[k], t->alpha);
    for (int32_t k = 0; k < t->K; k++)
        t->share[k] /= sum;
}

/* ---- a round ---- */

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
    be->ops.linear(be, t->cosine, backend_rows(be, t->lda.u, 0, rows), t->lda.prototype, (tensor){0});
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
    const float weight = (float)t->rule->near, none = weight * (float)log(EPSILON);
    be.ops.linear(&be, tile, backend_rows(&be, t->lda.u, first, count), t->lda.prototype, (tensor){0});
    be.ops.copy_out(&be, HOST_F32, own, tile);
    for (int64_t i = 0; i < count; i++, own += t->K) {
        average_neighbors(t, first + i, near);
        for (int32_t k = 0; k < t->K; k++) {
            own[k] *= (float)t->scale;
            near[k] = near[k] > 0 ? weight * logf(near[k] + (float)EPSILON) : none;
        }
        soft_labels_keep(&t->next, first + i, own, near);
    }
}

static cludi_status score_rows(fit *t, cludi_error *error)
{
    TRY(lda_fit(&t->lda, &t->now, t->shrinkage, error));
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

/* Row i of `next` is in that cluster hardly more than in the one that was its most probable. */
static void put_row(fit *t, int64_t i, int32_t label)
{
    soft_labels *s = &t->next;
    int32_t *cluster = s->cluster + i * s->width;
    float *probability = s->probability + i * s->width;
    int32_t best = argmax_float(probability, s->width), least = 0, place = -1;
    for (int32_t j = 0; j < s->width; j++) {
        place = cluster[j] == label ? j : place;
        least = probability[j] < probability[least] ? j : least;
    }
    place = place < 0 ? least : place;
    const float most = probability[best] * (1 + HAIR), sum = 1 - probability[place] + most;
    probability[place] = most;
    for (int32_t j = 0; j < s->width; j++)
        probability[j] /= sum;
    cluster[place] = t->labels[i] = label;
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
                put_row(t, i, t->start[i]);
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

static cludi_status tell_round(fit *t, cludi_error *error)
{
    const discriminant_args *a = t->args;
    const cludi_progress progress = {.phase = CLUDI_PHASE_FIT,
                                     .step = ++t->done,
                                     .steps = t->rounds,
                                     .seconds = message_seconds() - a->started,
                                     .clusters = t->K};
    if (!a->messages || message_progress(a->messages, &progress) == 0 || t->done == t->rounds)
        return CLUDI_OK;
    return error_set(error, CLUDI_STOPPED, "Training was stopped in round %d of %d, before it had a model.",
                     (int)t->done, (int)t->rounds);
}

static cludi_status take_rounds(fit *t, const rule *how, cludi_error *error)
{
    t->rule = how;
    t->neighbors = (int32_t)min_int(t->args->graph->degree, how->neighbors);
    expect_sizes(t);
    soft_labels_begin(&t->now, t->start);
    TRY(score_rows(t, error));
    TRY(tell_round(t, error));
    for (int round = 1; round < ROUNDS && t->args->trust != START_KEPT; round++) {
        balance(t, 1, 1);
        take_labels(t);
        swap_labels(t);
        TRY(score_rows(t, error));
        TRY(tell_round(t, error));
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
    be->ops.linear_dx(be, t->lda.scatter, t->lda.whiten, t->features.unmix);
    be->ops.linear(be, t->offset, t->lda.shift, t->lda.whiten, (tensor){0});
    be->ops.scale(be, t->offset, t->offset, -1);
    be->ops.scale(be, t->lda.prototype, t->lda.prototype, t->scale);
    TRY(backend_finish(be, error));
    copy_out(t, &values, t->features.landmark);
    copy_out(t, &values, t->lda.scatter);
    copy_out(t, &values, t->offset);
    copy_out(t, &values, t->lda.prototype);
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

/* The labels of the rows that were fitted. */
static void choose_labels(fit *t, int32_t *labels)
{
    balance(t, 0.5F, 0.5F);
    take_labels(t);
    memcpy(labels, t->labels, (size_t)t->M * sizeof *labels);
}

/* Those labels, with the probabilities of the rounds that go farther: they know better what is in doubt. */
static void hand_over(fit *t, const int32_t *labels, const fitted_labels *out)
{
    balance(t, 0.5F, 0.5F);
    soft_labels_best(&t->next, t->labels);
    for (int64_t i = 0; i < t->M; i++) {
        if (t->labels[i] != labels[i])
            put_row(t, i, labels[i]);
        keep_best(&t->next, i, out);
    }
}

static cludi_status run(fit *t, const fitted_labels *fitted, float *values, cludi_error *error)
{
    TRY(allocate(t, error));
    TRY(make_features(t, error));
    t->rounds = discriminant_rounds(t->args->trust);
    if (t->args->trust == START_NEAR) {
        TRY(take_rounds(t, &FITTED, error));
        choose_labels(t, t->chosen);
    }
    TRY(take_rounds(t, &UNSEEN, error));
    TRY(fill(t, values, error));
    if (t->args->trust == START_ROUGH)
        choose_labels(t, t->chosen);
    hand_over(t, t->args->trust == START_KEPT ? t->start : t->chosen, fitted);
    return CLUDI_OK;
}

cludi_status discriminant_fit(const discriminant_args *args, const int32_t *start, const fitted_labels *fitted,
                              float *values, cludi_error *error)
{
    fit t = {.args = args, .be = args->be, .start = start};
    const cludi_status status = run(&t, fitted, values, error);
    release(&t);
    return status;
}

int32_t discriminant_rounds(start_trust trust)
{
    return trust == START_NEAR ? 2 * ROUNDS : trust == START_KEPT ? 1 : ROUNDS;
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
