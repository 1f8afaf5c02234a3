/* The one place where several processes would add up: column sums and maxima of the class loss, gradients, losses and
   cluster counts all pass through here. Today there is one process and reducer_none() changes nothing. */
#ifndef NN_REDUCER_H
#define NN_REDUCER_H

#include "backend.h"

typedef struct reducer {
    /* x becomes the element-wise sum or maximum over all processes. */
    void (*reduce)(void *self, backend *be, tensor x, reduce_op op);
    void *self;
    int32_t processes; /* each with N rows of the batch */
} reducer;

/* One process. */
reducer reducer_none(void);

#endif
