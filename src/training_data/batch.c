#include "batch.h"

#include <string.h>

#include "alloc.h"
#include "average.h"
#include "error.h"
#include "rng.h"
#include "rows.h"

enum { TASK_ROWS = 16 };

cludi_status batch_init(batch *b, training_data *from, backend *be, batch_share share, cludi_error *error)
{
    const cludi_config *config = from->args.config;
    const cludi_allocator *allocator = &be->allocator;
    const int64_t rows = share.rows * (1 + from->neighbors), cols = from->map.cols, width = from->map.width;
    const bool in_memory = from->sample_rows == from->args.X->rows;
    *b = (batch){.from = from,
                 .be = be,
                 .N = share.rows,
                 .B = config->views,
                 .share = share,
                 .swap = config->neighbor_swap,
                 .seed = from->args.seed};
    b->place = alloc_zeroed(allocator, b->N, sizeof *b->place);
    b->rows = alloc_zeroed(allocator, rows, sizeof *b->rows);
    b->wanted = alloc_zeroed(allocator, rows, sizeof *b->wanted);
    b->room = in_memory ? NULL : alloc_array(allocator, rows * cols, sizeof *b->room);
    b->smooth = alloc_array(allocator, b->N * cols, sizeof *b->smooth);
    b->teacher = alloc_array(allocator, b->N * width, sizeof *b->teacher);
    b->views = alloc_array(allocator, b->B * b->N * width, sizeof *b->views);
    const bool complete =
        b->place && b->rows && b->wanted && (b->room || in_memory) && b->smooth && b->teacher && b->views;
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

/* The rows of the batch, each with its neighbors behind it. */
static cludi_status fetch(batch *b, cludi_error *error)
{
    training_data *p = b->from;
    const int64_t each = 1 + p->neighbors;
    for (int64_t i = 0; i < b->N; i++) {
        int64_t *wanted = b->wanted + i * each;
        wanted[0] = b->place[i];
        for (int64_t j = 1; j < each; j++)
            wanted[j] = p->graph.neighbor[b->place[i] * p->graph.degree + j - 1];
    }
    return training_data_rows(p, b->wanted, b->N * each, b->room, b->rows, error);
}

/* The student's row of view v: itself or a neighbor. */
static const float *choose_row(const batch *b, int64_t i, int64_t view)
{
    const int32_t neighbors = b->from->neighbors;
    const float *const *rows = b->rows + i * (1 + neighbors);
    float coins[2];
    if (neighbors == 0)
        return rows[0];
    rng_uniform((rng_stream){b->seed, RNG_SWAP, b->step}, (uint64_t)(view * b->share.whole + b->share.first + i), coins,
                2);
    return (double)coins[0] < b->swap ? rows[1 + (int32_t)(coins[1] * (float)neighbors)] : rows[0];
}

static void make_row(const batch *b, int64_t i)
{
    const training_data *p = b->from;
    const input_map *map = &p->map;
    float *smooth = b->smooth + i * map->cols;
    const float *const *rows = b->rows + i * (1 + p->neighbors);
    memcpy(smooth, rows[0], (size_t)map->cols * sizeof *smooth);
    for (int32_t j = 0; j < p->neighbors; j++)
        average_add(smooth, rows[1 + j], p->graph.similarity[b->place[i] * p->graph.degree + j], map->cols);
    (void)rows_unit(smooth, map->cols);
    input_map_lift(map, smooth, b->teacher + i * map->width);
    for (int64_t view = 0; view < b->B; view++)
        input_map_lift(map, choose_row(b, i, view), b->views + (view * b->N + i) * map->width);
}

static void make_rows(void *self, int worker, int64_t index)
{
    const batch *b = self;
    (void)worker;
    for (int64_t i = index * TASK_ROWS; i < (index + 1) * TASK_ROWS && i < b->N; i++)
        make_row(b, i);
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
    const cludi_status status = fetch(b, error);
    if (status != CLUDI_OK)
        return status;
    host_each(b->be, (b->N + TASK_ROWS - 1) / TASK_ROWS, make_rows, b);
    return CLUDI_OK;
}
