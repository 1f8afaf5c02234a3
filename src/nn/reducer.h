/* The one place where several processes add up: column sums and maxima of the class loss, gradients, losses and cluster counts all
   pass through here. A training batch of N rows is shared out: of P processes, process `rank` has the rows rank N / P and on, and
   random numbers belong to a row of the whole batch, so the model is that of one process but for the order of sums. */
#ifndef NN_REDUCER_H
#define NN_REDUCER_H

#include "backend.h"

typedef struct reducer {
    /* x becomes the element-wise sum or maximum over all processes. NULL: there is one. */
    cludi_status (*reduce)(void *self, backend *be, tensor x, reduce_op op, cludi_error *error);
    void *self;
    int32_t processes; /* >= 1; 0 in a zeroed reducer, which is one process */
    int32_t rank;      /* of this process, 0 .. processes - 1 */
    cludi_error why;   /* of the first call that failed since reducer_check(); its status is CLUDI_OK without */
} reducer;

/* At least 1. r may be NULL, here and below: one process. */
int32_t reducer_processes(const reducer *r);

/* Reduces x, unless a reduction failed before. */
void reducer_run(reducer *r, backend *be, tensor x, reduce_op op);

/* What failed since the last call. */
cludi_status reducer_check(reducer *r, cludi_error *error);

#endif
