/* Memory that ends where nothing may be touched, so that who writes past the end of a block crashes there, not somewhere else later. */
#ifndef GUARDED_H
#define GUARDED_H

#include "watched.h"

#include <stdint.h>
#include <sys/mman.h>

enum { GUARDED_PAGE = 4096, GUARDED_SLOT = 65536, GUARDED_SLOTS = 4096 };

static char *guarded_first; /* NULL until guarded_begin */
static atomic_long guarded_used;

static void guarded_begin(void)
{
    void *all =
        mmap(NULL, (size_t)GUARDED_SLOT * GUARDED_SLOTS, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    guarded_first = all == MAP_FAILED ? NULL : all;
}

/* Is it a block of guarded_take? */
static bool guarded_has(const void *block)
{
    const uintptr_t first = (uintptr_t)guarded_first, at = (uintptr_t)block;
    return first && at >= first && at - first < (uintptr_t)GUARDED_SLOT * GUARDED_SLOTS;
}

/* The last page of a slot stays closed, and the block ends there. NULL: there is no room, or none yet. */
static void *guarded_take(size_t size)
{
    const size_t rounded = (size + 7) / 8 * 8, pages = (rounded + GUARDED_PAGE - 1) / GUARDED_PAGE * GUARDED_PAGE;
    if (!guarded_first || size == 0 || pages > GUARDED_SLOT - GUARDED_PAGE)
        return NULL;
    const long slot = atomic_fetch_add(&guarded_used, 1);
    if (slot >= GUARDED_SLOTS)
        return NULL;
    char *end = guarded_first + (slot + 1) * GUARDED_SLOT - GUARDED_PAGE;
    return mprotect(end - pages, pages, PROT_READ | PROT_WRITE) == 0 ? end - rounded : NULL;
}

/* Bytes of a block of guarded_take. */
static size_t guarded_size(const void *block)
{
    const size_t at = (size_t)((const char *)block - guarded_first) % GUARDED_SLOT;
    return GUARDED_SLOT - GUARDED_PAGE - at;
}

#endif
