#include "in_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

enum { AT_ONCE = 1 << 22 /* bytes between two looks at the stop watch */ };

static cludi_status fail(const in_file *file, const char *reason, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FILE, "Cannot read \"%s\": %s.", file->path, reason);
}

/* Why what stat found is not read; NULL if it is. failed: what stat returned. */
static const char *refuse_kind(int failed, const struct stat *found)
{
    if (failed)
        return strerror(errno);
    if (S_ISDIR(found->st_mode))
        return strerror(EISDIR);
    return S_ISREG(found->st_mode) ? NULL : "it is not a regular file";
}

cludi_status in_file_open(in_file *file, const char *path, cludi_error *error)
{
    struct stat found;
    *file = (in_file){.path = path, .descriptor = -1};
    /* Asked before it is opened, as opening a device can make it do something; and again behind that, as another file may
       have come there meanwhile. Without O_NONBLOCK a FIFO would be waited for. */
    const char *reason = refuse_kind(stat(path, &found), &found);
    if (!reason) {
        file->descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
        reason = refuse_kind(file->descriptor < 0 ? -1 : fstat(file->descriptor, &found), &found);
    }
    if (reason) {
        in_file_close(file);
        return fail(file, reason, error);
    }
    file->size = found.st_size;
    return CLUDI_OK;
}

/* What lies behind the size the file had when it was opened is no part of it: some files of /proc have none and never end,
   or wait. */
cludi_status in_file_read_at(const in_file *file, int64_t offset, void *bytes, size_t size, size_t *got,
                             cludi_error *error)
{
    unsigned char *to = bytes;
    int64_t left = file->size - offset;
    *got = 0;
    if (left < 0 || size > (uint64_t)left)
        size = left < 0 ? 0 : (size_t)left;
    if (file->filter)
        return file->filter->read_at(file->filter_state, offset, bytes, size, got, error);
    while (*got < size) {
        const size_t left_here = size - *got, part = left_here < AT_ONCE ? left_here : AT_ONCE;
        if (stop_request_stopped(file->stop))
            return error_set(error, CLUDI_STOPPED, "Reading \"%s\" was stopped.", file->path);
        ssize_t count = pread(file->descriptor, to + *got, part, (off_t)(offset + (int64_t)*got));
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
    int64_t size = !file->filter && fstat(file->descriptor, &found) == 0 ? found.st_size : file->size;
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
    if (file->filter)
        file->filter->close(file->filter_state);
    file->filter = NULL;
    if (file->descriptor >= 0)
        close(file->descriptor);
    file->descriptor = -1;
}
