#include "out_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "out_file.h"
#include "row_hash.h"

enum { TRIES = 20, WAIT = 10000000 /* nanoseconds */ };

static cludi_status fail(const char *path, int reason, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FILE, "Cannot write \"%s\": %s.", path, strerror(reason));
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Of the whole name, as a temporary name has only the beginning of a long one. */
static uint32_t tag_of(const char *target)
{
    const char *name = name_of(target);
    return (uint32_t)row_hash_bytes(row_hash_begin(1), name, (int64_t)strlen(name));
}

/* A lock that a killed process of another user left is there to be read alone, and not to be created
   (fs.protected_regular). To write is what NFS wants of those who lock. */
static int open_lock(const char *path)
{
    const int flags = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
    int descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | flags, 0644);
    if (descriptor >= 0)
        (void)fchmod(descriptor, 0644); /* whatever the umask, for the next user */
    if (descriptor < 0 && errno == EEXIST)
        descriptor = open(path, O_RDWR | flags);
    if (descriptor < 0 && errno == EACCES)
        descriptor = open(path, O_RDONLY | flags);
    return descriptor;
}

/* 0; EWOULDBLOCK when another has it, ENOENT when the file lost its name meanwhile; or why there is no lock. */
static int try_lock(out_lock *lock)
{
    struct stat found;
    int reason = 0;
    lock->descriptor = open_lock(lock->path);
    if (lock->descriptor < 0)
        return errno;
    if (flock(lock->descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        reason = EWOULDBLOCK;
    else if (fstat(lock->descriptor, &found) != 0)
        reason = errno;
    else if (!S_ISREG(found.st_mode))
        reason = EEXIST;
    else if (!out_file_is_named(lock->descriptor, lock->path))
        reason = ENOENT;
    if (reason != 0) {
        if (reason != EWOULDBLOCK && reason != EEXIST)
            out_file_unlink(lock->folder, lock->path, lock->descriptor);
        close(lock->descriptor);
        lock->descriptor = -1;
    }
    return reason;
}

/* Once more after a moment: who looks for rests holds the lock of one that nobody else holds. */
static cludi_status take(out_lock *lock, const char *path, cludi_error *error)
{
    static const struct timespec MOMENT = {0, WAIT};
    lock->folder = out_file_open_folder(lock->path);
    int reason = try_lock(lock);
    for (int i = 1; i < TRIES && (reason == EWOULDBLOCK || reason == ENOENT); i++) {
        (void)nanosleep(&MOMENT, NULL);
        reason = try_lock(lock);
    }
    const bool is_planted = reason == EEXIST || reason == ELOOP || reason == EISDIR;
    cludi_status status = CLUDI_OK;
    if (reason == EWOULDBLOCK)
        status = error_set(error, CLUDI_ERROR_FILE, "Another cludi is writing to \"%s\".", path);
    else if (reason != 0 && reason != ENOSPC && reason != EDQUOT) /* a full disk may have room by the end */
        status = fail(is_planted ? lock->path : path, reason, error);
    if (reason != 0 && lock->folder >= 0)
        close(lock->folder);
    if (reason != 0)
        *lock = (out_lock){.descriptor = -1, .folder = -1};
    return status;
}

cludi_status out_lock_take(out_lock *lock, const char *path, cludi_error *error)
{
    char target[PATH_MAX];
    struct stat found;
    int inherited = -1;
    *lock = (out_lock){.descriptor = -1, .folder = -1};
    const int reason = out_file_target(path, target, &inherited);
    if (reason != 0)
        return fail(path, reason, error);
    if (inherited >= 0 || (stat(target, &found) == 0 && !S_ISREG(found.st_mode)))
        return CLUDI_OK;
    if (!out_file_temporary_name(target, tag_of(target), lock->path)) {
        lock->path[0] = '\0';
        return fail(path, ENAMETOOLONG, error);
    }
    return take(lock, path, error);
}

void out_lock_release(out_lock *lock)
{
    if (lock->descriptor < 0)
        return;
    if (lock->folder >= 0) {
        out_file_unlink(lock->folder, lock->path, lock->descriptor);
        close(lock->folder);
    } else if (out_file_is_named(lock->descriptor, lock->path)) {
        (void)unlink(lock->path);
    }
    close(lock->descriptor);
    *lock = (out_lock){.descriptor = -1, .folder = -1};
}
