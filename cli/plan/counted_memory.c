#include "plan.h"

#include "bounds.h"
#include "rows.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Before each block stands its size, in as many bytes as keep the block aligned. */
enum { HEAD = 16, KIB = 1024, TRIM = 128 * KIB };

static void *allocate(void *user, size_t bytes)
{
    counted_memory *counts = user;
    char *block = bytes <= SIZE_MAX - HEAD ? malloc(bytes + HEAD) : NULL;
    if (!block)
        return NULL;
    memcpy(block, &bytes, sizeof bytes);
    counts->live += (int64_t)bytes;
    counts->peak = max_int(counts->live, counts->peak);
    return block + HEAD;
}

static void release(void *user, void *block)
{
    counted_memory *counts = user;
    char *start = (char *)block - HEAD;
    size_t bytes;
    memcpy(&bytes, start, sizeof bytes);
    counts->live -= (int64_t)bytes;
    free(start);
}

cludi_allocator counted_memory_allocator(counted_memory *counts)
{
    return (cludi_allocator){allocate, release, counts};
}

int64_t counted_memory_restart(counted_memory *counts)
{
    counts->peak = counts->live;
    return counts->live;
}

/* Not getrusage: its peak is never below that of the program that started this one. */
int64_t process_memory(bool peak)
{
    char text[MEMORY_FILE];
    const char *word = peak ? "VmHWM:" : "VmRSS:";
    int64_t size = 0;
    memory_file_read("/proc/self/status", text);
    const char *at = strstr(text, word);
    if (at)
        (void)sscanf(at + strlen(word), "%" SCNd64, &size);
    return size * KIB;
}

void process_memory_restart(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_TRIM_THRESHOLD, TRIM); /* else glibc keeps the more the more was freed before */
    (void)malloc_trim(0);
#endif
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (file) {
        (void)fputs("5", file); /* the peak alone: proc_pid_clear_refs(5) */
        (void)fclose(file);
    }
}
