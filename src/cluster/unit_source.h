/* The rows that a method clusters, made from those that the caller gave: each scaled to norm 1 (an all-zero row stays
   zero) by the same arithmetic as in the trainer's load_batch(), and on request in another order.

   map_rows() in unit_source.c is the mapping, and the only place of it outside the trainer and the predictor. */
#ifndef CLUSTER_UNIT_SOURCE_H
#define CLUSTER_UNIT_SOURCE_H

#include <cludi/matrix.h>
#include <cludi/status.h>

#include "backend.h"

typedef struct unit_source {
    backend *be;
    const cludi_source *X;
    const int64_t *order; /* (rows of X) row i here is row order[i] of X, borrowed; NULL: row i */
    tensor room;          /* (rows at a time, n) */
} unit_source;

/* CLUDI_ERROR_MEMORY; unit_source_clear is needed after an error too. */
cludi_status unit_source_init(unit_source *units, backend *be, const cludi_source *X, const int64_t *order,
                              cludi_error *error);
void unit_source_clear(unit_source *units);

/* The mapped rows, as many and as wide as those of X; units must outlive the source. */
cludi_source unit_source_rows(unit_source *units);

#endif
