#include "alloc.h"

#include <stdlib.h>
#include <string.h>

#include "int_safe.h"

enum { ALIGNMENT = 64 };

static void *system_allocate(void *user, size_t bytes)
{
    (void)user;
    return malloc(bytes);
}

static void system_release(void *user, void *block)
{
    (void)user;
    free(block);
}

cludi_allocator alloc_system(void)
{
    return (cludi_allocator){system_allocate, system_release, NULL};
}

/* The block handed out starts at the next multiple of 64 after room for one pointer, which remembers the real start. */
void *alloc_array(const cludi_allocator *allocator, int64_t count, size_t size)
{
    size_t bytes;
    if (!size_product(count, size, &bytes) || bytes > SIZE_MAX / 2)
        return NULL;
    char *start = allocator->allocate(allocator->user, bytes + ALIGNMENT + sizeof(void *));
    if (!start)
        return NULL;
    uintptr_t first = (uintptr_t)start + sizeof(void *);
    char *block = start + sizeof(void *) + (ALIGNMENT - first % ALIGNMENT) % ALIGNMENT;
    memcpy(block - sizeof(void *), &start, sizeof start);
    return block;
}

void *alloc_zeroed(const cludi_allocator *allocator, int64_t count, size_t size)
{
    void *block = alloc_array(allocator, count, size);
    if (block)
        memset(block, 0, (size_t)count * size);
    return block;
}

void alloc_free(const cludi_allocator *allocator, void *block)
{
    if (!block)
        return;
    void *start;
    memcpy(&start, (char *)block - sizeof(void *), sizeof start);
    allocator->release(allocator->user, start);
}
