#include "hdf5_array.h"

#include "bounds.h"
#include "error.h"

/* ---- the file ---- */

static bool read_sizes(hdf5_reader *reader)
{
    hsize_t base = 0;
    size_t address = 0, length = 0;
    hid_t create = H5Fget_create_plist(reader->file);
    const bool known = H5Pget_sizes(create, &address, &length) >= 0 && H5Pget_userblock(create, &base) >= 0;
    hdf5_close(create);
    reader->heap.allocator = reader->allocator;
    reader->heap.base = base;
    reader->heap.address = (int)address;
    reader->heap.length = (int)length;
    return known && address <= 8 && length <= 8;
}

cludi_status hdf5_reader_open(hdf5_reader *reader, in_file *in, const cludi_allocator *allocator, cludi_error *error)
{
    *reader = (hdf5_reader){.in = in, .allocator = allocator};
    reader->file = hdf5_open(in->descriptor, NULL);
    return reader->file >= 0 && read_sizes(reader) ? CLUDI_OK : hdf5_fail(in->path, error);
}

void hdf5_reader_close(hdf5_reader *reader)
{
    if (!reader->allocator)
        return;
    hdf5_global_heap_clear(&reader->heap);
    hdf5_tile_clear(&reader->tile);
    hdf5_close(reader->file);
    *reader = (hdf5_reader){.file = -1};
}

/* ---- arrays ---- */

cludi_status hdf5_array_open(hdf5_array *array, hdf5_reader *reader, hid_t dataset, const char *name,
                             cludi_error *error)
{
    *array = (hdf5_array){.dataset = dataset, .layout = {.name = name, .texts = true}};
    TRY(hdf5_dataset_check(dataset, reader->in, &array->info, &array->layout, error));
    if (array->layout.kind == HDF5_PACKED)
        TRY(hdf5_tile_reserve(&reader->tile, &array->layout, reader->allocator, error));
    return CLUDI_OK;
}

void hdf5_array_close(hdf5_array *array)
{
    hdf5_close(array->dataset);
    array->dataset = -1;
}

int64_t hdf5_array_step(const hdf5_array *array, int64_t row, int64_t count)
{
    const hdf5_layout *layout = &array->layout;
    const int64_t most =
        element_is_text(array->info.type) ? (int64_t)(sizeof(element_block) / layout->width) : ELEMENT_BLOCK;
    return min_int(min_int(most, layout->rows - row % layout->rows), count);
}

/* Copies a part that lies within a chunk. */
static cludi_status read_from_tile(const hdf5_array *array, hdf5_tile *tile, hdf5_part p, unsigned char *out,
                                   cludi_error *error)
{
    const hdf5_layout *layout = &array->layout;
    const size_t width = layout->width, size = (size_t)p.cols * width;
    int64_t row = p.row % layout->rows, col = p.col % layout->cols;
    cludi_status status = hdf5_tile_load(tile, layout, array->dataset, p.row - row, p.col - col, error);
    for (int64_t i = 0; i < p.rows && !status; i++) {
        const unsigned char *from = tile->bytes.data + (size_t)((row + i) * layout->cols + col) * width;
        memcpy(out + (size_t)i * size, from, size);
    }
    return status;
}

static cludi_status read_as(const hdf5_array *array, hid_t type, hdf5_part p, unsigned char *out, cludi_error *error)
{
    const hsize_t start[2] = {(hsize_t)p.row, (hsize_t)p.col}, size[2] = {(hsize_t)p.rows, (hsize_t)p.cols};
    const hsize_t count = size[0] * size[1];
    hid_t space = H5Dget_space(array->dataset), memory = H5Screate_simple(1, &count, NULL);
    bool read = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, size, NULL) >= 0 &&
                H5Dread(array->dataset, type, memory, space, H5P_DEFAULT, out) >= 0;
    cludi_status status = read ? CLUDI_OK : hdf5_fail(array->layout.name, error);
    hdf5_close(memory);
    hdf5_close(space);
    return status;
}

/* Reads a part with libhdf5, which is told that what is in memory is as in the file and converts nothing. */
static cludi_status read_by_library(const hdf5_array *array, hdf5_part p, unsigned char *out, cludi_error *error)
{
    const bool raw = array->info.type.kind == 'O';
    hid_t type = raw ? hdf5_raw_begin(array->layout.width) : H5Dget_type(array->dataset);
    cludi_status status = read_as(array, type, p, out, error);
    if (raw)
        hdf5_raw_end(type);
    else
        hdf5_close(type);
    return status;
}

static cludi_status read_plain(const hdf5_array *array, in_file *in, hdf5_part p, unsigned char *out,
                               cludi_error *error)
{
    const hdf5_layout *layout = &array->layout;
    in->offset = layout->offset + (p.row * layout->cols + p.col) * (int64_t)layout->width;
    return in_file_read(in, out, (size_t)(p.rows * p.cols) * layout->width, error);
}

cludi_status hdf5_array_read(const hdf5_array *array, hdf5_reader *reader, hdf5_part p, element_block *out,
                             cludi_error *error)
{
    const hdf5_kind kind = array->layout.kind;
    cludi_error why;
    if (stop_request_stopped(reader->in->stop))
        return error_set(error, CLUDI_STOPPED, "Reading \"%s\" was stopped.", array->layout.name);
    cludi_status status = kind == HDF5_PLAIN    ? read_plain(array, reader->in, p, out->bytes, &why)
                          : kind == HDF5_PACKED ? read_from_tile(array, &reader->tile, p, out->bytes, &why)
                                                : read_by_library(array, p, out->bytes, &why);
    if (status)
        return error_set(error, status, "Row %" PRId64 " (counted from 0) cannot be read: %s", p.row, why.message);
    return CLUDI_OK;
}

/* ---- strings ---- */

cludi_status hdf5_text_read(hdf5_reader *reader, element_type type, const unsigned char *element, const char *name,
                            char text[HDF5_TEXT], cludi_error *error)
{
    const char *letters = (const char *)element;
    size_t size = (size_t)type.size;
    cludi_error why;
    text[0] = '\0';
    cludi_status status =
        type.kind == 'O' ? hdf5_global_heap_find(&reader->heap, reader->in, element, &letters, &size, &why) : CLUDI_OK;
    if (status == CLUDI_ERROR_FORMAT)
        return error_set(error, status, "\"%s\" is damaged: %s.", name, why.message);
    if (status)
        return error_set(error, status, "%s", why.message);
    size = strnlen(letters, size);
    if (size >= HDF5_TEXT)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has a string of %zu bytes; at most %d are read.", name,
                         size, HDF5_TEXT - 1);
    memcpy(text, letters, size);
    text[size] = '\0';
    return CLUDI_OK;
}
