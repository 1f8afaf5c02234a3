/* The rows of one training step, in shuffled order, lifted (input_map.h).

   Averaged: the teacher sees each row averaged with its neighbors (average.h): that is where structure beyond single rows comes in.
   Each view of the student is the row itself or, with probability `swap`, one of its neighbors, so that neighbors learn to agree.
   Paired: the rows as they are, and a random neighbor of each (the row itself where there are no neighbors). Plain: the rows. */
#ifndef TRAINING_DATA_BATCH_H
#define TRAINING_DATA_BATCH_H

#include "training_data.h"

typedef enum batch_kind { BATCH_AVERAGED, BATCH_PAIRED, BATCH_PLAIN } batch_kind;

/* The rows of a batch that one process has: `rows` from `first` on, of `whole`. */
typedef struct batch_share {
    int64_t first, rows, whole;
} batch_share;

typedef struct batch_shape {
    batch_kind kind;
    batch_share share;
    int64_t B; /* views of each row: averaged */
    double swap;
} batch_shape;

typedef struct batch {
    training_data *from;
    backend *be; /* gives threads */
    batch_kind kind;
    int64_t N, B; /* rows of this process, views */
    batch_share share;
    int64_t each;       /* rows fetched for each row: it, and all its neighbors or one */
    int64_t *place;     /* (N) of the rows in the canonical order */
    int64_t *wanted;    /* (N, each) places of each row, then of its neighbors */
    const float **rows; /* (N, each) those rows, mapped */
    float *room;        /* (N, each, cols) those that are not in memory; NULL when all are */
    float *smooth;      /* (N, cols) averages; NULL without */
    float *teacher;     /* (N, width) result: averages, or the rows */
    float *views;       /* (B N, width) result: views, or partners; NULL: plain */
    double swap;
    uint64_t seed;
    uint32_t step;
} batch;

/* CLUDI_ERROR_MEMORY; batch_clear is needed after an error too. */
cludi_status batch_init(batch *b, training_data *from, backend *be, const batch_shape *shape, cludi_error *error);
void batch_clear(batch *b);

/* Fills place, teacher and views with the next rows of the order. What X->read returned. */
cludi_status batch_load(batch *b, uint32_t step, cludi_error *error);

#endif
