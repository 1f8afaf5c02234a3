#include "byte_source.h"

#include <inttypes.h>

#include "error.h"

static cludi_status read_file_at(void *user, int64_t offset, void *bytes, size_t size, size_t *got, cludi_error *error)
{
    return in_file_read_at(user, offset, bytes, size, got, error);
}

byte_source byte_source_of(in_file *file)
{
    return (byte_source){.path = file->path,
                         .size = file->size,
                         .sequential = file->filter != NULL,
                         .read_at = read_file_at,
                         .user = file};
}

static cludi_status truncated(const byte_source *source, int64_t offset, int64_t wanted, int64_t size,
                              cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FORMAT,
                     "\"%s\" is truncated: wanted %" PRId64 " bytes at offset %" PRId64 ", the file has %" PRId64 ".",
                     source->path, wanted, offset, size);
}

cludi_status byte_source_read(byte_source *source, void *bytes, size_t size, cludi_error *error)
{
    size_t got = 0;
    int64_t offset = source->offset;
    cludi_status status = source->read_at(source->user, offset, bytes, size, &got, error);
    source->offset += (int64_t)got;
    if (status || got == size)
        return status;
    return truncated(source, offset, (int64_t)size, source->offset, error);
}

cludi_status byte_source_require(const byte_source *source, int64_t offset, int64_t wanted, cludi_error *error)
{
    if (offset > source->size || wanted > source->size - offset)
        return truncated(source, offset, wanted, source->size, error);
    return CLUDI_OK;
}
