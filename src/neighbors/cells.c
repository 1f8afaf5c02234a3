#include "cells.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "average.h"
#include "bounds.h"
#include "error.h"
#include "rows.h"

enum {
    SAMPLE_OF_CELL = 64,
    ROUNDS = 5,
    LARGEST = 4 /* times the mean */,
    SOME = TOP_BLOCK /* rows that panel_search.staging holds */
};

/* The work on the cells of args->X. */
typedef struct partition {
    const neighbor_args *args;
    panel_search *search;
    cells *cells;
    int32_t *sample; /* (sampled) rows; order holds them until the cells are known */
    int64_t sampled; /* rows of the sample */
    top_lists best;  /* the best center c of each row, as row M + c of degree 1; owned */
    float *sum;      /* (centers, n) owned */
    int64_t most;    /* rows of a piece */
} partition;

static cludi_status begin(partition *p, cludi_error *error)
{
    const cludi_allocator *allocator = &p->args->be->allocator;
    const int64_t M = p->args->X->rows, n = p->args->X->cols, centers = (int64_t)sqrt((double)M);
    cells *c = p->cells;
    *c = (cells){.allocator = allocator, .n = n, .centers = centers};
    p->sampled = min_int(M, centers * SAMPLE_OF_CELL);
    p->most = min_int(LARGEST * (M / centers), p->search->capacity);
    const int64_t pieces = centers + M / p->most;
    c->first = alloc_array(allocator, pieces + 1, sizeof *c->first);
    c->order = alloc_array(allocator, M, sizeof *c->order);
    c->home = alloc_array(allocator, pieces, sizeof *c->home);
    c->center = alloc_array(allocator, centers * n, sizeof *c->center);
    p->sample = c->order;
    p->sum = alloc_array(allocator, centers * n, sizeof *p->sum);
    p->best = (top_lists){1, alloc_array(allocator, M, sizeof *p->best.neighbor),
                          alloc_array(allocator, M, sizeof *p->best.similarity)};
    if (c->first && c->order && c->home && c->center && p->sum && p->best.neighbor && p->best.similarity)
        return CLUDI_OK;
    return error_memory(error, "the cells of the rows");
}

static void end(partition *p)
{
    const cludi_allocator *allocator = &p->args->be->allocator;
    alloc_free(allocator, p->best.neighbor);
    alloc_free(allocator, p->best.similarity);
    alloc_free(allocator, p->sum);
}

/* ---- the sample, and the first centers ---- */

/* Fisher and Yates, as far as the sample goes. */
static void draw_sample(partition *p)
{
    const int64_t M = p->args->X->rows;
    uint64_t bits[RNG_BITS];
    for (int64_t i = 0; i < M; i++)
        p->sample[i] = (int32_t)i;
    for (int64_t i = 0; i < p->sampled; i++) {
        if (i % RNG_BITS == 0)
            rng_bits((rng_stream){p->args->seed, RNG_CELLS, 0}, (uint64_t)(i / RNG_BITS), bits);
        const int64_t other = i + (int64_t)(bits[i % RNG_BITS] % (uint64_t)(M - i));
        const int32_t row = p->sample[i];
        p->sample[i] = p->sample[other];
        p->sample[other] = row;
    }
}

static cludi_status take_centers(partition *p, cludi_error *error)
{
    const int64_t n = p->args->X->cols;
    for (int64_t i = 0; i < p->cells->centers; i++)
        TRY(rows_read(p->args->X, p->sample[i], 1, p->cells->center + i * n, error));
    return CLUDI_OK;
}

/* ---- Lloyd's rounds ---- */

/* The rows of the panel against all centers. */
static cludi_status assign_panel(partition *p, cludi_error *error)
{
    const int64_t M = p->args->X->rows, centers = p->cells->centers;
    const cludi_matrix matrix = {p->cells->center, centers, p->args->X->cols, p->args->X->cols};
    const cludi_source source = rows_of_matrix(&matrix);
    panel *columns = &p->search->columns;
    cludi_status status = panel_search_load(p->search, &p->search->rows, p->args->X, 0, error);
    for (int64_t c = 0; status == CLUDI_OK && c < centers; c += p->search->capacity) {
        panel_clear(columns);
        panel_add_range(columns, M + c, min_int(centers - c, p->search->capacity));
        status = panel_search_load(p->search, columns, &source, M, error);
        if (status == CLUDI_OK)
            status = panel_search_run(p->search, TOP_ONE_WAY, &p->best, error);
    }
    return status;
}

static cludi_status assign(partition *p, const int32_t *rows, int64_t count, cells_progress *progress, void *user,
                           cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    for (int64_t i = 0, some; status == CLUDI_OK && i < count; i += some) {
        some = min_int(count - i, p->search->capacity);
        for (int64_t r = i; r < i + some; r++)
            top_lists_reset(&p->best, rows[r]);
        panel_clear(&p->search->rows);
        panel_add(&p->search->rows, rows + i, some);
        status = assign_panel(p, error);
        if (status == CLUDI_OK && progress)
            status = progress(user, some, error);
    }
    return status;
}

