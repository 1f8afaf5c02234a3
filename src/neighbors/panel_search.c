#include "panel_search.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "alloc.h"
#include "bounds.h"
#include "error.h"
#include "rows.h"

/* A slice is what the onednn backend multiplies at a time with a packed weight; with the block and the slice's scores it
   stays in a core's cache. Similarities are looked at CHUNK at a time. */
enum { BLOCK = 384, SLICE = 96, CHUNK = 32, PANEL_BYTES = 1 << 24, MOST_BLOCKS = 64 };

static int64_t blocks_for(int64_t rows)
{
    return (rows + BLOCK - 1) / BLOCK;
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
    p->worst = alloc_array(allocator, s->capacity, sizeof *p->worst);
    return open_tensor(s->be, &p->x, s->capacity, s->n) && p->row && p->worst;
}

static bool open_team(panel_search *s)
{
    const cludi_allocator *allocator = &s->be->allocator;
    s->workers = backend_workers(s->be);
    s->team = alloc_zeroed(allocator, s->workers, sizeof *s->team);
    for (int i = 0; s->team && i < s->workers; i++) {
        search_worker *w = &s->team[i];
        w->be = backend_worker(s->be);
        w->scores = alloc_array(allocator, (int64_t)SLICE * BLOCK, sizeof *w->scores);
        if (!w->scores || !open_tensor(s->be, &w->y, SLICE, BLOCK))
            return false;
    }
    return s->team;
}

cludi_status panel_search_open(panel_search *s, backend *be, int64_t n, int64_t most, cludi_error *error)
{
    assert(be->precision == PRECISION_F32 && SLICE % be->row_multiple == 0);
    const int64_t fit = min_int(PANEL_BYTES / (int64_t)sizeof(float) / n / BLOCK, MOST_BLOCKS);
    const int64_t blocks = min_int(blocks_for(most), max_int(fit, 1));
    *s = (panel_search){.be = be, .n = n, .capacity = blocks * BLOCK};
    s->staging = alloc_array(&be->allocator, BLOCK * n, sizeof *s->staging);
    s->weights = alloc_array(&be->allocator, blocks, sizeof *s->weights);
    if (s->staging && s->weights && open_panel(s, &s->rows) && open_panel(s, &s->columns) && open_team(s))
        return CLUDI_OK;
    return error_memory(error, "two blocks of rows and their similarities");
}

static void close_panel(panel_search *s, panel *p)
{
    alloc_free(&s->be->allocator, p->row);
    alloc_free(&s->be->allocator, p->worst);
    s->be->ops.release(s->be, p->x.data);
}

void panel_search_close(panel_search *s)
{
    if (!s->be)
        return;
    for (int64_t i = 0; s->columns.x.data && i < s->capacity / BLOCK; i++) {
        const tensor block = backend_rows(s->be, s->columns.x, i * BLOCK, BLOCK);
        s->be->ops.forget(s->be, &block, 1);
    }
    for (int i = 0; s->team && i < s->workers; i++) {
        alloc_free(&s->be->allocator, s->team[i].scores);
        s->be->ops.release(s->be, s->team[i].y.data);
    }
    close_panel(s, &s->rows);
    close_panel(s, &s->columns);
    alloc_free(&s->be->allocator, s->team);
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
    int64_t wanted[BLOCK];
    for (int64_t i = 0; i < count; i++)
        wanted[i] = row[i] - base;
    return rows_read_many(X, wanted, count, out, error);
}

cludi_status panel_search_load(panel_search *s, panel *p, const cludi_source *X, int64_t base, cludi_error *error)
{
    p->blocks = blocks_for(p->count);
    for (int64_t first = 0; first < p->count; first += BLOCK) {
        const int64_t count = min_int(p->count - first, BLOCK);
        TRY(read_rows(X, p->row + first, count, base, s->staging, error));
        memset(s->staging + count * s->n, 0, (size_t)((BLOCK - count) * s->n) * sizeof *s->staging);
        s->be->ops.copy_in(s->be, backend_rows(s->be, p->x, first, BLOCK), HOST_F32, s->staging);
    }
    return CLUDI_OK;
}

