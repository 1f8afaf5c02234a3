#include "batch.h"

#include <string.h>

#include "alloc.h"
#include "average.h"
#include "error.h"
#include "rng.h"
#include "rows.h"

enum { TASK_ROWS = 16 };

cludi_status batch_init(batch *b, training_data *from, backend *be, const batch_shape *shape, cludi_error *error)
{
    const cludi_allocator *allocator = &be->allocator;
    const int64_t cols = from->map.cols, width = from->map.width, N = shape->share.rows;
    const bool in_memory = from->sample_rows == from->args.X->rows, averages = shape->kind == BATCH_AVERAGED;
    *b = (batch){.from = from,
                 .be = be,
                 .kind = shape->kind,
                 .N = N,
                 .B = averages ? shape->B : shape->kind == BATCH_PAIRED,
                 .share = shape->share,
                 .swap = shape->swap,
                 .seed = from->args.seed};
    b->each = averages ? 1 + from->neighbors : 1 + b->B;
    b->place = alloc_zeroed(allocator, N, sizeof *b->place);
    b->rows = alloc_zeroed(allocator, N * b->each, sizeof *b->rows);
    b->wanted = alloc_zeroed(allocator, N * b->each, sizeof *b->wanted);
    b->room = in_memory ? NULL : alloc_array(allocator, N * b->each * cols, sizeof *b->room);
    b->smooth = averages ? alloc_array(allocator, N * cols, sizeof *b->smooth) : NULL;
    b->teacher = alloc_array(allocator, N * width, sizeof *b->teacher);
    b->views = b->B > 0 ? alloc_array(allocator, b->B * N * width, sizeof *b->views) : NULL;
    const bool complete = b->place && b->rows && b->wanted && (b->room || in_memory) && (b->smooth || !averages) &&
                          b->teacher && (b->views || b->B == 0);
    return complete ? CLUDI_OK : error_memory(error, "a batch of rows");
}

void batch_clear(batch *b)
{
    if (!b->be)
        return;
    const cludi_allocator *allocator = &b->be->allocator;
    alloc_free(allocator, b->place);
    alloc_free(allocator, (void *)b->rows);
    alloc_free(allocator, b->wanted);
    alloc_free(allocator, b->room);
    alloc_free(allocator, b->smooth);
    alloc_free(allocator, b->teacher);
    alloc_free(allocator, b->views);
}

/* The place of fetched row j of row i. */
static int64_t place_of(const batch *b, int64_t i, int64_t j)
{
    const training_data *p = b->from;
    const int64_t place = b->place[i];
    const int32_t *neighbor = p->neighbors > 0 ? p->graph.neighbor + place * p->graph.degree : NULL;
    float coin;
    if (j == 0 || !neighbor)
        return place;
    if (b->kind == BATCH_AVERAGED)
        return neighbor[j - 1];
    rng_uniform((rng_stream){b->seed, RNG_SWAP, b->step}, (uint64_t)(b->share.first + i), &coin, 1);
    return neighbor[(int64_t)(coin * (float)p->neighbors)];
}

/* The rows of the batch, each with its neighbors behind it. */
static cludi_status fetch(batch *b, cludi_error *error)
{
    for (int64_t i = 0; i < b->N; i++)
        for (int64_t j = 0; j < b->each; j++)
            b->wanted[i * b->each + j] = place_of(b, i, j);
    return training_data_rows(b->from, b->wanted, b->N * b->each, b->room, b->rows, error);
}

/* The student's row of view v: itself or a neighbor. */
static const float *choose_row(const batch *b, int64_t i, int64_t view)
{
    const int32_t neighbors = b->from->neighbors;
    const float *const *rows = b->rows + i * b->each;
    float coins[2];
    if (neighbors == 0)
        return rows[0];
    rng_uniform((rng_stream){b->seed, RNG_SWAP, b->step}, (uint64_t)(view * b->share.whole + b->share.first + i), coins,
                2);
    return (double)coins[0] < b->swap ? rows[1 + (int32_t)(coins[1] * (float)neighbors)] : rows[0];
}

static void average_row(const batch *b, int64_t i)
{
    const training_data *p = b->from;
    const input_map *map = &p->map;
    float *smooth = b->smooth + i * map->cols;
    const float *const *rows = b->rows + i * b->each;
    memcpy(smooth, rows[0], (size_t)map->cols * sizeof *smooth);
    for (int32_t j = 0; j < p->neighbors; j++)
        average_add(smooth, rows[1 + j], p->graph.similarity[b->place[i] * p->graph.degree + j], map->cols);
    (void)rows_unit(smooth, map->cols);
    input_map_lift(map, smooth, b->teacher + i * map->width);
    for (int64_t view = 0; view < b->B; view++)
        input_map_lift(map, choose_row(b, i, view), b->views + (view * b->N + i) * map->width);
}

static void lift_row(const batch *b, int64_t i)
{
    const input_map *map = &b->from->map;
    const float *const *rows = b->rows + i * b->each;
    input_map_lift(map, rows[0], b->teacher + i * map->width);
    if (b->views)
        input_map_lift(map, rows[1], b->views + i * map->width);
}

static void make_rows(void *self, int worker, int64_t index)
{
    const batch *b = self;
    (void)worker;
    for (int64_t i = index * TASK_ROWS; i < (index + 1) * TASK_ROWS && i < b->N; i++)
        (b->kind == BATCH_AVERAGED ? average_row : lift_row)(b, i);
}

/* The places of this process's rows; those of others are passed over. */
static void take_places(batch *b)
{
    for (int64_t i = 0; i < b->share.whole; i++) {
        const int64_t place = row_order_next(&b->from->order), own = i - b->share.first;
        if (own >= 0 && own < b->N)
            b->place[own] = place;
    }
}

cludi_status batch_load(batch *b, uint32_t step, cludi_error *error)
{
    b->step = step;
    take_places(b);
    TRY(fetch(b, error));
    host_each(b->be, (b->N + TASK_ROWS - 1) / TASK_ROWS, make_rows, b);
    return CLUDI_OK;
}
