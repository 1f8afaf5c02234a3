/* One allocation in a backend's memory, cut into tensors. Used in two passes over the same code:

     arena_begin(&a, be);  layout(&a);  status = arena_allocate(&a, "the student", error);  layout(&a);

   The first pass adds up sizes and gives out NULL tensors, the second gives out addresses. */
#ifndef BACKEND_ARENA_H
#define BACKEND_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "backend.h"

typedef struct arena {
    backend *be;
    char *block;   /* owned; NULL in the first pass */
    size_t used;   /* bytes given out in this pass */
    bool overflow; /* a size did not fit */
} arena;

void arena_begin(arena *a, backend *be);

/* A (rows, cols) tensor aligned to 64 bytes; not cleared. */
tensor arena_take(arena *a, int64_t rows, int64_t cols);

/* The same for what only products read: bf16 where the backend multiplies in bf16. */
tensor arena_take_operand(arena *a, int64_t rows, int64_t cols);

/* Ends the first pass. CLUDI_ERROR_MEMORY, naming `what`. */
cludi_status arena_allocate(arena *a, const char *what, cludi_error *error);

/* Frees the block; a zeroed arena is allowed. */
void arena_clear(arena *a);

#endif