void panel_search_mirror(panel_search *s)
{
    panel *to = &s->columns;
    const int64_t filled = s->rows.blocks * BLOCK;
    s->be->ops.copy(s->be, backend_rows(s->be, to->x, 0, filled), backend_rows(s->be, s->rows.x, 0, filled));
    memcpy(to->row, s->rows.row, (size_t)s->rows.count * sizeof *to->row);
    to->count = s->rows.count;
    to->blocks = s->rows.blocks;
}

/* ---- the search ---- */

/* Does any of CHUNK similarities reach its row's worst or its column's? */
static inline bool any_reaches(const float *similarity, float worst, const float *column_worst)
{
    int32_t any = 0;
    for (int j = 0; j < CHUNK; j++) {
        const float wanted = column_worst[j] < worst ? column_worst[j] : worst;
        any |= similarity[j] >= wanted;
    }
    return any;
}

/* Columns first .. last of a block, against place r of the rows. */
static void offer_some(const panel_search *s, int64_t r, int64_t block, const float *similarity, int64_t first,
                       int64_t last)
{
    const panel *rows = &s->rows, *columns = &s->columns;
    const int32_t row = rows->row[r];
    for (int64_t j = first; j < last; j++) {
        const int64_t c = block + j;
        const int32_t column = columns->row[c];
        if (similarity[j] >= rows->worst[r] && column != row)
            rows->worst[r] = top_lists_offer(s->lists, row, column, similarity[j]);
        if (similarity[j] >= columns->worst[c])
            columns->worst[c] = top_lists_offer(s->lists, column, row, similarity[j]);
    }
}

/* Place r of the rows against a block of columns, from column `first` on. */
static void offer_row(const panel_search *s, int64_t r, int64_t block, const float *similarity, int64_t first)
{
    const int64_t count = min_int(s->columns.count - block, BLOCK);
    for (int64_t chunk = first / CHUNK * CHUNK; chunk < count; chunk += CHUNK)
        if (any_reaches(similarity + chunk, s->rows.worst[r], s->columns.worst + block + chunk))
            offer_some(s, r, block, similarity, max_int(chunk, first), min_int(chunk + CHUNK, count));
}

/* Block i of the rows meets its partner of this round. */
static void meet(void *self, int worker, int64_t i)
{
    const panel_search *s = self;
    const int64_t j = (s->round - i + s->rounds) % s->rounds;
    const bool within = s->mode == SEARCH_WITHIN;
    if (i >= s->rows.blocks || j >= s->columns.blocks || (within && i > j))
        return;
    search_worker *w = &s->team[worker];
    const tensor W = backend_rows(&w->be, s->columns.x, j * BLOCK, BLOCK);
    const int64_t end = min_int(s->rows.count, (i + 1) * BLOCK);
    for (int64_t first = i * BLOCK; first < end; first += SLICE) {
        w->be.ops.linear(&w->be, w->y, backend_rows(&w->be, s->rows.x, first, SLICE), W, (tensor){0});
        w->be.ops.copy_out(&w->be, HOST_F32, w->scores, w->y);
        for (int64_t r = first; r < min_int(first + SLICE, end); r++)
            offer_row(s, r, j * BLOCK, w->scores + (r - first) * BLOCK, within && i == j ? r - i * BLOCK + 1 : 0);
    }
}

/* What the lists of a panel want; nothing reaches the places behind the last row. */
static void look_up_worst(panel *p, const top_lists *lists)
{
    for (int64_t i = 0; i < p->blocks * BLOCK; i++)
        p->worst[i] = lists && i < p->count ? top_lists_worst(lists, p->row[i]) : INFINITY;
}

static void prepare_columns(panel_search *s)
{
    for (int64_t i = 0; i < s->columns.blocks; i++)
        s->weights[i] = backend_rows(s->be, s->columns.x, i * BLOCK, BLOCK);
    s->be->ops.prepare(s->be, s->weights, (int)s->columns.blocks, false);
}

cludi_status panel_search_run(panel_search *s, search_mode mode, const top_lists *lists, cludi_error *error)
{
    s->mode = mode;
    s->lists = lists;
    s->rounds = max_int(s->rows.blocks, s->columns.blocks);
    look_up_worst(&s->rows, lists);
    look_up_worst(&s->columns, mode == SEARCH_ONE_WAY ? NULL : lists);
    prepare_columns(s);
    for (s->round = 0; s->round < s->rounds; s->round++)
        s->be->ops.for_each(s->be, s->rows.blocks, meet, s);
    return backend_finish(s->be, error);
}
