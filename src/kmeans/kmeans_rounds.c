#include "kmeans_rounds.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "bounds.h"
#include "error.h"

enum { PIECE = 256 /* columns of a task that moves rows between sums */ };

/* ---- memory ---- */

static void hand_out(kmeans_rounds *w)
{
    const int64_t K = w->args->clusters, n = w->rows->X->cols, M = w->rows->X->rows;
    for (int64_t s = 0; s < w->args->starts; s++) {
        w->starts[s] = (kmeans_start){.centroids = w->centroids + s * K * n,
                                      .sums = w->sums + s * K * n,
                                      .counts = w->counts + s * K,
                                      .labels = w->labels + s * M,
                                      .scores = w->best + s * M};
        w->active[s] = &w->starts[s];
    }
    memset(w->labels, -1, (size_t)(w->args->starts * M) * sizeof *w->labels);
    w->running = w->args->starts;
}

cludi_status kmeans_rounds_init(kmeans_rounds *w, const kmeans_args *args, kmeans_rows *rows, cludi_error *error)
{
    const cludi_allocator *allocator = &args->be->allocator;
    const int64_t S = args->starts, K = args->clusters, n = rows->X->cols, M = rows->X->rows;
    *w = (kmeans_rounds){.args = args, .rows = rows};
    w->starts = alloc_array(allocator, S, sizeof *w->starts);
    w->active = alloc_array(allocator, S, sizeof *w->active);
    w->centroids = alloc_array(allocator, S * K, (size_t)n * sizeof *w->centroids);
    w->sums = alloc_zeroed(allocator, S * K, (size_t)n * sizeof *w->sums);
    w->counts = alloc_zeroed(allocator, S * K, sizeof *w->counts);
    w->labels = alloc_array(allocator, S * M, sizeof *w->labels);
    w->best = alloc_array(allocator, S * M, sizeof *w->best);
    w->next = alloc_array(allocator, S * rows->capacity, sizeof *w->next);
    w->found = alloc_array(allocator, S * rows->capacity, sizeof *w->found);
    w->part = alloc_array(allocator, 2 * S * rows->chunks, sizeof *w->part);
    w->row = alloc_array(allocator, 2 * n, sizeof *w->row);
    const bool pointers = w->starts && w->active && w->labels && w->best && w->next && w->found;
    if (!pointers || !w->centroids || !w->sums || !w->counts || !w->part || !w->row)
        return error_memory(error, "the clusters of k-means");
    hand_out(w);
    return kmeans_scores_init(&w->scores, args->be, (kmeans_shape){S, K, n}, false, error);
}

void kmeans_rounds_clear(kmeans_rounds *w)
{
    if (!w->args)
        return;
    const cludi_allocator *allocator = &w->args->be->allocator;
    kmeans_scores_clear(&w->scores);
    alloc_free(allocator, w->row);
    alloc_free(allocator, w->part);
    alloc_free(allocator, w->found);
    alloc_free(allocator, w->next);
    alloc_free(allocator, w->best);
    alloc_free(allocator, w->labels);
    alloc_free(allocator, w->counts);
    alloc_free(allocator, w->sums);
    alloc_free(allocator, w->centroids);
    alloc_free(allocator, w->active);
    alloc_free(allocator, w->starts);
    *w = (kmeans_rounds){0};
}

/* ---- rows to their nearest centroids ---- */

/* The labels that the loaded block gets in an active start. */
static int32_t *next_of(const kmeans_rounds *w, int64_t active)
{
    return w->next + active * w->rows->capacity;
}

