#include "kmeans_seed.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "error.h"
#include "kmeans_scores.h"
#include "rng.h"

/* Column c = start * trials + trial. After a step, column start * trials + kept[start] of `nearest` is the squared
   distance of each row to the nearest centroid of that start. */
typedef struct seeding {
    const kmeans_args *args;
    kmeans_rows *rows;
    kmeans_scores scores;
    int64_t trials, width; /* trials of a start, of all starts */
    bool first;            /* no centroid is there yet */
    int64_t *row;          /* (width) the trials' rows */
    int64_t *order;        /* (width) columns by ascending row */
    float *numbers;        /* (width, n) */
    float *nearest;        /* (M, width) */
    float *tile;           /* (workers, KMEANS_CHUNK + 1, width) scores of a chunk, and distances before it */
    double *part;          /* (chunks, width) its sums over the rows of a chunk */
    double *total;         /* (width) and over all rows: the inertia with that trial */
    int64_t *kept;         /* (starts) the trial that became a centroid */
} seeding;

/* ---- memory ---- */

/* 2 + floor(ln K) */
static int64_t count_trials(int32_t K)
{
    return 2 + (int64_t)log((double)K);
}

static cludi_status take_memory(seeding *w, cludi_error *error)
{
    const cludi_allocator *allocator = &w->args->be->allocator;
    const int64_t n = w->rows->X->cols;
    w->row = alloc_array(allocator, w->width, sizeof *w->row);
    w->order = alloc_array(allocator, w->width, sizeof *w->order);
    w->numbers = alloc_array(allocator, w->width * n, sizeof *w->numbers);
    w->nearest = alloc_array(allocator, w->rows->X->rows, (size_t)w->width * sizeof *w->nearest);
    w->tile = alloc_array(allocator, (int64_t)backend_workers(w->args->be) * (KMEANS_CHUNK + 1),
                          (size_t)w->width * sizeof *w->tile);
    w->part = alloc_array(allocator, w->rows->chunks, (size_t)w->width * sizeof *w->part);
    w->total = alloc_array(allocator, w->width, sizeof *w->total);
    w->kept = alloc_zeroed(allocator, w->args->starts, sizeof *w->kept);
    if (!w->row || !w->order || !w->numbers || !w->nearest || !w->tile || !w->part || !w->total || !w->kept)
        return error_memory(error, "the seeding of k-means");
    return kmeans_scores_init(&w->scores, w->args->be, (kmeans_shape){1, w->width, n}, true, error);
}

static void give_back(seeding *w)
{
    const cludi_allocator *allocator = &w->args->be->allocator;
    kmeans_scores_clear(&w->scores);
    alloc_free(allocator, w->kept);
    alloc_free(allocator, w->total);
    alloc_free(allocator, w->part);
    alloc_free(allocator, w->tile);
    alloc_free(allocator, w->nearest);
    alloc_free(allocator, w->numbers);
    alloc_free(allocator, w->order);
    alloc_free(allocator, w->row);
}

/* ---- trials ---- */

/* The row where the running sum of the start's squared distances passes target. */
static int64_t find_row(const seeding *w, int64_t start, double target)
{
    const int64_t M = w->rows->X->rows, column = start * w->trials + w->kept[start];
    int64_t chunk = 0;
    for (; chunk < w->rows->chunks - 1 && target >= w->part[chunk * w->width + column]; chunk++)
        target -= w->part[chunk * w->width + column];
    int64_t row = chunk * KMEANS_CHUNK;
    const int64_t last = (row + KMEANS_CHUNK < M ? row + KMEANS_CHUNK : M) - 1;
    for (; row < last && target >= (double)w->nearest[row * w->width + column]; row++)
        target -= (double)w->nearest[row * w->width + column];
    return row;
}

/* The first centroid, and all when every row lies on one, are drawn from all rows alike. */
static void draw_trials(seeding *w, int64_t start, int32_t centroid)
{
    const rng_stream stream = {w->args->seed, RNG_KMEANS, (uint32_t)centroid};
    const double total = w->first ? 0 : w->total[start * w->trials + w->kept[start]];
    uint64_t bits[RNG_BITS];
    rng_bits(stream, (uint64_t)start, bits);
    for (int64_t trial = 0; trial < w->trials; trial++) {
        const double uniform = (double)(bits[w->first ? 0 : trial] >> 11) * 0x1p-53;
        w->row[start * w->trials + trial] =
            total > 0 ? find_row(w, start, uniform * total) : (int64_t)(uniform * (double)w->rows->X->rows);
    }
}

/* Columns by ascending row: a source may read in that order alone. Few columns move far, and there are few. */
static void sort_trials(seeding *w)
{
    for (int64_t i = 0; i < w->width; i++) {
        int64_t at = i;
        for (; at > 0 && w->row[w->order[at - 1]] > w->row[i]; at--)
            w->order[at] = w->order[at - 1];
        w->order[at] = i;
    }
}

static cludi_status fetch_entered(const kmeans_rows *rows, int64_t row, float *out, cludi_error *error)
{
    TRY(kmeans_rows_fetch(rows, row, out, error));
    kmeans_rows_enter(rows, out, out);
    return CLUDI_OK;
}

