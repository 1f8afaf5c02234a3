/* The checkpoints of a running training: when one is due, what the loop itself has to tell, and handing it over. */
#ifndef FIT_CHECKPOINT_H
#define FIT_CHECKPOINT_H

#include "stopping.h"

/* What of a training changes from step to step; borrowed from the loop. */
typedef struct checkpoint_view {
    const method_fit *fit;
    void *self; /* of the method */
    stopping *stopping;
    int32_t *probe; /* (probe_rows) */
    int64_t probe_rows;
    bool *probed;
    int64_t *done;
} checkpoint_view;

typedef struct checkpoint {
    const checkpoint_writer *to; /* NULL: nothing is kept */
    checkpoint_view view;
    checkpoint_state state;
    uint32_t epoch; /* position of the rows' order when the step began: a read within it may be stopped */
    int64_t next, reach;
    int64_t written;    /* steps at the last time that the state was written */
    int64_t tried;      /* steps at the last time that it should have been */
    double written_at;  /* seconds, of that */
    cludi_error warned; /* why it was not written, as it was said last */
} checkpoint;

/* Takes all memory, and goes on from what there is. CLUDI_ERROR_MEMORY, CLUDI_ERROR_FORMAT. checkpoint_end is needed after it too. */
cludi_status checkpoint_begin(checkpoint *c, const checkpoint_writer *to, const checkpoint_view *view,
                              cludi_error *error);
void checkpoint_end(checkpoint *c);

/* Notes where the rows are: between two steps. */
void checkpoint_mark(checkpoint *c);

/* Copies the state of the training. */
void checkpoint_store(checkpoint *c);

/* Writes what was copied last. What the writer returned. */
cludi_status checkpoint_write(checkpoint *c, cludi_error *error);

/* Stores and writes if it is time to. A full disk does not end a training, for the next time may go well: it is a warning. */
void checkpoint_when_due(checkpoint *c);

#endif
