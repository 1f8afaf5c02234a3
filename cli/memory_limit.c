#include "memory_limit.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

/* What a machine has whose memory cannot be found out. */
static const uint64_t UNKNOWN = UINT64_C(4) << 30;

/* UINT64_MAX when there is no limit: the file is not there or says "max". */
static uint64_t read_container_limit(void)
{
    uint64_t limit = UINT64_MAX;
    FILE *file = fopen("/sys/fs/cgroup/memory.max", "r");
    if (!file) {
        return limit;
    }
    if (fscanf(file, "%" SCNu64, &limit) != 1) {
        limit = UINT64_MAX;
    }
    fclose(file);
    return limit;
}

uint64_t memory_limit_default(void)
{
    long pages = sysconf(_SC_PHYS_PAGES);
    long size = sysconf(_SC_PAGESIZE);
    uint64_t machine = pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : UNKNOWN;
    uint64_t container = read_container_limit();
    return (container < machine ? container : machine) / 2;
}