/* One start's part of a chunk. part: inertia, and changes `starts` behind it. */
static void assign_start(const kmeans_rounds *w, const kmeans_chunk *chunk, int64_t active)
{
    const kmeans_start *start = w->active[active];
    const int32_t *next = next_of(w, active) + chunk->start;
    const float *found = w->found + active * w->rows->capacity + chunk->start;
    double inertia = 0, changed = 0;
    for (int64_t r = 0; r < chunk->count; r++) {
        const int64_t row = chunk->first + r;
        const float squared = w->rows->squares[row] - 2 * found[r];
        start->scores[row] = found[r];
        changed += next[r] != start->labels[row];
        inertia += squared > 0 ? (double)squared : 0;
    }
    double *part = w->part + chunk->number * 2 * w->args->starts;
    part[active] = inertia;
    part[w->args->starts + active] = changed;
}

static void assign_chunk(void *self, int worker, int64_t index)
{
    const kmeans_rounds *w = self;
    const kmeans_chunk chunk = kmeans_rows_chunk(w->rows, index);
    (void)worker;
    for (int64_t a = 0; a < w->running; a++)
        assign_start(w, &chunk, a);
}

static void add_row(double *sum, const float *x, int64_t count)
{
    for (int64_t j = 0; j < count; j++)
        sum[j] += (double)x[j];
}

static void subtract_row(double *sum, const float *x, int64_t count)
{
    for (int64_t j = 0; j < count; j++)
        sum[j] -= (double)x[j];
}

static int64_t pieces_across(const kmeans_rounds *w)
{
    return (w->rows->X->cols + PIECE - 1) / PIECE;
}

/* Some columns of one start: the block's rows that change cluster leave one sum and enter another, in their order. */
static void move_piece(void *self, int worker, int64_t index)
{
    const kmeans_rounds *w = self;
    const kmeans_start *start = w->active[index / pieces_across(w)];
    const int32_t *next = next_of(w, index / pieces_across(w));
    const int64_t n = w->rows->X->cols, from = index % pieces_across(w) * PIECE;
    const int64_t count = min_int(n - from, PIECE);
    const int32_t *labels = start->labels + w->rows->first;
    (void)worker;
    for (int64_t r = 0; r < w->rows->count; r++) {
        const float *x = w->rows->numbers + r * n + from;
        if (next[r] == labels[r])
            continue;
        if (labels[r] >= 0)
            subtract_row(start->sums + labels[r] * n + from, x, count);
        add_row(start->sums + next[r] * n + from, x, count);
    }
}

static void move_rows(kmeans_rounds *w)
{
    const int64_t S = w->args->starts, chunks = (w->rows->count + KMEANS_CHUNK - 1) / KMEANS_CHUNK;
    const double *part = w->part + w->rows->first / KMEANS_CHUNK * 2 * S;
    double changed = 0;
    for (int64_t chunk = 0; chunk < chunks; chunk++)
        for (int64_t a = 0; a < w->running; a++)
            changed += part[(2 * chunk + 1) * S + a];
    const kmeans_tasks tasks = {w->running * pieces_across(w), (int64_t)changed * w->rows->X->cols};
    kmeans_each(w->args->be, tasks, move_piece, w);
}

static void take_labels(const kmeans_rounds *w, int64_t active)
{
    const kmeans_start *start = w->active[active];
    const int32_t *next = next_of(w, active);
    int32_t *labels = start->labels + w->rows->first;
    for (int64_t r = 0; r < w->rows->count; r++) {
        if (labels[r] >= 0)
            start->counts[labels[r]]--;
        start->counts[next[r]]++;
        labels[r] = next[r];
    }
}

static void add_parts(const kmeans_rounds *w)
{
    for (int64_t a = 0; a < w->running; a++) {
        double inertia = 0, changed = 0;
        for (int64_t chunk = 0; chunk < w->rows->chunks; chunk++) {
            const double *part = w->part + chunk * 2 * w->args->starts;
            inertia += part[a];
            changed += part[w->args->starts + a];
        }
        w->active[a]->inertia = inertia;
        w->active[a]->changed = (int64_t)changed;
    }
}

