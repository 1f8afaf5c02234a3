/* What a checkpoint keeps of a training that is still in search of its first partition: the votes so far (start_args.h).

     arrays: votes (most * S), voters (1) how many of them are known */
#ifndef TRAINING_DATA_START_CHECKPOINT_H
#define TRAINING_DATA_START_CHECKPOINT_H

#include "checkpoint_state.h"
#include "start_args.h"

typedef struct start_checkpoint {
    const checkpoint_writer *to; /* NULL: nothing is kept */
    const cludi_allocator *allocator;
    const callbacks *messages;
    uint64_t digest; /* of the rows */
    int64_t rows;    /* S */
    start_votes votes;
    int32_t written, tried; /* voters at the last time that they were written, and that it was tried */
    double tried_at;        /* seconds, of that */
    cludi_error warned;     /* what was said last of a failure */
} start_checkpoint;

/* Is that the state of a training that had no first partition yet? */
bool start_checkpoint_is(const checkpoint_state *from);

/* Takes all memory, and the votes of to->from where it is such a state; s must stay where it is. voters: start_voters(). The other
   fields are filled in. CLUDI_ERROR_MEMORY, CLUDI_ERROR_FORMAT; start_checkpoint_clear() is right after them too. */
cludi_status start_checkpoint_begin(start_checkpoint *s, int32_t voters, int32_t clusters, cludi_error *error);
void start_checkpoint_clear(start_checkpoint *s);

/* Writes the votes, unless all that there are were written. What the writer returned. */
cludi_status start_checkpoint_write(start_checkpoint *s, cludi_error *error);

#endif
