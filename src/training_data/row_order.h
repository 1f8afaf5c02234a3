/* The order in which rows enter training: one shuffled epoch after another, so that a batch may reach over the end of
   an epoch, and may be larger than the data.

   Rows are first put into a canonical order by their fingerprints; shuffles permute that. So the order in which the
   caller stored the rows does not matter. The pass over all rows that takes the fingerprints is the only one: it also
   refuses what is not finite and counts rows of zeros and rows that differ, and finds the longest one. */
#ifndef TRAINING_DATA_ROW_ORDER_H
#define TRAINING_DATA_ROW_ORDER_H

#include <cludi/matrix.h>

#include <cludi/status.h>

#include "alloc.h"

typedef struct row_order {
    const cludi_allocator *allocator;
    int64_t *canonical; /* (rows) row numbers sorted by fingerprint; owned */
    int64_t *shuffled;  /* (reach) places of this epoch; owned, room for all rows */
    int64_t rows;
    int64_t reach;    /* epochs run over the first so many places */
    int64_t zeros;    /* rows whose numbers are all zero */
    int64_t distinct; /* rows that differ from each other */
    int64_t longest;  /* the first row of the largest norm */
    double length;    /* its norm */
    uint64_t digest;  /* of the rows as a multiset: their sorted fingerprints */
    int64_t next;     /* position in shuffled */
    uint64_t seed;
    uint32_t epoch;
} row_order;

/* Reads every row of X once. CLUDI_ERROR_MEMORY, CLUDI_ERROR_DATA naming a NaN or an infinity, what X->read returned;
   row_order_clear is needed after an error too. */
cludi_status row_order_init(row_order *order, const cludi_allocator *allocator, const cludi_source *X, uint64_t seed,
                            cludi_error *error);
void row_order_clear(row_order *order);

/* From now on epochs run over the first `rows` places of the canonical order alone; a change starts a new one. */
void row_order_reach(row_order *order, int64_t rows);

/* To where an order of the same rows and seed was after `epoch` shuffles. */
void row_order_restore(row_order *order, uint32_t epoch, int64_t reach, int64_t next);

/* The next row's place in the canonical order; canonical[place] is its number. */
int64_t row_order_next(row_order *order);

#endif
