#define _GNU_SOURCE /* O_TMPFILE */
#include "rows.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complain.h"

enum { BUFFER = 1 << 16, LOOK_EVERY = 200 /* ms, for a signal that comes between two calls */ };

static const char STDIN[] = "/dev/stdin";

bool stream_input_is_stdin(const char *path)
{
    return !strcmp(path, "-");
}

char *stream_input_name(const char *path)
{
    struct stat facts;
    char *name = NULL;
    if (stream_input_is_stdin(path))
        return strdup(STDIN);
    if (strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0 || stat(path, &facts) != 0 ||
        !S_ISFIFO(facts.st_mode))
        return strdup(path);
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0)
        return strdup(path);
    return asprintf(&name, "/dev/fd/%d", descriptor) < 0 ? NULL : name;
}

/* N for /dev/fd/N and the like, also with a :MEMBER behind it; else -1. */
static int find_descriptor(const char *path)
{
    int number = -1;
    int end = 0;
    size_t length = sizeof STDIN - 1;
    if (!strncmp(path, STDIN, length) && (path[length] == '\0' || path[length] == ':'))
        return STDIN_FILENO;
    bool found =
        sscanf(path, "/dev/fd/%d%n", &number, &end) == 1 || sscanf(path, "/proc/self/fd/%d%n", &number, &end) == 1;
    return found && (path[end] == '\0' || path[end] == ':') ? number : -1;
}

/* A file that is gone when the program ends, in whatever way. */
static int open_nameless(const char *folder)
{
    char path[PATH_MAX];
    int descriptor = open(folder, O_TMPFILE | O_RDWR, S_IRUSR | S_IWUSR);
    if (descriptor >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
        return descriptor;
    int length = snprintf(path, sizeof path, "%s/cludi-input-XXXXXX", folder);
    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    descriptor = mkstemp(path); /* 0600, exclusive */
    if (descriptor >= 0)
        unlink(path);
    return descriptor;
}

/* Waits for bytes. Their number, 0 at the end, -1 with errno; EINTR when a signal asks to stop. */
static ssize_t read_some(int from, char *buffer)
{
    struct pollfd waiting = {.fd = from, .events = POLLIN};
    for (;;) {
        if (stop_signal_came()) {
            errno = EINTR;
            return -1;
        }
        int ready = poll(&waiting, 1, LOOK_EVERY);
        if (ready == 0 || (ready < 0 && errno == EINTR))
            continue;
        ssize_t count = ready < 0 ? -1 : read(from, buffer, BUFFER);
        if (count >= 0 || (errno != EINTR && errno != EAGAIN))
            return count;
    }
}

static bool write_all(int to, const char *buffer, size_t size)
{
    while (size > 0) {
        ssize_t written = write(to, buffer, size);
        if (written < 0 && errno != EINTR)
            return false;
        buffer += written > 0 ? written : 0;
        size -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

static int complain_folder(const char *path, const char *folder, int reason)
{
    return complain("Cannot keep what comes from \"%s\" in the folder \"%s\": %s. TMPDIR can name another one.", path,
                    folder, strerror(reason));
}

static int copy_stream(const char *path, int from, int to, const char *folder)
{
    static char buffer[BUFFER];
    ssize_t count = read_some(from, buffer);
    while (count > 0 && write_all(to, buffer, (size_t)count))
        count = read_some(from, buffer);
    int reason = errno;
    if (count == 0)
        return EXIT_DONE;
    if (count > 0)
        return complain_folder(path, folder, reason);
    if (reason != EINTR)
        return complain("Cannot read \"%s\": %s.", path, strerror(reason));
    complain("Reading \"%s\" was stopped.", path);
    return stop_signal_exit_code();
}

/* The copy takes the number of the stream, so that the stream's path leads to it, in child processes too. */
static int keep(const char *path, int stream)
{
    const char *folder = getenv("TMPDIR");
    folder = folder && *folder ? folder : "/tmp";
    int copy = open_nameless(folder);
    if (copy < 0)
        return complain_folder(path, folder, errno);
    int code = copy_stream(path, stream, copy, folder);
    if (code == EXIT_DONE && dup2(copy, stream) < 0)
        code = complain("Cannot read \"%s\": %s.", path, strerror(errno));
    close(copy);
    return code;
}

int stream_input_keep(const char *path)
{
    struct stat facts;
    int stream = path ? find_descriptor(path) : -1;
    if (stream < 0 || fstat(stream, &facts) != 0)
        return EXIT_DONE;
    if (isatty(stream)) {
        return complain("\"%s\" is a terminal; a pipe or a file is wanted there, as in: cludi info - < rows.npy.",
                        path);
    }
    return S_ISFIFO(facts.st_mode) || S_ISSOCK(facts.st_mode) ? keep(path, stream) : EXIT_DONE;
}
