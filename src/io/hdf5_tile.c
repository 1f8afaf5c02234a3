#include "hdf5_tile.h"

#include <string.h>

#include "alloc.h"
#include "error.h"

cludi_status hdf5_tile_reserve(hdf5_tile *tile, const hdf5_layout *layout, const cludi_allocator *allocator,
                               cludi_error *error)
{
    /* Deflate makes what it cannot pack a thousandth longer, and a checksum has 4 bytes. */
    const int64_t capacity = layout->bytes + layout->bytes / 512 + 1024;
    if (tile->bytes.capacity >= (size_t)capacity)
        return CLUDI_OK;
    hdf5_tile_clear(tile);
    *tile = (hdf5_tile){.allocator = allocator, .row = -1, .col = -1};
    tile->bytes.data = alloc_array(allocator, capacity, 1);
    tile->bytes.spare = alloc_array(allocator, capacity, 1);
    if (!tile->bytes.data || !tile->bytes.spare)
        return error_memory(error, "a chunk of an HDF5 file");
    tile->bytes.capacity = (size_t)capacity;
    return CLUDI_OK;
}

static cludi_status refuse(const hdf5_tile *tile, const hdf5_layout *layout, const char *problem, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FORMAT,
                     "\"%s\" is damaged: its chunk from row %" PRId64 ", column %" PRId64 " on %s.", layout->name,
                     tile->row, tile->col, problem);
}

/* Reads a chunk as it is stored; *skipped: a bit for each filter that was left out. */
static cludi_status read_stored(hdf5_tile *tile, const hdf5_layout *layout, hid_t dataset, uint32_t *skipped,
                                cludi_error *error)
{
    const hsize_t corner[ARRAY_MAX_DIMENSIONS] = {(hsize_t)tile->row, (hsize_t)tile->col};
    hsize_t stored = 0;
    if (H5Dget_chunk_storage_size(dataset, corner, &stored) < 0)
        return hdf5_fail(layout->name, error);
    if (stored == 0 || stored > tile->bytes.capacity)
        return refuse(tile, layout, stored == 0 ? "is not there" : "takes more bytes than its numbers", error);
    tile->bytes.size = (size_t)stored;
    return H5Dread_chunk(dataset, H5P_DEFAULT, corner, skipped, tile->bytes.data) < 0 ? hdf5_fail(layout->name, error)
                                                                                      : CLUDI_OK;
}

static cludi_status load_chunk(hdf5_tile *tile, const hdf5_layout *layout, hid_t dataset, cludi_error *error)
{
    uint32_t skipped = 0;
    const char *problem = NULL;
    cludi_status status = read_stored(tile, layout, dataset, &skipped, error);
    for (int i = layout->filter_count - 1; i >= 0 && !status && !problem; i--)
        if (!(skipped >> i & 1))
            problem = hdf5_unpack(&tile->bytes, layout->filters[i], layout->width);
    if (!status && !problem && tile->bytes.size != (size_t)layout->bytes)
        problem = "does not unpack to as many bytes as its shape says";
    return problem ? refuse(tile, layout, problem, error) : status;
}

cludi_status hdf5_tile_load(hdf5_tile *tile, const hdf5_layout *layout, hid_t dataset, int64_t row, int64_t col,
                            cludi_error *error)
{
    if (tile->dataset == dataset && tile->row == row && tile->col == col)
        return CLUDI_OK;
    tile->dataset = dataset;
    tile->row = row;
    tile->col = col;
    cludi_status status = load_chunk(tile, layout, dataset, error);
    if (status)
        tile->row = tile->col = -1;
    return status;
}

void hdf5_tile_clear(hdf5_tile *tile)
{
    if (!tile->allocator)
        return;
    alloc_free(tile->allocator, tile->bytes.spare);
    alloc_free(tile->allocator, tile->bytes.data);
    *tile = (hdf5_tile){0};
}