static cludi_status assign_block(kmeans_rounds *w, cludi_error *error)
{
    kmeans_scores_nearest(&w->scores, w->rows, w->next, w->found);
    TRY(backend_finish(w->args->be, error));
    kmeans_rows_each_host_chunk(w->rows, w->running, assign_chunk, w);
    move_rows(w);
    for (int64_t a = 0; a < w->running; a++)
        take_labels(w, a);
    return CLUDI_OK;
}

static cludi_status assign_rows(kmeans_rounds *w, cludi_error *error)
{
    kmeans_scores_pack(&w->scores, w->running);
    for (int64_t first = 0; first < w->rows->X->rows; first += w->rows->capacity) {
        TRY(kmeans_rows_load(w->rows, first, error));
        TRY(assign_block(w, error));
    }
    add_parts(w);
    return backend_finish(w->args->be, error);
}

/* ---- centroids to the means of their rows ---- */

/* One cluster's squared shift; an empty one stays where it is, with no rounding left in its sum. */
static double move_centroid(const kmeans_rows *rows, const kmeans_start *start, int64_t k)
{
    const int64_t n = rows->X->cols;
    float *centroid = start->centroids + k * n;
    double *sum = start->sums + k * n;
    double shift = 0;
    if (start->counts[k] == 0) {
        memset(sum, 0, (size_t)n * sizeof *sum);
        return 0;
    }
    const double share = 1 / (double)start->counts[k];
    for (int64_t j = 0; j < n; j++) {
        const float before = centroid[j];
        centroid[j] = (float)((sum[j] * share - rows->mean[j]) * rows->scale);
        shift += ((double)centroid[j] - (double)before) * ((double)centroid[j] - (double)before);
    }
    return shift;
}

static void move_start(void *self, int worker, int64_t index)
{
    kmeans_rounds *w = self;
    kmeans_start *start = w->active[index];
    const int64_t K = w->args->clusters;
    double shift = 0;
    (void)worker;
    for (int64_t k = 0; k < K; k++)
        shift += move_centroid(w->rows, start, k);
    start->rounds++;
    start->settled = shift <= w->args->tolerance * w->rows->variance;
    kmeans_scores_set(&w->scores, index * K, K, start->centroids);
}

/* Starts whose last assignment is their final one leave. */
static void drop_finished(kmeans_rounds *w)
{
    int64_t kept = 0;
    for (int64_t a = 0; a < w->running; a++) {
        kmeans_start *start = w->active[a];
        if (start->changed > 0 && !start->settled && start->rounds < w->args->rounds)
            w->active[kept++] = start;
    }
    w->running = kept;
}

/* ---- all ---- */

const kmeans_start *kmeans_rounds_best(const kmeans_rounds *w)
{
    int64_t best = 0;
    for (int64_t s = 1; s < w->args->starts; s++)
        best = w->starts[s].inertia < w->starts[best].inertia ? s : best;
    return &w->starts[best];
}

static cludi_status run_round(kmeans_rounds *w, cludi_error *error)
{
    cludi_status status = assign_rows(w, error);
    drop_finished(w);
    for (int64_t a = 0; status == CLUDI_OK && a < w->running; a++)
        status = kmeans_repair(w, w->active[a], error);
    const kmeans_tasks tasks = {w->running, w->running * w->args->clusters * w->rows->X->cols};
    if (status == CLUDI_OK)
        kmeans_each_tensor(w->args->be, tasks, move_start, w);
    return status;
}

cludi_status kmeans_rounds_run(kmeans_rounds *w, cludi_error *error)
{
    const double scale = w->rows->scale, M = (double)w->rows->X->rows;
    cludi_status status = CLUDI_OK;
    kmeans_scores_set(&w->scores, 0, (int64_t)w->args->starts * w->args->clusters, w->centroids);
    for (int64_t round = 1; status == CLUDI_OK && w->running > 0; round++) {
        status = run_round(w, error);
        if (status == CLUDI_OK)
            status =
                kmeans_report(w->args, w->args->clusters + round, kmeans_rounds_best(w)->inertia / scale / scale / M);
    }
    return status;
}
