#include "counting_allocator.h"

#include <stdlib.h>
#include <string.h>

static void enter(counting_allocator *counter)
{
    if (__atomic_add_fetch(&counter->inside, 1, __ATOMIC_SEQ_CST) > 1)
        __atomic_add_fetch(&counter->overlap, 1, __ATOMIC_SEQ_CST);
}

static void leave(counting_allocator *counter)
{
    __atomic_sub_fetch(&counter->inside, 1, __ATOMIC_SEQ_CST);
}

static void *take(counting_allocator *counter, size_t bytes)
{
    counter->calls++;
    const bool behind = counter->calls > counter->fail_at && !counter->once;
    if (counter->fail_at > 0 && (counter->calls == counter->fail_at || behind)) {
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

static void *count_allocate(void *user, size_t bytes)
{
    enter(user);
    void *block = take(user, bytes);
    leave(user);
    return block;
}

static void count_release(void *user, void *block)
{
    counting_allocator *counter = user;
    enter(counter);
    counter->live--;
    free(block);
    leave(counter);
}

cludi_allocator counting_allocator_table(counting_allocator *counter)
{
    return (cludi_allocator){count_allocate, count_release, counter};
}
