/* What a context holds; public functions reach everything through it. */
#ifndef API_CONTEXT_PRIVATE_H
#define API_CONTEXT_PRIVATE_H

#include <cludi/cluster.h>

#include "backend.h"
#include "input_map.h"
#include "message.h"
#include "reducer.h"
#include "stop_request.h"

struct cludi_context {
    cludi_allocator allocator;
    backend be;
    callbacks messages;
    stop_request stop; /* be.stop is its address */
    uint64_t seed;
    cludi_profile profile;         /* of the last training; zero before it */
    struct prediction *prediction; /* what the last prediction had set up; may be NULL */
    const reducer *sum;            /* over the processes that train together; NULL: one. Not owned */
    feature_spaces spaces;         /* of the columns in the next trainings */
    cludi_checkpoint checkpoint;   /* of the next trainings; its path is owned, NULL without */
};

/* Frees what the last prediction had set up, so that oneDNN's plans for it go before those of another model come. */
void context_forget_prediction(cludi_context *context);

/* The allocator of a context. */
const cludi_allocator *context_allocator(const cludi_context *context);

#endif