static int64_t center_of(const partition *p, int64_t row)
{
    const int32_t best = p->best.neighbor[row];
    return best == TOP_LISTS_NOBODY ? 0 : best - p->args->X->rows;
}

/* Rows first .. first + count of the sample. */
static cludi_status read_some(const partition *p, int64_t first, int64_t count, float *out, cludi_error *error)
{
    int64_t wanted[SOME];
    for (int64_t i = 0; i < count; i++)
        wanted[i] = p->sample[first + i];
    return rows_read_many(p->args->X, wanted, count, out, error);
}

/* Each center to the direction of its rows' sum; one without a direction stays. */
static cludi_status move_centers(partition *p, cludi_error *error)
{
    const int64_t n = p->args->X->cols, centers = p->cells->centers;
    float *row = p->search->staging;
    cludi_status status = CLUDI_OK;
    memset(p->sum, 0, (size_t)(centers * n) * sizeof *p->sum);
    for (int64_t i = 0; status == CLUDI_OK && i < p->sampled; i += SOME) {
        const int64_t some = min_int(SOME, p->sampled - i);
        status = read_some(p, i, some, row, error);
        for (int64_t r = 0; status == CLUDI_OK && r < some; r++) {
            float *sum = p->sum + center_of(p, p->sample[i + r]) * n;
            for (int64_t j = 0; j < n; j++)
                sum[j] += row[r * n + j];
        }
    }
    for (int64_t c = 0; status == CLUDI_OK && c < centers; c++)
        if (rows_unit(p->sum + c * n, n))
            memcpy(p->cells->center + c * n, p->sum + c * n, (size_t)n * sizeof *p->sum);
    return status;
}

static cludi_status refine(partition *p, cludi_error *error)
{
    draw_sample(p);
    cludi_status status = take_centers(p, error);
    for (int round = 0; status == CLUDI_OK && round < ROUNDS; round++) {
        status = assign(p, p->sample, p->sampled, NULL, NULL, error);
        if (status == CLUDI_OK)
            status = move_centers(p, error);
    }
    return status;
}

/* ---- the pieces ---- */

/* Cuts the rows of each center into pieces. next: (centers) sizes, then where each center's rows begin. */
static void cut_pieces(partition *p, int64_t *next)
{
    cells *c = p->cells;
    int64_t begin_of_cell = 0;
    c->count = 0;
    for (int64_t k = 0; k < c->centers; k++) {
        const int64_t rows = next[k];
        for (int64_t done = 0; done == 0 || done < rows; done += p->most) {
            c->first[c->count] = begin_of_cell + done;
            c->home[c->count++] = (int32_t)k;
        }
        next[k] = begin_of_cell;
        begin_of_cell += rows;
    }
    c->first[c->count] = begin_of_cell;
}

static cludi_status sort_rows(partition *p, cludi_error *error)
{
    cells *c = p->cells;
    int64_t *next = alloc_zeroed(c->allocator, c->centers, sizeof *next);
    if (!next)
        return error_memory(error, "the sizes of the cells");
    for (int64_t i = 0; i < p->args->X->rows; i++)
        next[center_of(p, i)]++;
    cut_pieces(p, next);
    for (int64_t i = 0; i < p->args->X->rows; i++)
        c->order[next[center_of(p, i)]++] = (int32_t)i;
    alloc_free(c->allocator, next);
    return CLUDI_OK;
}

cludi_status cells_open(cells *c, const neighbor_args *args, panel_search *search, cells_progress *progress, void *user,
                        cludi_error *error)
{
    partition p = {.args = args, .search = search, .cells = c};
    cludi_status status = begin(&p, error);
    if (status == CLUDI_OK)
        status = refine(&p, error);
    for (int64_t i = 0; status == CLUDI_OK && i < args->X->rows; i++)
        c->order[i] = (int32_t)i;
    if (status == CLUDI_OK)
        status = assign(&p, c->order, args->X->rows, progress, user, error);
    if (status == CLUDI_OK)
        status = sort_rows(&p, error);
    end(&p);
    return status;
}

void cells_close(cells *c)
{
    if (!c->allocator)
        return;
    alloc_free(c->allocator, c->first);
    alloc_free(c->allocator, c->order);
    alloc_free(c->allocator, c->home);
    alloc_free(c->allocator, c->center);
    *c = (cells){0};
}

static cludi_status read_centers(void *user, int64_t first, int64_t count, float *out, cludi_error *error)
{
    (void)error;
    const cells *c = user;
    for (int64_t i = 0; i < count; i++)
        memcpy(out + i * c->n, c->center + c->home[first + i] * c->n, (size_t)c->n * sizeof *out);
    return CLUDI_OK;
}

cludi_source cells_centers(const cells *c)
{
    return (cludi_source){.rows = c->count, .cols = c->n, .read = read_centers, .user = (void *)c};
}
