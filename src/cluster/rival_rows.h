/* The rows of one step of a rival: N rows in shuffled order and a partner of each (src/rivals/rival_step.h), lifted. */
#ifndef CLUSTER_RIVAL_ROWS_H
#define CLUSTER_RIVAL_ROWS_H

#include "preparation.h"

typedef struct rival_rows {
    preparation *from;
    backend *be;        /* gives threads */
    int64_t N, count;   /* rows of a step; with their partners, if there are any */
    const float **rows; /* (count) mapped */
    float *room;        /* (count, cols) those that are not in memory; NULL when all are */
    float *lifted;      /* (count, width) result */
} rival_rows;

/* CLUDI_ERROR_MEMORY; rival_rows_clear is needed after an error too. */
cludi_status rival_rows_init(rival_rows *r, preparation *from, backend *be, int64_t N, bool partners,
                             cludi_error *error);
void rival_rows_clear(rival_rows *r);

/* Fills lifted with the next N rows of the order, then a random neighbour of each (the row itself where there are no neighbours).
   What X->read returned. */
cludi_status rival_rows_load(rival_rows *r, uint32_t step, cludi_error *error);

#endif
