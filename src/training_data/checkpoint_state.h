/* A training between two steps: what cannot be found again from the rows, the config and the seed. Random numbers are
   counter-based, so no generator has a state: the step is all of it.

   Where the training is are whole numbers; what it has learned are named arrays: those of the loop (start, probe), and whatever the method
   adds. They are float32 as in the file: whole numbers beyond 2^24 take two rows, and doubles three. */
#ifndef TRAINING_DATA_CHECKPOINT_STATE_H
#define TRAINING_DATA_CHECKPOINT_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "alloc.h"

/* Numbers that are no array, in the order of their names. */
typedef enum checkpoint_state_number {
    STATE_DONE,            /* steps taken */
    STATE_EPOCH,           /* shuffles so far, of row_order */
    STATE_NEXT,            /* position in the running epoch */
    STATE_REACH,           /* rows that epochs run over */
    STATE_STEPS,           /* of the stopping rule */
    STATE_NEXT_PROBE,      /* of the stopping rule */
    STATE_PROBED,          /* 1: probe holds clusters */
    STATE_NEIGHBORS,       /* in use */
    STATE_INIT_IS_TEACHER, /* 1: the start stays the teacher */
    STATE_NUMBERS
} checkpoint_state_number;

/* "done", "epoch", ... */
const char *checkpoint_state_name(checkpoint_state_number number);

/* Rows of an array: how its numbers are kept. */
typedef enum checkpoint_kind {
    CHECKPOINT_FLOATS = 1, /* or clusters */
    CHECKPOINT_WHOLE = 2,  /* whole numbers, 0 to 2^53: multiples of 2^20, and the rest */
    CHECKPOINT_REALS = 3   /* doubles: a float, what it leaves, and what that leaves */
} checkpoint_kind;

enum { CHECKPOINT_MOST_ARRAYS = 16, CHECKPOINT_NAME = 32 };

typedef struct checkpoint_array {
    char name[CHECKPOINT_NAME];
    checkpoint_kind kind;
    int64_t count; /* numbers */
    float *data;   /* (kind, count) */
} checkpoint_array;

typedef struct checkpoint_state {
    const cludi_allocator *allocator;
    uint64_t digest; /* of the rows */
    int64_t number[STATE_NUMBERS];
    int count;
    checkpoint_array array[CHECKPOINT_MOST_ARRAYS];
} checkpoint_state;

/* Adds an array of zeros. CLUDI_ERROR_MEMORY; checkpoint_state_clear is needed after it too. */
cludi_status checkpoint_state_add(checkpoint_state *state, const char *name, checkpoint_kind kind, int64_t count,
                                  cludi_error *error);
void checkpoint_state_clear(checkpoint_state *state);

/* The array of that name, kind and count; NULL if there is none. */
float *checkpoint_state_find(const checkpoint_state *state, const char *name, checkpoint_kind kind, int64_t count);

/* What must be there: an array that was added. */
void checkpoint_put_clusters(checkpoint_state *state, const char *name, const int32_t *from, int64_t count);
void checkpoint_put_whole(checkpoint_state *state, const char *name, const double *from, int64_t count);
void checkpoint_put_reals(checkpoint_state *state, const char *name, const double *from, int64_t count);

/* False, where there is no such array, or it holds what no cluster of `clusters`, or no whole number, can be. */
bool checkpoint_get_clusters(const checkpoint_state *state, const char *name, int32_t *to, int64_t count,
                             int32_t clusters);
bool checkpoint_get_whole(const checkpoint_state *state, const char *name, double *to, int64_t count);
bool checkpoint_get_reals(const checkpoint_state *state, const char *name, double *to, int64_t count);

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