static cludi_status fetch_trials(seeding *w, cludi_error *error)
{
    const int64_t n = w->rows->X->cols;
    cludi_status status = CLUDI_OK;
    sort_trials(w);
    for (int64_t i = 0; status == CLUDI_OK && i < w->width; i++) {
        float *out = w->numbers + w->order[i] * n;
        if (i > 0 && w->row[w->order[i]] == w->row[w->order[i - 1]])
            memcpy(out, w->numbers + w->order[i - 1] * n, (size_t)n * sizeof *out);
        else
            status = fetch_entered(w->rows, w->row[w->order[i]], out, error);
    }
    return status;
}

/* ---- distances ---- */

/* nearest of one row, had each trial become a centroid. before: (width) room. */
static void weigh_row(const seeding *w, int64_t row, const float *scores, float *before, double *part)
{
    const float square = w->rows->squares[row];
    float *nearest = w->nearest + row * w->width;
    for (int64_t start = 0; start < w->args->starts; start++)
        for (int64_t trial = 0; trial < w->trials; trial++)
            before[start * w->trials + trial] = w->first ? INFINITY : nearest[start * w->trials + w->kept[start]];
    for (int64_t c = 0; c < w->width; c++) {
        float squared = square - 2 * scores[c];
        squared = squared > 0 ? squared : 0;
        nearest[c] = squared < before[c] ? squared : before[c];
        part[c] += (double)nearest[c];
    }
}

/* A row that is a trial is at distance 0 from it. */
static void mark_trials(const seeding *w, const kmeans_chunk *chunk, float *scores)
{
    for (int64_t c = 0; c < w->width; c++)
        if (w->row[c] >= chunk->first && w->row[c] < chunk->first + chunk->count)
            scores[(w->row[c] - chunk->first) * w->width + c] = INFINITY;
}

static void weigh_chunk(void *self, int worker, int64_t index)
{
    const seeding *w = self;
    const kmeans_chunk chunk = kmeans_rows_chunk(w->rows, index);
    float *scores = w->tile + worker * (KMEANS_CHUNK + 1) * w->width, *before = scores + KMEANS_CHUNK * w->width;
    double *part = w->part + chunk.number * w->width;
    kmeans_scores_chunk(&w->scores, w->rows, index, worker, scores);
    mark_trials(w, &chunk, scores);
    memset(part, 0, (size_t)w->width * sizeof *part);
    for (int64_t r = 0; r < chunk.count; r++)
        weigh_row(w, chunk.first + r, scores + r * w->width, before, part);
}

static cludi_status weigh_rows(seeding *w, cludi_error *error)
{
    kmeans_scores_set(&w->scores, 0, w->width, w->numbers);
    kmeans_scores_pack(&w->scores, 1);
    for (int64_t first = 0; first < w->rows->X->rows; first += w->rows->capacity) {
        TRY(kmeans_rows_load(w->rows, first, error));
        kmeans_rows_each_chunk(w->rows, w->width, weigh_chunk, w);
    }
    memset(w->total, 0, (size_t)w->width * sizeof *w->total);
    for (int64_t chunk = 0; chunk < w->rows->chunks; chunk++)
        for (int64_t c = 0; c < w->width; c++)
            w->total[c] += w->part[chunk * w->width + c];
    return backend_finish(w->args->be, error);
}

/* The trial with the lowest inertia becomes the centroid. */
static void keep_best(seeding *w, int64_t start, int32_t centroid, float *centroids)
{
    const int64_t n = w->rows->X->cols, from = start * w->trials;
    int64_t best = 0;
    for (int64_t trial = 1; trial < w->trials; trial++)
        best = w->total[from + trial] < w->total[from + best] ? trial : best;
    w->kept[start] = best;
    memcpy(centroids + (start * w->args->clusters + centroid) * n, w->numbers + (from + best) * n,
           (size_t)n * sizeof *centroids);
}

static cludi_status seed_centroid(seeding *w, int32_t centroid, float *centroids, cludi_error *error)
{
    w->first = centroid == 0;
    for (int64_t start = 0; start < w->args->starts; start++)
        draw_trials(w, start, centroid);
    cludi_status status = fetch_trials(w, error);
    if (status == CLUDI_OK)
        status = weigh_rows(w, error);
    for (int64_t start = 0; status == CLUDI_OK && start < w->args->starts; start++)
        keep_best(w, start, centroid, centroids);
    return status == CLUDI_OK ? kmeans_report(w->args, centroid + 1, 0) : status;
}

cludi_status kmeans_seed(const kmeans_args *args, kmeans_rows *rows, float *centroids, cludi_error *error)
{
    seeding w = {.args = args, .rows = rows, .trials = count_trials(args->clusters)};
    w.width = w.trials * args->starts;
    cludi_status status = take_memory(&w, error);
    if (status == CLUDI_OK) /* single rows come from the block */
        status = kmeans_rows_load(rows, 0, error);
    for (int32_t c = 0; status == CLUDI_OK && c < args->clusters; c++)
        status = seed_centroid(&w, c, centroids, error);
    give_back(&w);
    return status;
}
