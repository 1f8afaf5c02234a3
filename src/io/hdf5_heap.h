/* Local heaps of a damaged file: libhdf5 1.10 follows a list of free blocks that never ends, and keeps each of them. */
#ifndef IO_HDF5_HEAP_H
#define IO_HDF5_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a file writes numbers, from its superblock. */
typedef struct hdf5_widths {
    uint64_t base;       /* what addresses are counted from */
    int address, length; /* bytes of an address, of a length: 2, 4 or 8 */
} hdf5_widths;

uint64_t hdf5_little_endian(const unsigned char *bytes, int count);

/* Does the free list of the local heap end whose prefix is in bytes (size), and does its data lie in the file of file_size
   bytes? True too where bytes are no such prefix, or not the whole of it. HDF5 File Format Specification 3.0, III.D. */
bool hdf5_heap_is_sound(int descriptor, uint64_t file_size, const hdf5_widths *layout, const unsigned char *bytes,
                        size_t size);

#endif
