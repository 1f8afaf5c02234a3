#include "unzip.h"

#include <inttypes.h>
#include <stdbool.h>

#include <zlib.h>

#include "alloc.h"
#include "error.h"

enum { BUFFER = 16384, GZIP_WINDOW = 15 + 16 /* the largest, with a gzip header */, MAGIC = 2 };

typedef struct unzip {
    in_file file; /* as it lies on the disk; its descriptor is that of the file that is filtered */
    z_stream zlib;
    bool ended;       /* behind the last member */
    int64_t members;  /* begun so far */
    int64_t position; /* unzipped */
    unsigned char buffer[BUFFER];
} unzip;

/* Begins at the first byte of the file. */
static cludi_status start(unzip *stream, cludi_error *error)
{
    stream->file.offset = 0;
    stream->position = 0;
    stream->ended = false;
    stream->members = 1;
    stream->zlib.avail_in = 0;
    return inflateReset(&stream->zlib) == Z_OK ? CLUDI_OK : error_memory(error, "unzipping");
}

/* Makes sure that there are bytes for zlib unless the file is at its end. */
static cludi_status fill(unzip *stream, cludi_error *error)
{
    int64_t left = stream->file.size - stream->file.offset;
    size_t size = left < BUFFER ? (size_t)(left > 0 ? left : 0) : BUFFER;
    if (stream->zlib.avail_in > 0)
        return CLUDI_OK;
    cludi_status status = in_file_read(&stream->file, stream->buffer, size, error);
    stream->zlib.next_in = stream->buffer;
    stream->zlib.avail_in = status ? 0 : (uInt)size;
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
    TRY(fill(stream, error));
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

/* Up to size bytes where the stream is. */
static cludi_status read_here(unzip *stream, unsigned char *bytes, size_t size, size_t *got, cludi_error *error)
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

/* Goes to a byte, or to the end if that comes first. */
static cludi_status move_to(unzip *stream, int64_t offset, cludi_error *error)
{
    unsigned char unwanted[BUFFER];
    size_t got = 1;
    cludi_status status = offset < stream->position ? start(stream, error) : CLUDI_OK;
    while (!status && got > 0 && stream->position < offset) {
        int64_t left = offset - stream->position;
        status = read_here(stream, unwanted, left < BUFFER ? (size_t)left : BUFFER, &got, error);
    }
    return status;
}

static cludi_status read_at(void *state, int64_t offset, void *bytes, size_t size, size_t *got, cludi_error *error)
{
    *got = 0;
    cludi_status status = move_to(state, offset, error);
    return status ? status : read_here(state, bytes, size, got, error);
}

static void close_stream(void *state)
{
    const cludi_allocator allocator = alloc_system();
    unzip *stream = state;
    inflateEnd(&stream->zlib);
    alloc_free(&allocator, stream);
}

static const in_file_filter FILTER = {read_at, close_stream};

cludi_status unzip_attach(in_file *file, cludi_error *error)
{
    const cludi_allocator allocator = alloc_system(); /* as zlib's own */
    unsigned char magic[MAGIC];
    size_t got;
    cludi_status status = in_file_peek(file, magic, sizeof magic, &got, error);
    if (status || got < MAGIC || magic[0] != 0x1F || magic[1] != 0x8B)
        return status;
    unzip *stream = alloc_zeroed(&allocator, 1, sizeof *stream);
    if (!stream || inflateInit2(&stream->zlib, GZIP_WINDOW) != Z_OK) {
        alloc_free(&allocator, stream);
        return error_memory(error, "unzipping");
    }
    stream->file = *file;
    file->filter = &FILTER;
    file->filter_state = stream;
    status = start(stream, error);
    if (!status)
        status = move_to(stream, INT64_MAX, error);
    file->size = stream->position;
    return status;
}
