#include "panel_search.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "alloc.h"
#include "bounds.h"
#include "error.h"
#include "rows.h"

enum { PANEL_BYTES = 1 << 24, MOST_BLOCKS = 64 };

static int64_t blocks_for(int64_t rows)
{
    return (rows + TOP_BLOCK - 1) / TOP_BLOCK;
}

/* ---- memory ---- */

static bool open_tensor(backend *be, tensor *x, int64_t rows, int64_t cols)
{
    *x = (tensor){.rows = rows, .cols = cols};
    x->data = be->ops.allocate(be, backend_bytes(be, *x));
    return x->data;
}

static bool open_panel(panel_search *s, panel *p)
{
    const cludi_allocator *allocator = &s->be->allocator;
    p->row = alloc_array(allocator, s->capacity, sizeof *p->row);
    return open_tensor(s->be, &p->x, s->capacity, s->n) && p->row;
}

cludi_status panel_search_open(panel_search *s, backend *be, int64_t n, int64_t most, cludi_error *error)
{
    assert(be->precision == PRECISION_F32 && BACKEND_SLICE % be->row_multiple == 0);
    const int64_t fit = min_int(PANEL_BYTES / (int64_t)sizeof(float) / n / TOP_BLOCK, MOST_BLOCKS);
    const int64_t blocks = min_int(blocks_for(most), max_int(fit, 1));
    *s = (panel_search){.be = be, .n = n, .capacity = blocks * TOP_BLOCK};
    s->staging = alloc_array(&be->allocator, TOP_BLOCK * n, sizeof *s->staging);
    s->weights = alloc_array(&be->allocator, blocks, sizeof *s->weights);
    const int64_t scratch = backend_top_scratch(be, s->capacity, s->capacity);
    if (s->staging && s->weights && open_panel(s, &s->rows) && open_panel(s, &s->columns) &&
        open_tensor(be, &s->scratch, 1, scratch))
        return CLUDI_OK;
    return error_memory(error, "two blocks of rows and their similarities");
}

static void close_panel(panel_search *s, panel *p)
{
    alloc_free(&s->be->allocator, p->row);
    s->be->ops.release(s->be, p->x.data);
}

void panel_search_close(panel_search *s)
{
    if (!s->be)
        return;
    for (int64_t i = 0; s->columns.x.data && i < s->capacity / TOP_BLOCK; i++) {
        const tensor block = backend_rows(s->be, s->columns.x, i * TOP_BLOCK, TOP_BLOCK);
        s->be->ops.forget(s->be, &block, 1);
    }
    close_panel(s, &s->rows);
    close_panel(s, &s->columns);
    s->be->ops.release(s->be, s->scratch.data);
    alloc_free(&s->be->allocator, s->weights);
    alloc_free(&s->be->allocator, s->staging);
    *s = (panel_search){0};
}

/* ---- rows ---- */

void panel_clear(panel *p)
{
    p->count = 0;
}

void panel_add_range(panel *p, int64_t first, int64_t count)
{
    assert(p->count + count <= p->x.rows);
    for (int64_t i = 0; i < count; i++)
        p->row[p->count + i] = (int32_t)(first + i);
    p->count += count;
}

void panel_add(panel *p, const int32_t *rows, int64_t count)
{
    assert(p->count + count <= p->x.rows);
    memcpy(p->row + p->count, rows, (size_t)count * sizeof *rows);
    p->count += count;
}

static cludi_status read_rows(const cludi_source *X, const int32_t *row, int64_t count, int64_t base, float *out,
                              cludi_error *error)
{
    int64_t wanted[TOP_BLOCK];
    for (int64_t i = 0; i < count; i++)
        wanted[i] = row[i] - base;
    return rows_read_many(X, wanted, count, out, error);
}

cludi_status panel_search_load(panel_search *s, panel *p, const cludi_source *X, int64_t base, cludi_error *error)
{
    p->blocks = blocks_for(p->count);
    for (int64_t first = 0; first < p->count; first += TOP_BLOCK) {
        const int64_t count = min_int(p->count - first, TOP_BLOCK);
        TRY(read_rows(X, p->row + first, count, base, s->staging, error));
        memset(s->staging + count * s->n, 0, (size_t)((TOP_BLOCK - count) * s->n) * sizeof *s->staging);
        s->be->ops.copy_in(s->be, backend_rows(s->be, p->x, first, TOP_BLOCK), HOST_F32, s->staging);
    }
    return CLUDI_OK;
}

void panel_search_mirror(panel_search *s)
{
    panel *to = &s->columns;
    const int64_t filled = s->rows.blocks * TOP_BLOCK;
    s->be->ops.copy(s->be, backend_rows(s->be, to->x, 0, filled), backend_rows(s->be, s->rows.x, 0, filled));
    memcpy(to->row, s->rows.row, (size_t)s->rows.count * sizeof *to->row);
    to->count = s->rows.count;
    to->blocks = s->rows.blocks;
}

/* ---- the search ---- */

static void prepare_columns(panel_search *s)
{
    for (int64_t i = 0; i < s->columns.blocks; i++)
        s->weights[i] = backend_rows(s->be, s->columns.x, i * TOP_BLOCK, TOP_BLOCK);
    s->be->ops.prepare(s->be, s->weights, (int)s->columns.blocks, false);
}

static top_panel panel_in_use(const panel_search *s, const panel *p)
{
    return (top_panel){backend_rows(s->be, p->x, 0, p->blocks * TOP_BLOCK), p->row, p->count};
}

cludi_status panel_search_run(panel_search *s, top_mode mode, const top_lists *lists, cludi_error *error)
{
    const top_panel rows = panel_in_use(s, &s->rows), columns = panel_in_use(s, &s->columns);
    prepare_columns(s);
    s->be->ops.top_rows(s->be, lists, &rows, &columns, mode, s->scratch);
    return backend_finish(s->be, error);
}
