#include "exact_neighbors.h"

#include "bounds.h"
#include "error.h"
#include "panel_search.h"

typedef struct exact {
    const neighbor_args *args;
    panel_search search;
    int64_t pair, pairs; /* of panels, done and in all */
    double started;
} exact;

static cludi_status fill(exact *e, panel *p, int64_t first, cludi_error *error)
{
    const int64_t left = e->args->X->rows - first;
    panel_clear(p);
    panel_add_range(p, first, min_int(left, e->search.capacity));
    return panel_search_load(&e->search, p, e->args->X, 0, error);
}

static cludi_status run(exact *e, top_mode mode, const top_lists *lists, cludi_error *error)
{
    const cludi_status status = panel_search_run(&e->search, mode, lists, error);
    e->pair++;
    return status == CLUDI_OK ? neighbors_report(e->args, e->started, e->pair, e->pairs, error) : status;
}

/* The panel that begins at `first`: within, then with each behind it. */
static cludi_status search_panel(exact *e, int64_t first, const top_lists *lists, cludi_error *error)
{
    TRY(fill(e, &e->search.rows, first, error));
    panel_search_mirror(&e->search);
    cludi_status status = run(e, TOP_WITHIN, lists, error);
    for (int64_t other = first + e->search.capacity; status == CLUDI_OK && other < e->args->X->rows;
         other += e->search.capacity) {
        status = fill(e, &e->search.columns, other, error);
        if (status == CLUDI_OK)
            status = run(e, TOP_BETWEEN, lists, error);
    }
    return status;
}

cludi_status exact_neighbors(const neighbor_args *args, const top_lists *lists, cludi_error *error)
{
    exact e = {.args = args, .started = message_seconds()};
    cludi_status status = panel_search_open(&e.search, args->be, args->X->cols, args->X->rows, error);
    if (status == CLUDI_OK) {
        const int64_t panels = (args->X->rows + e.search.capacity - 1) / e.search.capacity;
        e.pairs = panels * (panels + 1) / 2;
    }
    for (int64_t first = 0; status == CLUDI_OK && first < args->X->rows; first += e.search.capacity)
        status = search_panel(&e, first, lists, error);
    panel_search_close(&e.search);
    return status;
}
