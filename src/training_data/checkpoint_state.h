/* A training between two steps: what cannot be found again from the rows, the config and the seed. Random numbers are
   counter-based, so no generator has a state: the step is all of it. */
#ifndef TRAINING_DATA_CHECKPOINT_STATE_H
#define TRAINING_DATA_CHECKPOINT_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "alloc.h"

/* Numbers that are no array, in the order of CHECKPOINT_STATE_NAMES. */
typedef enum checkpoint_state_number {
    STATE_DONE,            /* steps taken */
    STATE_EPOCH,           /* shuffles so far, of row_order */
    STATE_NEXT,            /* position in the running epoch */
    STATE_REACH,           /* rows that epochs run over */
    STATE_EPOCH_ROWS,      /* rows counted in the running epoch of counts */
    STATE_STEPS,           /* of pace */
    STATE_NEXT_PROBE,      /* of pace */
    STATE_PROBED,          /* 1: probe holds clusters */
    STATE_NEIGHBORS,       /* in use */
    STATE_INIT_IS_TEACHER, /* 1: the start stays the teacher */
    STATE_NUMBERS
} checkpoint_state_number;

/* "done", "epoch", ... */
const char *checkpoint_state_name(checkpoint_state_number number);

typedef struct checkpoint_state {
    const cludi_allocator *allocator;
    uint64_t digest; /* of the rows */
    int64_t number[STATE_NUMBERS];
    int64_t total;       /* numbers of the network */
    int64_t start_rows;  /* S, 0 without a start */
    int64_t probe_rows;  /* N */
    int64_t clusters;    /* K */
    float *values;       /* (total) weights, tensor after tensor */
    float *m, *v;        /* (total) AdamW's moments; 0 where nothing is trained */
    int32_t *start;      /* (S) the first partition; NULL without */
    int32_t *probe;      /* (N) clusters of the probe */
    double *counts;      /* (K) rows per cluster of the running epoch: whole numbers */
    double *last_counts; /* (K) of the epoch before */
} checkpoint_state;

/* Allocates the arrays for the four sizes in *state. CLUDI_ERROR_MEMORY; checkpoint_state_clear is needed after it too. */
cludi_status checkpoint_state_allocate(checkpoint_state *state, const cludi_allocator *allocator, cludi_error *error);
void checkpoint_state_clear(checkpoint_state *state);

/* When a training leaves its state, and which one it goes on from. */
typedef struct checkpoint_writer {
    double every_seconds;         /* 0: not by time */
    int64_t every_steps;          /* 0: not by steps */
    const checkpoint_state *from; /* NULL: from the beginning */
    const char *name;             /* where `from` is from, for sentences */
    cludi_status (*write)(void *user, const checkpoint_state *state, cludi_error *error);
    void *user;
} checkpoint_writer;

#endif
