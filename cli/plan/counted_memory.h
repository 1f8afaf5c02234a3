/** @file counted_memory.h
 *  How much memory the library has asked for, and how much the process holds.
 */
#ifndef CLUDI_CLI_COUNTED_MEMORY_H
#define CLUDI_CLI_COUNTED_MEMORY_H

#include <stdint.h>

#include <cludi/context.h>

/** Bytes that went through an allocator. */
typedef struct counted_memory {
    int64_t live; /**< handed out and not yet back */
    int64_t peak; /**< most that were live at a time */
} counted_memory;

/** @param counts zeroed; must outlive the context. @return an allocator that keeps count */
cludi_allocator counted_memory_allocator(counted_memory *counts);

/** Forgets the peak so far. @return the bytes that are live */
int64_t counted_memory_restart(counted_memory *counts);

/** The memory of this process (resident set), as Linux counts it.
 *  @param peak 1: the most so far; 0: now
 *  @return bytes; 0 when it cannot be found out */
int64_t process_memory(int peak);

#endif
