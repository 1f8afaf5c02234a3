#include "counting_allocator.h"

#include <stdlib.h>
#include <string.h>

static void *count_allocate(void *user, size_t bytes)
{
    counting_allocator *counter = user;
    counter->calls++;
    if (counter->fail_at > 0 && counter->calls >= counter->fail_at) {
        counter->failed++;
        return NULL;
    }
    char *block = malloc(bytes ? bytes : 1);
    if (block) {
        counter->live++;
        memset(block, 0xab, bytes); /* nobody may rely on zeros */
    }
    return block;
}

static void count_release(void *user, void *block)
{
    counting_allocator *counter = user;
    counter->live--;
    free(block);
}

cludi_allocator counting_allocator_table(counting_allocator *counter)
{
    return (cludi_allocator){count_allocate, count_release, counter};
}
