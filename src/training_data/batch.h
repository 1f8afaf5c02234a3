/* The rows of one training step. The teacher sees each row averaged with its neighbors (average.h): that is
   where structure beyond single rows comes in. Each view of the student is the row itself or, with probability
   `swap`, one of its neighbors, so that neighbors learn to agree. Both are then lifted (input_map.h). */
#ifndef TRAINING_DATA_BATCH_H
#define TRAINING_DATA_BATCH_H

#include "training_data.h"

/* The rows of a batch that one process has: `rows` from `first` on, of `whole`. */
typedef struct batch_share {
    int64_t first, rows, whole;
} batch_share;

typedef struct batch {
    training_data *from;
    backend *be;  /* gives threads */
    int64_t N, B; /* rows of this process, views */
    batch_share share;
    int64_t *place;     /* (N) of the rows in the canonical order */
    int64_t *wanted;    /* (N, 1 + neighbors) places of those */
    const float **rows; /* (N, 1 + neighbors) each row, then its neighbors; mapped */
    float *room;        /* (N, 1 + neighbors, cols) those that are not in memory; NULL when all are */
    float *smooth;      /* (N, cols) averages */
    float *teacher;     /* (N, width) result */
    float *views;       /* (B N, width) result */
    double swap;
    uint64_t seed;
    uint32_t step;
} batch;

/* CLUDI_ERROR_MEMORY; batch_clear is needed after an error too. */
cludi_status batch_init(batch *b, training_data *from, backend *be, batch_share share, cludi_error *error);
void batch_clear(batch *b);

/* Fills place, teacher and views with the next rows of the order. What X->read returned. */
cludi_status batch_load(batch *b, uint32_t step, cludi_error *error);

#endif
