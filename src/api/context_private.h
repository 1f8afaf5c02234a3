/* What a context holds; public functions reach everything through it. */
#ifndef API_CONTEXT_PRIVATE_H
#define API_CONTEXT_PRIVATE_H

#include <cludi/context.h>

#include "backend.h"
#include "message.h"

struct cludi_context {
    cludi_allocator allocator;
    backend be;
    messenger messages;
    uint64_t seed;
};

/* The allocator of a context. */
const cludi_allocator *context_allocator(const cludi_context *context);

#endif
