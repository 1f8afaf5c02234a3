/* An allocator that counts, and that can fail the n-th call. */
#ifndef TESTS_COUNTING_ALLOCATOR_H
#define TESTS_COUNTING_ALLOCATOR_H

#include <stdbool.h>
#include <stdint.h>

#include <cludi/context.h>

typedef struct counting_allocator {
    int64_t calls;   /* of allocate so far */
    int64_t live;    /* blocks given out and not released */
    int64_t fail_at; /* this call (1 = the first) returns NULL; 0: none */
    bool once;       /* calls behind it succeed; else they fail too */
    int64_t failed;  /* calls that returned NULL */
    int inside;      /* calls that are running */
    int64_t overlap; /* calls that began while another was running: cludi/context.h promises that there are none */
} counting_allocator;

/* The table to hand to cludi; counter must outlive it. */
cludi_allocator counting_allocator_table(counting_allocator *counter);

#endif
