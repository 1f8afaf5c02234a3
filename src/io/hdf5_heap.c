#include "hdf5_heap.h"

#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { HEAD = 8, MOST_NUMBER = 8, NO_BLOCK = 1 };

uint64_t hdf5_little_endian(const unsigned char *bytes, int count)
{
    uint64_t number = 0;
    for (int i = count - 1; i >= 0; i--)
        number = number << 8 | bytes[i];
    return number;
}

/* Each free block begins with where the next one is. There are at most as many as fit. */
static bool list_ends(int descriptor, uint64_t data, uint64_t data_size, uint64_t block, int length)
{
    const uint64_t least = 2 * (uint64_t)length;
    for (uint64_t left = data_size / least + 1; block != NO_BLOCK && left > 0; left--) {
        unsigned char next[MOST_NUMBER];
        if (block > data_size || data_size - block < least)
            return false;
        if (pread(descriptor, next, (size_t)length, (off_t)(data + block)) != (ssize_t)length)
            return false;
        block = hdf5_little_endian(next, length);
    }
    return block == NO_BLOCK;
}

bool hdf5_heap_is_sound(int descriptor, uint64_t file_size, const hdf5_widths *layout, const unsigned char *bytes,
                        size_t size)
{
    const size_t prefix = HEAD + 2 * (size_t)layout->length + (size_t)layout->address;
    if (size < prefix || memcmp(bytes, "HEAP", 4) != 0)
        return true;
    const uint64_t data_size = hdf5_little_endian(bytes + HEAD, layout->length);
    const uint64_t block = hdf5_little_endian(bytes + HEAD + layout->length, layout->length);
    const uint64_t data = hdf5_little_endian(bytes + HEAD + 2 * layout->length, layout->address);
    if (data > file_size || layout->base > file_size - data || data_size > file_size - data - layout->base)
        return false;
    return list_ends(descriptor, layout->base + data, data_size, block, layout->length);
}
