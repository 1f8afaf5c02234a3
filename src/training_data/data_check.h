/* Rows that cannot become what was asked for are named before training: too few that differ, rows or columns beside which
   all others vanish, numbers of which float32 keeps too little. Nothing is refused: training goes on. */
#ifndef TRAINING_DATA_DATA_CHECK_H
#define TRAINING_DATA_DATA_CHECK_H

#include "input_map.h"
#include "message.h"
#include "row_order.h"

typedef struct data_check {
    const callbacks *messages;
    const row_order *order;     /* of all rows */
    const cludi_matrix *X;      /* (S, n) the first places of the order, the caller's */
    const column_facts *facts;  /* of X */
    const input_map *map;       /* learned from X */
    const cludi_matrix *mapped; /* (S, map->cols) X under the map */
    int32_t clusters;           /* K */
} data_check;

/* Logs a warning for each thing found. CLUDI_ERROR_MEMORY. Cost: one pass over X or the mapped rows, which are in memory. */
cludi_status data_check_warn(const data_check *check, cludi_error *error);

#endif
