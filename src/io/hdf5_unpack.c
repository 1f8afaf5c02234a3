#include "hdf5_unpack.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include <lzf.h>
#include <zlib.h>

static void swap_buffers(hdf5_bytes *bytes, size_t size)
{
    unsigned char *data = bytes->spare;
    bytes->spare = bytes->data;
    bytes->data = data;
    bytes->size = size;
}

static const char *inflate_bytes(hdf5_bytes *bytes)
{
    uLongf size = bytes->capacity;
    int code = uncompress(bytes->spare, &size, bytes->data, bytes->size);
    if (code == Z_MEM_ERROR)
        return "needs more memory than there is";
    if (code != Z_OK)
        return "cannot be unzipped";
    swap_buffers(bytes, size);
    return NULL;
}

static const char *unpack_lzf(hdf5_bytes *bytes)
{
    const size_t most = bytes->capacity < UINT_MAX ? bytes->capacity : UINT_MAX;
    const unsigned size = bytes->size == 0
                              ? 0 /* liblzf would read one byte */
                              : lzf_decompress(bytes->data, (unsigned)bytes->size, bytes->spare, (unsigned)most);
    if (size == 0)
        return "cannot be unpacked as LZF";
    swap_buffers(bytes, size);
    return NULL;
}

/* The first bytes of all numbers come first, then all second bytes, ...; what is left of a number stays behind them. */
static const char *unshuffle(hdf5_bytes *bytes, size_t width)
{
    size_t count = bytes->size / width, whole = count * width;
    for (size_t j = 0; j < width; j++)
        for (size_t i = 0; i < count; i++)
            bytes->spare[i * width + j] = bytes->data[j * count + i];
    memcpy(bytes->spare + whole, bytes->data + whole, bytes->size - whole);
    swap_buffers(bytes, bytes->size);
    return NULL;
}

/* Fletcher's checksum over big-endian words of 16 bits; an odd byte at the end is the upper one of its word. */
static uint32_t sum_fletcher(const unsigned char *data, size_t size)
{
    enum { WORDS = 360 }; /* after which 32 bits could overflow */
    uint32_t first = 0, second = 0;
    for (size_t at = 0; at < size;) {
        for (int i = 0; i < WORDS && at < size; i++, at += 2) {
            first += (uint32_t)data[at] << 8 | (at + 1 < size ? data[at + 1] : 0U);
            second += first;
        }
        first = (first & 0xFFFF) + (first >> 16);
        second = (second & 0xFFFF) + (second >> 16);
    }
    first = (first & 0xFFFF) + (first >> 16);
    second = (second & 0xFFFF) + (second >> 16);
    return second << 16 | first;
}

static const char *check_fletcher(hdf5_bytes *bytes)
{
    if (bytes->size < 4)
        return "is shorter than its checksum";
    size_t size = bytes->size - 4;
    const unsigned char *end = bytes->data + size;
    uint32_t stored = (uint32_t)end[0] | (uint32_t)end[1] << 8 | (uint32_t)end[2] << 16 | (uint32_t)end[3] << 24;
    if (sum_fletcher(bytes->data, size) != stored)
        return "does not have the checksum that it should have";
    bytes->size = size;
    return NULL;
}

const char *hdf5_unpack(hdf5_bytes *bytes, hdf5_filter filter, size_t width)
{
    switch (filter) {
    case HDF5_DEFLATE:
        return inflate_bytes(bytes);
    case HDF5_LZF:
        return unpack_lzf(bytes);
    case HDF5_SHUFFLE:
        return unshuffle(bytes, width);
    default:
        return check_fletcher(bytes);
    }
}
