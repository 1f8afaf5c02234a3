/* An allocator that counts, and that can fail the n-th call. Tests run it from one thread. */
#ifndef TESTS_COUNTING_ALLOCATOR_H
#define TESTS_COUNTING_ALLOCATOR_H

#include <stdint.h>

#include <cludi/context.h>

typedef struct counting_allocator {
    int64_t calls;   /* of allocate so far */
    int64_t live;    /* blocks given out and not released */
    int64_t fail_at; /* this call (1 = the first) and all later ones return NULL; 0: none */
    int64_t failed;  /* calls that returned NULL */
} counting_allocator;

/* The table to hand to cludi; counter must outlive it. */
cludi_allocator counting_allocator_table(counting_allocator *counter);

#endif
