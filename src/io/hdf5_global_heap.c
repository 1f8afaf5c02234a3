#include "hdf5_global_heap.h"

#include <stdbool.h>
#include <string.h>

#include "alloc.h"
#include "error.h"
#include "hdf5_heap.h"

/* A collection has a head (signature, version, 3 bytes, size) and objects: number, references, 4 bytes, size, bytes. */
enum { SIGNATURE = 8, OBJECT_SIZE = 8, MOST_BYTES = 16 << 20 };

static size_t align(size_t size)
{
    return (size + 7) & ~(size_t)7;
}

static cludi_status refuse(const char *problem, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FORMAT, "its heap of strings %s", problem);
}

static cludi_status reserve(hdf5_global_heap *heap, size_t size, cludi_error *error)
{
    if (!heap->objects)
        heap->objects = alloc_array(heap->allocator, HDF5_HEAP_OBJECTS, sizeof *heap->objects);
    if (heap->room < size) {
        alloc_free(heap->allocator, heap->bytes);
        heap->bytes = alloc_array(heap->allocator, (int64_t)size, 1);
        heap->room = heap->bytes ? size : 0;
    }
    return heap->objects && heap->bytes ? CLUDI_OK : error_memory(error, "strings of an HDF5 file");
}

static cludi_status read_size(const hdf5_global_heap *heap, const in_file *file, uint64_t address, uint64_t *size,
                              cludi_error *error)
{
    static const unsigned char START[5] = {'G', 'C', 'O', 'L', 1};
    unsigned char head[SIGNATURE + 8];
    size_t got;
    const size_t wanted = SIGNATURE + (size_t)heap->length;
    const uint64_t end = (uint64_t)file->size;
    if (heap->base > end || address > end - heap->base)
        return refuse("lies behind the end of the file", error);
    TRY(in_file_read_at(file, (int64_t)(heap->base + address), head, wanted, &got, error));
    if (got < wanted || memcmp(head, START, sizeof START) != 0)
        return refuse("is not where it should be", error);
    *size = hdf5_little_endian(head + SIGNATURE, heap->length);
    if (*size > end - heap->base - address)
        return refuse("ends behind the end of the file", error);
    return *size <= MOST_BYTES ? CLUDI_OK : refuse("has more than 16777216 bytes in one piece", error);
}

/* Number 0 is the free space at the end. */
static bool find_objects(hdf5_global_heap *heap)
{
    const size_t head = align(OBJECT_SIZE + (size_t)heap->length);
    memset(heap->objects, 0, HDF5_HEAP_OBJECTS * sizeof *heap->objects);
    for (size_t at = align(SIGNATURE + (size_t)heap->length); at + head <= heap->size;) {
        const uint64_t number = hdf5_little_endian(heap->bytes + at, 2);
        const uint64_t size = hdf5_little_endian(heap->bytes + at + OBJECT_SIZE, heap->length);
        if (number == 0)
            return true;
        if (size > heap->size - at - head)
            return false;
        heap->objects[number] = (uint32_t)at;
        at += head + align((size_t)size);
    }
    return true;
}

static cludi_status load(hdf5_global_heap *heap, const in_file *file, uint64_t address, cludi_error *error)
{
    uint64_t size = 0;
    size_t got = 0;
    heap->loaded = 0;
    cludi_status status = read_size(heap, file, address, &size, error);
    if (!status)
        status = reserve(heap, (size_t)size, error);
    if (!status)
        status = in_file_read_at(file, (int64_t)(heap->base + address), heap->bytes, (size_t)size, &got, error);
    if (status)
        return status;
    heap->size = got;
    if (!find_objects(heap))
        return refuse("has a string that is longer than the heap", error);
    heap->loaded = address;
    return CLUDI_OK;
}

cludi_status hdf5_global_heap_find(hdf5_global_heap *heap, const in_file *file, const unsigned char *id,
                                   const char **text, size_t *size, cludi_error *error)
{
    const uint64_t wanted = hdf5_little_endian(id, 4), address = hdf5_little_endian(id + 4, heap->address);
    const uint64_t number = hdf5_little_endian(id + 4 + heap->address, 4);
    *text = "";
    *size = 0;
    if (wanted == 0)
        return CLUDI_OK;
    TRY(address != heap->loaded ? load(heap, file, address, error) : CLUDI_OK);
    const uint32_t at = address > 0 && number < HDF5_HEAP_OBJECTS ? heap->objects[number] : 0;
    if (at == 0 || wanted > hdf5_little_endian(heap->bytes + at + OBJECT_SIZE, heap->length))
        return refuse("does not have it", error);
    *text = (const char *)heap->bytes + at + align(OBJECT_SIZE + (size_t)heap->length);
    *size = (size_t)wanted;
    return CLUDI_OK;
}

void hdf5_global_heap_clear(hdf5_global_heap *heap)
{
    if (!heap->allocator)
        return;
    alloc_free(heap->allocator, heap->objects);
    alloc_free(heap->allocator, heap->bytes);
    *heap = (hdf5_global_heap){0};
}
