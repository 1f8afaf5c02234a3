#include "unzip.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include <zlib.h>

#include "alloc.h"
#include "error.h"

enum { BUFFER = 16384, GZIP_WINDOW = 15 + 16 /* the largest, with a gzip header */, MAGIC = 2 };

struct unzip {
    in_file file;
    z_stream zlib;
    bool zipped;
    bool ended;       /* behind the last member */
    int64_t members;  /* begun so far */
    int64_t position; /* unzipped */
    unsigned char buffer[BUFFER];
};

/* Begins at the first byte of the file. */
static cludi_status start(unzip *stream, cludi_error *error)
{
    stream->file.offset = 0;
    stream->position = 0;
    stream->ended = false;
    stream->members = 1;
    stream->zlib.avail_in = 0;
    return !stream->zipped || inflateReset(&stream->zlib) == Z_OK ? CLUDI_OK : error_memory(error, "unzipping");
}

static cludi_status find_kind(unzip *stream, cludi_error *error)
{
    unsigned char magic[MAGIC];
    size_t got;
    cludi_status status = in_file_peek(&stream->file, magic, sizeof magic, &got, error);
    if (status || got < MAGIC || magic[0] != 0x1F || magic[1] != 0x8B)
        return status;
    stream->zipped = inflateInit2(&stream->zlib, GZIP_WINDOW) == Z_OK;
    return stream->zipped ? CLUDI_OK : error_memory(error, "unzipping");
}

cludi_status unzip_open(unzip **out, const in_file *file, cludi_error *error)
{
    const cludi_allocator allocator = alloc_system(); /* as zlib's own */
    unzip *stream = *out = alloc_zeroed(&allocator, 1, sizeof *stream);
    if (!stream)
        return error_memory(error, "unzipping");
    stream->file = *file;
    stream->file.descriptor = fcntl(file->descriptor, F_DUPFD_CLOEXEC, 0);
    cludi_status status = CLUDI_OK;
    if (stream->file.descriptor < 0)
        status = error_set(error, CLUDI_ERROR_FILE, "Cannot read \"%s\": %s.", file->path, strerror(errno));
    if (!status)
        status = find_kind(stream, error);
    if (!status)
        status = start(stream, error);
    if (status) {
        unzip_close(stream);
        *out = NULL;
    }
    return status;
}

bool unzip_is_zipped(const unzip *stream)
{
    return stream->zipped;
}

int64_t unzip_position(const unzip *stream)
{
    return stream->position;
}

/* What is left of the file, up to size bytes. */
static cludi_status read_file(unzip *stream, unsigned char *bytes, size_t size, size_t *got, cludi_error *error)
{
    int64_t left = stream->file.size - stream->file.offset;
    *got = left < (int64_t)size ? (size_t)(left > 0 ? left : 0) : size;
    return in_file_read(&stream->file, bytes, *got, error);
}

/* Makes sure that there are bytes for zlib unless the file is at its end. */
static cludi_status fill(unzip *stream, cludi_error *error)
{
    size_t got;
    if (stream->zlib.avail_in > 0)
        return CLUDI_OK;
    cludi_status status = read_file(stream, stream->buffer, BUFFER, &got, error);
    stream->zlib.next_in = stream->buffer;
    stream->zlib.avail_in = status ? 0 : (uInt)got;
    return status;
}

static cludi_status refuse(const unzip *stream, int code, cludi_error *error)
{
    const char *path = stream->file.path;
    if (code == Z_MEM_ERROR)
        return error_memory(error, "unzipping");
    if (stream->members > 1 && stream->zlib.total_in <= MAGIC)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is damaged: something else follows its gzip data.", path);
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is damaged: its gzip data cannot be unzipped.", path);
}

/* Behind a member: zeros are left out; what follows begins the next member. */
static cludi_status begin_member(unzip *stream, cludi_error *error)
{
    cludi_status status = fill(stream, error);
    while (!status && stream->zlib.avail_in > 0 && *stream->zlib.next_in == 0) {
        stream->zlib.next_in++;
        stream->zlib.avail_in--;
        status = fill(stream, error);
    }
    stream->ended = stream->zlib.avail_in == 0;
    stream->members++;
    if (status || stream->ended)
        return status;
    if (inflateReset(&stream->zlib) != Z_OK)
        return error_memory(error, "unzipping");
    return *stream->zlib.next_in == 0x1F ? CLUDI_OK : refuse(stream, Z_DATA_ERROR, error);
}

/* Unzips until there is output, the members end, or something is wrong. */
static cludi_status unzip_some(unzip *stream, cludi_error *error)
{
    cludi_status status = fill(stream, error);
    if (status)
        return status;
    if (stream->zlib.avail_in == 0)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" is truncated: its gzip data end before they are complete, after %" PRId64
                         " unzipped bytes.",
                         stream->file.path, stream->position);
    int code = inflate(&stream->zlib, Z_NO_FLUSH);
    if (code == Z_STREAM_END)
        return begin_member(stream, error);
    return code == Z_OK ? CLUDI_OK : refuse(stream, code, error);
}

static cludi_status inflate_bytes(unzip *stream, unsigned char *bytes, size_t size, size_t *got, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    const int64_t begin = stream->position;
    *got = 0;
    while (*got < size && !stream->ended && !status) {
        const size_t piece = size - *got < BUFFER ? size - *got : BUFFER;
        stream->zlib.next_out = bytes + *got;
        stream->zlib.avail_out = (uInt)piece;
        status = unzip_some(stream, error);
        *got += piece - stream->zlib.avail_out;
        stream->position = begin + (int64_t)*got;
    }
    return status;
}

cludi_status unzip_read(unzip *stream, void *bytes, size_t size, size_t *got, cludi_error *error)
{
    if (stream->zipped)
        return inflate_bytes(stream, bytes, size, got, error);
    cludi_status status = read_file(stream, bytes, size, got, error);
    stream->position = stream->file.offset;
    return status;
}

cludi_status unzip_seek(unzip *stream, int64_t position, cludi_error *error)
{
    unsigned char unwanted[BUFFER];
    size_t got = 1;
    cludi_status status = CLUDI_OK;
    if (!stream->zipped) {
        stream->position = stream->file.offset = position < stream->file.size ? position : stream->file.size;
        return CLUDI_OK;
    }
    if (position < stream->position)
        status = start(stream, error);
    while (!status && got > 0 && stream->position < position) {
        int64_t left = position - stream->position;
        status = unzip_read(stream, unwanted, left < BUFFER ? (size_t)left : BUFFER, &got, error);
    }
    return status;
}

void unzip_close(unzip *stream)
{
    const cludi_allocator allocator = alloc_system();
    if (!stream)
        return;
    if (stream->zipped)
        inflateEnd(&stream->zlib);
    in_file_close(&stream->file);
    alloc_free(&allocator, stream);
}
