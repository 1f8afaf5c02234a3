#include "out_check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "out_file.h"

static cludi_status refuse(const char *path, int reason, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FILE, "Cannot write \"%s\": %s.", path, strerror(reason));
}

static cludi_status check_descriptor(const char *path, int descriptor, cludi_error *error)
{
    const int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 || (flags & O_ACCMODE) == O_RDONLY ? refuse(path, EBADF, error) : CLUDI_OK;
}

/* A new file comes into the target's folder, under a longer name at first. */
static cludi_status check_place(const char *path, const char *target, cludi_error *error)
{
    struct stat found;
    char folder[PATH_MAX] = ".", temporary[PATH_MAX];
    const char *slash = strrchr(target, '/'), *name = slash ? slash + 1 : target;
    if (*name == '\0')
        return refuse(path, EISDIR, error);
    if (strlen(name) > NAME_MAX || !out_file_temporary_name(target, 0, temporary))
        return refuse(path, ENAMETOOLONG, error);
    if (slash)
        snprintf(folder, sizeof folder, "%.*s", (int)(name - target), target);
    errno = 0;
    if (stat(folder, &found) == 0 && S_ISDIR(found.st_mode) && access(folder, W_OK | X_OK) == 0)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_FILE, "Cannot write \"%s\": the folder \"%s\": %s.", path, folder,
                     strerror(errno ? errno : ENOTDIR));
}

cludi_status out_check(const char *path, cludi_error *error)
{
    char target[PATH_MAX];
    struct stat found;
    int inherited = -1;
    const int reason = out_file_target(path, target, &inherited);
    if (reason != 0)
        return refuse(path, reason, error);
    if (inherited >= 0)
        return check_descriptor(path, inherited, error);
    if (stat(target, &found) != 0)
        return errno == ELOOP ? refuse(path, ELOOP, error) : check_place(path, target, error);
    if (S_ISDIR(found.st_mode) || S_ISSOCK(found.st_mode))
        return refuse(path, S_ISDIR(found.st_mode) ? EISDIR : ENXIO, error);
    if (access(target, W_OK) != 0)
        return refuse(path, errno, error);
    return S_ISREG(found.st_mode) ? check_place(path, target, error) : CLUDI_OK;
}
