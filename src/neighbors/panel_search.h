/* Similarities of two sets of unit rows, and the lists of the best that follow from them.

   A panel is a set of rows in the backend's memory, in blocks of 384 rows; zeros fill the last block. Every similarity
   comes from a product of 96 rows with one whole block, so its bits depend on the two rows, their places in a slice and a
   block, and on nothing else: not on threads, nor on what other blocks there are.

   A similarity serves both of its rows. Blocks are paired as in a tournament: in round r, block i of the rows meets block
   (r - i) mod L of the columns, so tasks that run at the same time never share a row's list. Between a panel and itself
   round r pairs i and j with i + j = r mod L, each pair once. */
#ifndef NEIGHBORS_PANEL_SEARCH_H
#define NEIGHBORS_PANEL_SEARCH_H

#include <cludi/matrix.h>

#include "backend.h"
#include "top_lists.h"

typedef struct panel {
    tensor x;       /* (capacity, n) */
    int32_t *row;   /* (capacity) numbers of the rows: whose lists they are */
    float *worst;   /* (capacity) what a similarity must reach to be offered; a lower bound while a search runs */
    int64_t count;  /* rows in use */
    int64_t blocks; /* blocks in use */
} panel;

typedef struct search_worker {
    backend be;
    tensor y;      /* (96, 384) */
    float *scores; /* (96, 384) y in host memory */
} search_worker;

typedef enum search_mode {
    SEARCH_WITHIN,  /* columns is a copy of rows: each pair of rows once, for both */
    SEARCH_BETWEEN, /* no row is in both: each pair once, for both */
    SEARCH_ONE_WAY  /* for the lists of rows alone; a row that is in both does not meet itself */
} search_mode;

typedef struct panel_search {
    backend *be; /* float32 */
    int64_t n, capacity;
    panel rows, columns;
    float *staging;      /* (384, n) rows on their way in */
    search_worker *team; /* (backend_workers) */
    int workers;
    tensor *weights;        /* (capacity / 384) blocks of columns, for prepare */
    const top_lists *lists; /* of the running search, and the rest of it */
    search_mode mode;
    int64_t round, rounds;
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
cludi_status panel_search_run(panel_search *search, search_mode mode, const top_lists *lists, cludi_error *error);

#endif
