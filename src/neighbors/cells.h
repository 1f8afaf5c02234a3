/* A partition of unit rows into cells of rows that are alike: spherical k-means with about sqrt(M) centers, a few rounds
   of Lloyd's on a sample of 64 rows for each center, then every row goes to its best center. A cell that is too large is
   cut into pieces that share a center, so that many equal rows do not make the search quadratic again. */
#ifndef NEIGHBORS_CELLS_H
#define NEIGHBORS_CELLS_H

#include "neighbor_args.h"
#include "panel_search.h"

typedef struct cells {
    const cludi_allocator *allocator;
    int64_t n;       /* columns */
    int64_t count;   /* of pieces, >= 1; a piece may be empty */
    int64_t *first;  /* (count + 1) where each begins in order */
    int32_t *order;  /* (M) rows by piece, rising within a center */
    int32_t *home;   /* (count) the center of each */
    float *center;   /* (centers, n) unit rows */
    int64_t centers; /* >= 1 */
} cells;

/* Called when so many more rows have found their cell; anything but CLUDI_OK ends the work. */
typedef cludi_status cells_progress(void *user, int64_t rows, cludi_error *error);

/* Cuts args->X up with a search that was opened for it; no piece is larger than a panel of the search.
   CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND, what X->read or progress returned; cells_close is needed after an error too. */
cludi_status cells_open(cells *c, const neighbor_args *args, panel_search *search, cells_progress *progress, void *user,
                        cludi_error *error);
void cells_close(cells *c);

/* The centers of the pieces, as long as the cells live. */
cludi_source cells_centers(const cells *c);

#endif
