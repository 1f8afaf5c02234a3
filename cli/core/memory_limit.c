#include "rows.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { KIB = 1024 };

static const char CONTAINER_LIMIT[] = "/sys/fs/cgroup/memory.max";

/* What a machine has whose memory cannot be found out. */
static const uint64_t UNKNOWN = UINT64_C(4) << 30;

void memory_file_read(const char *path, char text[MEMORY_FILE])
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? 0 : read(file, text, MEMORY_FILE - 1);
    text[length > 0 ? length : 0] = '\0';
    if (file >= 0)
        close(file);
}

/* A number of a file of the container; UINT64_MAX when the file is not there or says "max". */
static uint64_t read_number(const char *path)
{
    char text[MEMORY_FILE];
    uint64_t number = UINT64_MAX;
    memory_file_read(path, text);
    return sscanf(text, "%" SCNu64, &number) == 1 ? number : UINT64_MAX;
}

static uint64_t read_machine_available(void)
{
    static const char WORD[] = "MemAvailable:";
    char text[MEMORY_FILE];
    uint64_t kib = 0;
    memory_file_read("/proc/meminfo", text);
    const char *at = strstr(text, WORD);
    return at && sscanf(at + sizeof WORD - 1, "%" SCNu64, &kib) == 1 ? kib * KIB : UINT64_MAX;
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
