#include "head_rows.h"

#include "alloc.h"
#include "error.h"
#include "rng.h"

enum { TASK_ROWS = 16 };

cludi_status head_rows_init(head_rows *r, training_data *from, backend *be, int64_t N, bool partners,
                            cludi_error *error)
{
    const cludi_allocator *allocator = &be->allocator;
    const bool in_memory = from->sample_rows == from->args.X->rows;
    *r = (head_rows){.from = from, .be = be, .N = N, .count = partners ? 2 * N : N};
    r->rows = alloc_zeroed(allocator, r->count, sizeof *r->rows);
    r->places = alloc_zeroed(allocator, r->count, sizeof *r->places);
    r->room = in_memory ? NULL : alloc_array(allocator, r->count * from->map.cols, sizeof *r->room);
    r->lifted = alloc_array(allocator, r->count * from->map.width, sizeof *r->lifted);
    return r->rows && r->places && (r->room || in_memory) && r->lifted ? CLUDI_OK
                                                                       : error_memory(error, "a batch of rows");
}

void head_rows_clear(head_rows *r)
{
    if (!r->be)
        return;
    alloc_free(&r->be->allocator, (void *)r->rows);
    alloc_free(&r->be->allocator, r->places);
    alloc_free(&r->be->allocator, r->room);
    alloc_free(&r->be->allocator, r->lifted);
}

static int64_t partner_of(const training_data *p, int64_t place, int64_t i, uint32_t step)
{
    float coin;
    if (p->neighbors == 0)
        return place;
    rng_uniform((rng_stream){p->args.seed, RNG_SWAP, step}, (uint64_t)i, &coin, 1);
    return p->graph.neighbor[place * p->graph.degree + (int64_t)(coin * (float)p->neighbors)];
}

static void lift(void *self, int worker, int64_t index)
{
    const head_rows *r = self;
    const input_map *map = &r->from->map;
    (void)worker;
    for (int64_t i = index * TASK_ROWS; i < (index + 1) * TASK_ROWS && i < r->count; i++)
        input_map_lift(map, r->rows[i], r->lifted + i * map->width);
}

cludi_status head_rows_load(head_rows *r, uint32_t step, cludi_error *error)
{
    for (int64_t i = 0; i < r->N; i++) {
        r->places[i] = row_order_next(&r->from->order);
        if (r->count > r->N)
            r->places[r->N + i] = partner_of(r->from, r->places[i], i, step);
    }
    const cludi_status status = training_data_rows(r->from, r->places, r->count, r->room, r->rows, error);
    if (status == CLUDI_OK)
        host_each(r->be, (r->count + TASK_ROWS - 1) / TASK_ROWS, lift, r);
    return status;
}
