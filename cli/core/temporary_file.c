#define _GNU_SOURCE /* mkostemps() */
#include "outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *temporary_file_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && *folder ? folder : "/tmp";
}

int temporary_file_make(char path[TEMPORARY_PATH], const char *stem, const char *ending)
{
    int length = snprintf(path, TEMPORARY_PATH, "%s/%s-XXXXXX%s", temporary_file_folder(), stem, ending);
    if (length < 0 || length >= TEMPORARY_PATH) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int descriptor = mkostemps(path, (int)strlen(ending), O_CLOEXEC);
    if (descriptor >= 0)
        (void)fchmod(descriptor, S_IRUSR | S_IWUSR);
    return descriptor;
}
