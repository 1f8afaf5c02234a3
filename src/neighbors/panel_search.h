/* Two sets of unit rows in the backend's memory, and the lists of the best that follow from their scalar products
   (top_rows of backend.h). Every product is of rows with one whole block of columns, so its bits depend on the two rows, their
   places in a slice and a block, and on nothing else: not on threads, nor on what other blocks there are. */
#ifndef NEIGHBORS_PANEL_SEARCH_H
#define NEIGHBORS_PANEL_SEARCH_H

#include <cludi/matrix.h>

#include "backend.h"

typedef struct panel {
    tensor x;       /* (capacity, n) */
    int32_t *row;   /* (capacity) numbers of the rows: whose lists they are */
    int64_t count;  /* rows in use */
    int64_t blocks; /* blocks in use */
} panel;

typedef struct panel_search {
    backend *be; /* float32 */
    int64_t n, capacity;
    panel rows, columns;
    float *staging;  /* (TOP_BLOCK, n) rows on their way in */
    tensor scratch;  /* of top_rows */
    tensor *weights; /* (capacity / TOP_BLOCK) blocks of columns, for prepare */
} panel_search;

/* Panels for at most `most` rows of n columns, 16 MiB each and never less than a block. CLUDI_ERROR_MEMORY;
   panel_search_close is needed after an error too. */
cludi_status panel_search_open(panel_search *search, backend *be, int64_t n, int64_t most, cludi_error *error);
void panel_search_close(panel_search *search);

/* Empties the panel; puts consecutive rows, or any, behind those that are in it: there must be room. */
void panel_clear(panel *p);
void panel_add_range(panel *p, int64_t first, int64_t count);
void panel_add(panel *p, const int32_t *rows, int64_t count);

/* Reads the rows of a panel: row r is row r - base of X. What X->read returned. */
cludi_status panel_search_load(panel_search *search, panel *p, const cludi_source *X, int64_t base, cludi_error *error);

/* Makes columns a copy of rows, both loaded. */
void panel_search_mirror(panel_search *search);

/* Offers the rows of the panels to each other's lists. CLUDI_ERROR_BACKEND, CLUDI_ERROR_MEMORY. */
cludi_status panel_search_run(panel_search *search, top_mode mode, const top_lists *lists, cludi_error *error);

#endif
