#include "cell_neighbors.h"

#include "bounds.h"
#include "cells.h"
#include "error.h"
#include "exact_neighbors.h"

enum { NEAR = 12, ROWS_OF_NEIGHBOR = 4 };

typedef struct cell_search {
    const neighbor_args *args;
    const top_lists *lists;
    panel_search search;
    cells cells;
    neighbor_graph near; /* of the cells; empty if there is one */
    int64_t done;        /* rows that found their cell, and rows whose cell was searched */
    double started;
} cell_search;

static cludi_status progress(void *user, int64_t rows, cludi_error *error)
{
    cell_search *s = user;
    s->done += rows;
    return neighbors_report(s->args, s->started, s->done, 2 * s->args->X->rows, error);
}

/* ---- which cells meet ---- */

static cludi_status find_near(cell_search *s, cludi_error *error)
{
    const cludi_source centers = cells_centers(&s->cells);
    const int64_t rows = (int64_t)ROWS_OF_NEIGHBOR * s->args->degree;
    int64_t near = (rows * s->cells.count + s->args->X->rows - 1) / s->args->X->rows;
    near = min_int(max_int(near, NEAR), s->cells.count - 1);
    if (near == 0)
        return CLUDI_OK;
    const neighbor_args args = {.be = s->args->be, .X = &centers, .degree = (int32_t)near};
    TRY(neighbors_open(&s->near, &args, error));
    const top_lists lists = neighbors_lists(&s->near);
    return exact_neighbors(&args, &lists, error);
}

static bool is_near(const neighbor_graph *near, int64_t a, int64_t b)
{
    for (int64_t i = a * near->degree; i < (a + 1) * near->degree; i++)
        if (near->neighbor[i] == b)
            return true;
    return false;
}

/* ---- cell against cells ---- */

static int64_t rows_of(const cell_search *s, int64_t cell)
{
    return s->cells.first[cell + 1] - s->cells.first[cell];
}

static void add_cell(const cell_search *s, panel *p, int64_t cell)
{
    panel_add(p, s->cells.order + s->cells.first[cell], rows_of(s, cell));
}

/* The columns that have come together, which are then gone. */
static cludi_status meet_columns(cell_search *s, cludi_error *error)
{
    cludi_status status = panel_search_load(&s->search, &s->search.columns, s->args->X, 0, error);
    if (status == CLUDI_OK)
        status = panel_search_run(&s->search, TOP_BETWEEN, s->lists, error);
    panel_clear(&s->search.columns);
    return status;
}

/* Cells behind this one; those before it have met it. */
static cludi_status meet_near_cells(cell_search *s, int64_t cell, cludi_error *error)
{
    panel *columns = &s->search.columns;
    cludi_status status = CLUDI_OK;
    panel_clear(columns);
    for (int64_t other = cell + 1; status == CLUDI_OK && other < s->cells.count; other++) {
        if (!is_near(&s->near, cell, other) && !is_near(&s->near, other, cell))
            continue;
        if (columns->count + rows_of(s, other) > s->search.capacity)
            status = meet_columns(s, error);
        add_cell(s, columns, other);
    }
    return status == CLUDI_OK && columns->count > 0 ? meet_columns(s, error) : status;
}

static cludi_status search_cell(cell_search *s, int64_t cell, cludi_error *error)
{
    if (rows_of(s, cell) == 0)
        return CLUDI_OK;
    panel_clear(&s->search.rows);
    add_cell(s, &s->search.rows, cell);
    TRY(panel_search_load(&s->search, &s->search.rows, s->args->X, 0, error));
    panel_search_mirror(&s->search);
    TRY(panel_search_run(&s->search, TOP_WITHIN, s->lists, error));
    return meet_near_cells(s, cell, error);
}

/* ---- rows that met too few ---- */

/* The rows of the panel against all rows. */
static cludi_status meet_all(cell_search *s, cludi_error *error)
{
    panel *columns = &s->search.columns;
    cludi_status status = panel_search_load(&s->search, &s->search.rows, s->args->X, 0, error);
    for (int64_t first = 0; status == CLUDI_OK && first < s->args->X->rows; first += s->search.capacity) {
        const int64_t left = s->args->X->rows - first;
        panel_clear(columns);
        panel_add_range(columns, first, min_int(left, s->search.capacity));
        status = panel_search_load(&s->search, columns, s->args->X, 0, error);
        if (status == CLUDI_OK)
            status = panel_search_run(&s->search, TOP_ONE_WAY, s->lists, error);
    }
    panel_clear(&s->search.rows);
    return status;
}

static cludi_status complete(cell_search *s, cludi_error *error)
{
    panel *rows = &s->search.rows;
    cludi_status status = CLUDI_OK;
    panel_clear(rows);
    for (int64_t i = 0; status == CLUDI_OK && i < s->args->X->rows; i++) {
        if (top_lists_worst(s->lists, i) != -INFINITY)
            continue;
        top_lists_reset(s->lists, i);
        panel_add_range(rows, i, 1);
        if (rows->count == s->search.capacity)
            status = meet_all(s, error);
    }
    return status == CLUDI_OK && rows->count > 0 ? meet_all(s, error) : status;
}

/* ---- all ---- */

static cludi_status search_cells(cell_search *s, cludi_error *error)
{
    cludi_status status = cells_open(&s->cells, s->args, &s->search, progress, s, error);
    if (status == CLUDI_OK)
        status = find_near(s, error);
    for (int64_t cell = 0; status == CLUDI_OK && cell < s->cells.count; cell++) {
        status = search_cell(s, cell, error);
        if (status == CLUDI_OK)
            status = progress(s, rows_of(s, cell), error);
    }
    return status == CLUDI_OK ? complete(s, error) : status;
}

cludi_status cell_neighbors(const neighbor_args *args, const top_lists *lists, cludi_error *error)
{
    cell_search s = {.args = args, .lists = lists, .started = message_seconds()};
    cludi_status status = panel_search_open(&s.search, args->be, args->X->cols, args->X->rows, error);
    if (status == CLUDI_OK)
        status = search_cells(&s, error);
    neighbors_clear(&s.near);
    cells_close(&s.cells);
    panel_search_close(&s.search);
    return status;
}
