/* One packed chunk of a dataset, unpacked. */
#ifndef IO_HDF5_TILE_H
#define IO_HDF5_TILE_H

#include <cludi/context.h>

#include "hdf5_dataset.h"

typedef struct hdf5_tile {
    const cludi_allocator *allocator;
    hdf5_bytes bytes; /* rows of the tile, as in the file; NULL before the first reserve */
    hid_t dataset;    /* whose tile is loaded */
    int64_t row, col; /* its corner in the array; -1: none is loaded */
} hdf5_tile;

/* Takes the memory for a tile of the dataset twice, unless there is as much. A zeroed tile is allowed.
   Errors: CLUDI_ERROR_MEMORY; hdf5_tile_clear is allowed after one. */
cludi_status hdf5_tile_reserve(hdf5_tile *tile, const hdf5_layout *layout, const cludi_allocator *allocator,
                               cludi_error *error);

/* Loads the tile with the corner (row, col) of a dataset that memory was taken for, unless it is there.
   Errors: CLUDI_ERROR_FORMAT, CLUDI_ERROR_FILE. */
cludi_status hdf5_tile_load(hdf5_tile *tile, const hdf5_layout *layout, hid_t dataset, int64_t row, int64_t col,
                            cludi_error *error);

/* Frees; a zeroed tile is allowed. */
void hdf5_tile_clear(hdf5_tile *tile);

#endif
