/* The modules stand beside the file that this code is in: as the kernel mapped it, absolute and with links followed. What
   the dynamic linker says of it may be relative to what was the working folder once, and of a program is argv[0]. */
#include "module.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a line "FIRST-END rights offset device inode PATH". */
static bool take_folder(const char *line, char *folder, int size)
{
    const uintptr_t here = (uintptr_t)&module_folder;
    char *next;
    const uintptr_t first = strtoul(line, &next, 16), end = *next == '-' ? strtoul(next + 1, NULL, 16) : 0;
    const char *path = strchr(line, '/');
    if (here < first || here >= end || !path)
        return false;
    return snprintf(folder, (size_t)size, "%.*s", (int)(strrchr(path, '/') + 1 - path), path) < size;
}

bool module_folder(char *folder, int size)
{
    char line[PATH_MAX + 128];
    bool found = false;
    FILE *maps = fopen("/proc/self/maps", "re");
    while (maps && !found && fgets(line, sizeof line, maps))
        found = take_folder(line, folder, size);
    if (maps)
        fclose(maps);
    return found;
}
