/* Kills a program at its n-th system call about files, or lets that call fail. FAIL_WITH: "kill", before the call; "half", in the
   middle of a write, else before; an error's number. */
#include "watched.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/stat.h>

static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

/* True: fail with errno. */
static bool fails(const char *name)
{
    char text[64];
    if (!watched_turn())
        return false;
    snprintf(text, sizeof text, "failed %s\n", name);
    watched_tell(text);
    const char *how = getenv("FAIL_WITH");
    if (!how || strcmp(how, "kill") == 0 || strcmp(how, "half") == 0)
        kill(getpid(), SIGKILL);
    errno = atoi(how);
    return true;
}

#define WATCH(type, name, failed, parameters, arguments)                                                               \
    type name parameters;                                                                                              \
    type name parameters                                                                                               \
    {                                                                                                                  \
        type(*next) parameters = NULL;                                                                                 \
        *(void **)&next = real(#name);                                                                                 \
        return fails(#name) ? (failed) : next arguments;                                                               \
    }

WATCH(int, fsync, -1, (int file), (file))
WATCH(int, flock, -1, (int file, int how), (file, how))
WATCH(int, fchmod, -1, (int file, mode_t mode), (file, mode))
WATCH(int, ftruncate, -1, (int file, off_t size), (file, size))
WATCH(int, ftruncate64, -1, (int file, off64_t size), (file, size))
WATCH(int, rename, -1, (const char *from, const char *to), (from, to))
WATCH(int, unlink, -1, (const char *path), (path))
WATCH(int, access, -1, (const char *path, int how), (path, how))
WATCH(int, stat64, -1, (const char *path, struct stat64 *found), (path, found))
WATCH(int, lstat64, -1, (const char *path, struct stat64 *found), (path, found))
WATCH(int, fstat64, -1, (int file, struct stat64 *found), (file, found))
WATCH(ssize_t, readlink, -1, (const char *path, char *text, size_t size), (path, text, size))
WATCH(ssize_t, read, -1, (int file, void *bytes, size_t size), (file, bytes, size))
WATCH(ssize_t, pread, -1, (int file, void *bytes, size_t size, off_t at), (file, bytes, size, at))
WATCH(ssize_t, pread64, -1, (int file, void *bytes, size_t size, off64_t at), (file, bytes, size, at))
WATCH(ssize_t, pwrite64, -1, (int file, const void *bytes, size_t size, off64_t at), (file, bytes, size, at))
WATCH(off64_t, lseek64, -1, (int file, off64_t at, int from), (file, at, from))
WATCH(DIR *, opendir, NULL, (const char *path), (path))
WATCH(struct dirent64 *, readdir64, NULL, (DIR * folder), (folder))
WATCH(int, __open64_2, -1, (const char *path, int flags), (path, flags))

/* A descriptor is gone after close even where it fails. */
int close(int file)
{
    int (*next)(int) = NULL;
    *(void **)&next = real("close");
    const bool failed = fails("close");
    const int reason = errno, result = next(file);
    errno = failed ? reason : errno;
    return failed ? -1 : result;
}

ssize_t write(int file, const void *bytes, size_t size)
{
    ssize_t (*next)(int, const void *, size_t) = NULL;
    const char *how = getenv("FAIL_WITH");
    *(void **)&next = real("write");
    if (how && strcmp(how, "half") == 0 && watched_calls + 1 == watched_at)
        (void)!next(file, bytes, size / 2);
    return fails("write") ? -1 : next(file, bytes, size);
}

static int open_now(const char *name, const char *path, int flags, mode_t mode)
{
    int (*next)(const char *, int, ...) = NULL;
    *(void **)&next = real(name);
    return fails(name) ? -1 : next(path, flags, mode);
}

#define WATCH_OPEN(name)                                                                                               \
    int name(const char *path, int flags, ...)                                                                         \
    {                                                                                                                  \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        const mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;                                                \
        va_end(rest);                                                                                                  \
        return open_now(#name, path, flags, mode);                                                                     \
    }

WATCH_OPEN(open)
WATCH_OPEN(open64)
