#include "silhouette.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "alloc.h"
#include "bounds.h"
#include "error.h"
#include "rng.h"
#include "stop_request.h"

enum {
    TILE = 16,       /* rows of a task, so that a row they are compared with stays in the cache */
    LANES = 8,       /* sums side by side, added up in order: what a compiler may vectorize without changing a bit */
    LOOK_EVERY = 256 /* rows that a tile is compared with between two looks at the stop request */
};

typedef struct member {
    int64_t row;
    int32_t label;
} member;

typedef struct survey {
    const cludi_matrix *X;
    member *members; /* (count) sorted by label, then row */
    double *scores;  /* (count) s(i), in that order */
    int64_t count;
    stop_request *stop;
} survey;

static int compare_members(const void *a, const void *b)
{
    const member *x = a, *y = b;
    if (x->label != y->label)
        return x->label < y->label ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Fisher and Yates, as far as the sample goes. */
static void draw_sample(member *members, int64_t rows, int64_t sample, uint64_t seed)
{
    uint64_t bits[RNG_BITS];
    for (int64_t i = 0; i < sample; i++) {
        if (i % RNG_BITS == 0)
            rng_bits((rng_stream){seed, RNG_SCORED, 0}, (uint64_t)(i / RNG_BITS), bits);
        const int64_t other = i + (int64_t)(bits[i % RNG_BITS] % (uint64_t)(rows - i));
        const member drawn = members[other];
        members[other] = members[i];
        members[i] = drawn;
    }
}

static double distance(const float *x, const float *y, int64_t n)
{
    double part[LANES] = {0}, sum = 0;
    int64_t j = 0;
    for (; j + LANES <= n; j += LANES) {
        for (int lane = 0; lane < LANES; lane++) {
            const double difference = (double)x[j + lane] - (double)y[j + lane];
            part[lane] += difference * difference;
        }
    }
    for (int lane = 0; j + lane < n; lane++) {
        const double difference = (double)x[j + lane] - (double)y[j + lane];
        part[lane] += difference * difference;
    }
    for (int lane = 0; lane < LANES; lane++)
        sum += part[lane];
    return sqrt(sum);
}

/* What the rows of one task know so far. */
typedef struct tile {
    int64_t first, count;
    double sum[TILE]; /* of the distances to the rows of the cluster they are meeting */
    double a[TILE], b[TILE];
} tile;

static const float *row_of(const survey *s, int64_t i)
{
    return s->X->data + s->members[i].row * s->X->stride;
}

/* The cluster of `size` rows that the tile has met is done. */
static void end_cluster(tile *t, const survey *s, int32_t label, int64_t size)
{
    for (int64_t i = 0; i < t->count; i++) {
        if (s->members[t->first + i].label != label)
            t->b[i] = fmin(t->b[i], t->sum[i] / (double)size);
        else if (size > 1)
            t->a[i] = t->sum[i] / (double)(size - 1);
        t->sum[i] = 0;
    }
}

static double score(double a, double b)
{
    return a < 0 || fmax(a, b) <= 0 ? 0 : (b - a) / fmax(a, b);
}

static void score_tile(void *self, int worker, int64_t index)
{
    survey *s = self;
    tile t = {.first = index * TILE};
    int64_t began = 0; /* the first row of the cluster */
    (void)worker;
    t.count = min_int(s->count - t.first, TILE);
    for (int64_t i = 0; i < t.count; i++) {
        t.a[i] = -1; /* a cluster of one row has none */
        t.b[i] = INFINITY;
    }
    for (int64_t j = 0; j < s->count; j++) {
        if (j % LOOK_EVERY == 0 && stop_request_stopped(s->stop))
            return;
        for (int64_t i = 0; i < t.count; i++)
            t.sum[i] += distance(row_of(s, t.first + i), row_of(s, j), s->X->cols);
        if (j + 1 == s->count || s->members[j + 1].label != s->members[j].label) {
            end_cluster(&t, s, s->members[j].label, j + 1 - began);
            began = j + 1;
        }
    }
    for (int64_t i = 0; i < t.count; i++)
        s->scores[t.first + i] = score(t.a[i], t.b[i]);
}

static cludi_status check_clusters(const survey *s, cludi_error *error)
{
    if (s->members[0].label != s->members[s->count - 1].label)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_ARGUMENT,
                     "The %" PRId64 " rows looked at are all in one cluster; a silhouette needs 2 clusters or more.",
                     s->count);
}

static cludi_status run(survey *s, backend *be, double *mean, cludi_error *error)
{
    double sum = 0;
    host_each(be, (s->count + TILE - 1) / TILE, score_tile, s);
    const cludi_status status = stop_request_check(s->stop, error);
    for (int64_t i = 0; status == CLUDI_OK && i < s->count; i++)
        sum += s->scores[i];
    if (status == CLUDI_OK)
        *mean = sum / (double)s->count;
    return status;
}

cludi_status silhouette_mean(backend *be, const cludi_matrix *X, const int32_t *labels, int64_t sample, uint64_t seed,
                             double *mean, cludi_error *error)
{
    const bool is_sampled = sample > 0 && sample < X->rows;
    survey s = {.X = X, .count = is_sampled ? sample : X->rows, .stop = be->stop};
    cludi_status status = CLUDI_OK;
    s.members = alloc_array(&be->allocator, X->rows, sizeof *s.members);
    s.scores = alloc_array(&be->allocator, s.count, sizeof *s.scores);
    if (!s.members || !s.scores) {
        status = error_memory(error, "the silhouettes of the rows");
        goto done;
    }
    for (int64_t i = 0; i < X->rows; i++)
        s.members[i] = (member){i, labels[i]};
    if (is_sampled)
        draw_sample(s.members, X->rows, sample, seed);
    qsort(s.members, (size_t)s.count, sizeof *s.members, compare_members);
    status = check_clusters(&s, error);
    if (status == CLUDI_OK)
        status = run(&s, be, mean, error);

done:
    alloc_free(&be->allocator, s.scores);
    alloc_free(&be->allocator, s.members);
    return status;
}
