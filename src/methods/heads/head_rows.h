/* The rows of one step of a rival: N rows in shuffled order and a partner of each (head_step.h), lifted. */
#ifndef METHODS_HEADS_HEAD_ROWS_H
#define METHODS_HEADS_HEAD_ROWS_H

#include "training_data.h"

typedef struct head_rows {
    training_data *from;
    backend *be;        /* gives threads */
    int64_t N, count;   /* rows of a step; with their partners, if there are any */
    const float **rows; /* (count) mapped */
    int64_t *places;    /* (count) of them in the canonical order */
    float *room;        /* (count, cols) those that are not in memory; NULL when all are */
    float *lifted;      /* (count, width) result */
} head_rows;

/* CLUDI_ERROR_MEMORY; head_rows_clear is needed after an error too. */
cludi_status head_rows_init(head_rows *r, training_data *from, backend *be, int64_t N, bool partners,
                            cludi_error *error);
void head_rows_clear(head_rows *r);

/* Fills lifted with the next N rows of the order, then a random neighbor of each (the row itself where there are no neighbors).
   What X->read returned. */
cludi_status head_rows_load(head_rows *r, uint32_t step, cludi_error *error);

#endif
