#include "rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { KIB = 1024, LONGEST_LINE = 256 };

static const char CONTAINER_LIMIT[] = "/sys/fs/cgroup/memory.max";

/* What a machine has whose memory cannot be found out. */
static const uint64_t UNKNOWN = UINT64_C(4) << 30;

/* A number of a file of the container; UINT64_MAX when the file is not there or says "max". */
static uint64_t read_number(const char *path)
{
    uint64_t number = UINT64_MAX;
    FILE *file = fopen(path, "r");
    if (!file)
        return number;
    if (fscanf(file, "%" SCNu64, &number) != 1)
        number = UINT64_MAX;
    fclose(file);
    return number;
}

static uint64_t read_machine_available(void)
{
    char line[LONGEST_LINE];
    uint64_t kib = UINT64_MAX / KIB;
    FILE *file = fopen("/proc/meminfo", "r");
    if (!file)
        return UINT64_MAX;
    while (fgets(line, sizeof line, file) && sscanf(line, "MemAvailable: %" SCNu64, &kib) != 1) {
    }
    fclose(file);
    return kib == UINT64_MAX / KIB ? UINT64_MAX : kib * KIB;
}

uint64_t memory_limit_default(void)
{
    long pages = sysconf(_SC_PHYS_PAGES);
    long size = sysconf(_SC_PAGESIZE);
    uint64_t machine = pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : UNKNOWN;
    uint64_t container = read_number(CONTAINER_LIMIT);
    return (container < machine ? container : machine) / 2;
}

uint64_t memory_limit_available(void)
{
    uint64_t machine = read_machine_available();
    uint64_t limit = read_number(CONTAINER_LIMIT);
    uint64_t used = read_number("/sys/fs/cgroup/memory.current");
    uint64_t container = limit == UINT64_MAX || used == UINT64_MAX ? UINT64_MAX : limit > used ? limit - used : 0;
    return container < machine ? container : machine;
}
