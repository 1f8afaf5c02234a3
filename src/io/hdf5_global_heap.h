/* Strings of any length, which an HDF5 file keeps in collections of its global heap. cludi reads them itself: libhdf5 1.10
   reads and writes out of bounds where they are damaged. HDF5 File Format Specification 3.0, III.E. */
#ifndef IO_HDF5_GLOBAL_HEAP_H
#define IO_HDF5_GLOBAL_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include <cludi/context.h>

#include "in_file.h"

typedef struct hdf5_global_heap {
    const cludi_allocator *allocator;
    uint64_t base;       /* what addresses are counted from */
    int address, length; /* bytes of an address, of a length, in this file */
    uint64_t loaded;     /* address of the collection in bytes, which has size; 0: none */
    unsigned char *bytes;
    size_t size, room;
    uint32_t *objects; /* (HDF5_HEAP_OBJECTS) where each begins in bytes, 0: there is none */
} hdf5_global_heap;

enum { HDF5_HEAP_OBJECTS = 65536 };

/* *text, *size: the letters of the string with this global heap ID; borrowed until the next call. The collection that was read
   last is kept. Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT, CLUDI_ERROR_MEMORY. */
cludi_status hdf5_global_heap_find(hdf5_global_heap *heap, const in_file *file, const unsigned char *id,
                                   const char **text, size_t *size, cludi_error *error);

/* Frees; one without memory is allowed. */
void hdf5_global_heap_clear(hdf5_global_heap *heap);

#endif
