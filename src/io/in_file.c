#include "in_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

static cludi_status fail(const in_file *file, const char *reason, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FILE, "Cannot read \"%s\": %s.", file->path, reason);
}

cludi_status in_file_open(in_file *file, const char *path, cludi_error *error)
{
    struct stat found;
    const char *reason = NULL;
    *file = (in_file){.path = path};
    /* Without O_NONBLOCK a FIFO would be waited for before fstat could tell what it is. */
    file->descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (file->descriptor < 0 || fstat(file->descriptor, &found) != 0)
        reason = strerror(errno);
    else if (S_ISDIR(found.st_mode))
        reason = strerror(EISDIR);
    else if (!S_ISREG(found.st_mode))
        reason = "it is not a regular file";
    if (reason) {
        in_file_close(file);
        return fail(file, reason, error);
    }
    file->size = found.st_size;
    return CLUDI_OK;
}

cludi_status in_file_read_at(const in_file *file, int64_t offset, void *bytes, size_t size, size_t *got,
                             cludi_error *error)
{
    unsigned char *to = bytes;
    *got = 0;
    while (*got < size) {
        ssize_t count = pread(file->descriptor, to + *got, size - *got, (off_t)(offset + (int64_t)*got));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail(file, strerror(errno), error);
        if (count == 0)
            break;
        *got += (size_t)count;
    }
    return CLUDI_OK;
}

/* The size is asked for again: the file may have become shorter since it was opened. */
static cludi_status truncated(const in_file *file, int64_t offset, int64_t wanted, cludi_error *error)
{
    struct stat found;
    int64_t size = fstat(file->descriptor, &found) == 0 ? found.st_size : file->size;
    return error_set(error, CLUDI_ERROR_FORMAT,
                     "\"%s\" is truncated: wanted %" PRId64 " bytes at offset %" PRId64 ", the file has %" PRId64 ".",
                     file->path, wanted, offset, size);
}

cludi_status in_file_read(in_file *file, void *bytes, size_t size, cludi_error *error)
{
    size_t got;
    int64_t offset = file->offset;
    cludi_status status = in_file_read_at(file, offset, bytes, size, &got, error);
    file->offset += (int64_t)got;
    if (status)
        return status;
    return got == size ? CLUDI_OK : truncated(file, offset, (int64_t)size, error);
}

cludi_status in_file_peek(const in_file *file, void *bytes, size_t capacity, size_t *got, cludi_error *error)
{
    return in_file_read_at(file, 0, bytes, capacity, got, error);
}

cludi_status in_file_require(const in_file *file, int64_t offset, int64_t wanted, cludi_error *error)
{
    if (offset > file->size || wanted > file->size - offset)
        return truncated(file, offset, wanted, error);
    return CLUDI_OK;
}

void in_file_close(in_file *file)
{
    if (file->descriptor >= 0)
        close(file->descriptor);
    file->descriptor = -1;
}
