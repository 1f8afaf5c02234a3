/* Scalar products of the rows of two panels, and what they offer to the lists. Every product is of BACKEND_SLICE rows with
   one whole block of columns, by the backend's product.

   A score serves both of its rows. Blocks are paired as in a tournament: in round r, block i of the rows meets block
   (r - i) mod L of the columns, so tasks that run at the same time never share a row's list. Between a panel and itself
   round r pairs i and j with i + j = r mod L, each pair once. */
#include "real.h"

/* Scores are looked at CHUNK at a time. */
enum { CHUNK = 2 * LANES };

typedef struct top_loop {
    const backend *be;
    const top_lists *lists;
    const top_panel *rows, *columns;
    real *row_worst,
        *column_worst; /* (x.rows) what a score has to reach to be offered; a lower bound while the loop runs */
    real *tiles;       /* (threads, BACKEND_SLICE, TOP_BLOCK) */
    top_mode mode;
    int64_t round, rounds;
} top_loop;

static int64_t blocks_of(const top_panel *p)
{
    return (p->count + TOP_BLOCK - 1) / TOP_BLOCK;
}

/* Does any of CHUNK scores reach its row's worst or its column's? */
static inline bool any_reaches(const real *score, real worst, const real *column_worst)
{
    int32_t any = 0;
    for (int j = 0; j < CHUNK; j++) {
        const real wanted = column_worst[j] < worst ? column_worst[j] : worst;
        any |= score[j] >= wanted;
    }
    return any;
}

/* Columns first .. last of a block, against place r of the rows. */
static void offer_some(const top_loop *l, int64_t r, int64_t block, const real *score, int64_t first, int64_t last)
{
    const int32_t row = l->rows->row[r];
    for (int64_t j = first; j < last; j++) {
        const int64_t c = block + j;
        const int32_t column = l->columns->row[c];
        if (score[j] >= l->row_worst[r] && column != row)
            l->row_worst[r] = (real)top_lists_offer(l->lists, row, column, (float)score[j]);
        if (score[j] >= l->column_worst[c])
            l->column_worst[c] = (real)top_lists_offer(l->lists, column, row, (float)score[j]);
    }
}

/* Place r of the rows against a block of columns, from column `first` on. */
static void offer_row(const top_loop *l, int64_t r, int64_t block, const real *score, int64_t first)
{
    const int64_t left = l->columns->count - block, count = left < TOP_BLOCK ? left : TOP_BLOCK;
    for (int64_t chunk = first / CHUNK * CHUNK; chunk < count; chunk += CHUNK)
        if (any_reaches(score + chunk, l->row_worst[r], l->column_worst + block + chunk))
            offer_some(l, r, block, score, chunk > first ? chunk : first,
                       chunk + CHUNK < count ? chunk + CHUNK : count);
}

/* Block i of the rows meets its partner of this round. */
static void meet(void *self, int worker, int64_t i)
{
    const top_loop *l = self;
    const int64_t j = (l->round - i + l->rounds) % l->rounds;
    const bool within = l->mode == TOP_WITHIN;
    if (j >= blocks_of(l->columns) || (within && i > j))
        return;
    backend be = backend_worker(l->be);
    const tensor W = backend_rows(&be, l->columns->x, j * TOP_BLOCK, TOP_BLOCK);
    const tensor y = {l->tiles + (int64_t)worker * BACKEND_SLICE * TOP_BLOCK, BACKEND_SLICE, TOP_BLOCK, false};
    const int64_t begin = i * TOP_BLOCK, left = l->rows->count - begin, count = left < TOP_BLOCK ? left : TOP_BLOCK;
    for (int64_t first = 0; first < count; first += BACKEND_SLICE) {
        be.ops.linear(&be, y, backend_rows(&be, l->rows->x, begin + first, BACKEND_SLICE), W, (tensor){0});
        for (int64_t r = first; r < count && r < first + BACKEND_SLICE; r++)
            offer_row(l, begin + r, j * TOP_BLOCK, row_of(y, r - first), within && i == j ? r + 1 : 0);
    }
}

/* What the lists of a panel want; nothing reaches the places behind the last row. */
static void look_up_worst(real *worst, const top_panel *p, const top_lists *lists)
{
    for (int64_t i = 0; i < p->x.rows; i++)
        worst[i] = lists && i < p->count ? (real)top_lists_worst(lists, p->row[i]) : (real)INFINITY;
}

static void top_rows(backend *be, const top_lists *lists, const top_panel *rows, const top_panel *columns,
                     top_mode mode, tensor scratch)
{
    real *tiles = (real *)scratch.data + rows->x.rows + columns->x.rows;
    top_loop l = {be, lists, rows, columns, scratch.data, (real *)scratch.data + rows->x.rows, tiles, mode, 0, 0};
    l.rounds = blocks_of(rows) > blocks_of(columns) ? blocks_of(rows) : blocks_of(columns);
    look_up_worst(l.row_worst, rows, lists);
    look_up_worst(l.column_worst, columns, mode == TOP_ONE_WAY ? NULL : lists);
    for (l.round = 0; l.round < l.rounds; l.round++)
        host_each(be, blocks_of(rows), meet, &l);
}

void KERNEL(ref_top_rows)(backend_ops *ops)
{
    ops->top_rows = top_rows;
}
