#include "hdf5_file.h"

#include "alloc.h"
#include "error.h"
#include "hdf5_path.h"
#include "hdf5_tile.h"

/* Where AnnData has the vectors that people cluster. */
static const char USUAL[] = "/obsm/X_pca";

typedef struct hdf5_state {
    hid_t file, dataset;
    hdf5_layout layout;
    hdf5_tile tile;
    bool categorical;                /* codes of categories, -1 where there is none */
    char name[PATH_MAX + HDF5_PATH]; /* FILE:/PATH, for messages */
} hdf5_state;

/* ---- open ---- */

/* The path of the dataset when none is given. */
static cludi_status choose_dataset(hid_t file, const array_file *array, char path[HDF5_PATH], cludi_error *error)
{
    hdf5_list list;
    if (hdf5_path_exists(file, USUAL)) {
        memcpy(path, USUAL, sizeof USUAL);
        return CLUDI_OK;
    }
    hdf5_path_list(file, &list);
    int count = list.matrices > 0 ? list.matrices : list.vectors;
    if (count == 0)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has no array of numbers that cludi reads.",
                         array->file.path);
    if (hdf5_path_exists(file, "/obs") && hdf5_path_exists(file, "/var"))
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has no %s; name another array behind a ':'. It holds %s.",
                         array->file.path, USUAL, list.text);
    if (count > 1)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" holds several arrays; name one behind a ':'. It holds %s.",
                         array->file.path, list.text);
    memcpy(path, list.matrices > 0 ? list.matrix : list.vector, HDF5_PATH);
    return CLUDI_OK;
}

static bool has(hid_t object, const char *link)
{
    return H5Lexists(object, link, H5P_DEFAULT) > 0;
}

/* Replaces a group by the dataset in it that is meant: the codes of a categorical column. */
static cludi_status enter_group(hdf5_state *state, const char *path, hid_t *object, cludi_error *error)
{
    char inner[HDF5_PATH + 8];
    if (has(*object, "indptr"))
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" is a sparse matrix; cludi reads dense ones, such as /obsm/X_pca.", state->name);
    if (!has(*object, "codes") || !has(*object, "categories"))
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is a group, not a dataset.", state->name);
    snprintf(inner, sizeof inner, "%s/codes", path);
    hdf5_close(*object);
    state->categorical = true;
    return hdf5_path_open(state->file, inner, state->name, object, error);
}

static cludi_status open_object(hdf5_state *state, const char *path, hid_t *object, cludi_error *error)
{
    cludi_status status = hdf5_path_open(state->file, path, state->name, object, error);
    if (!status && H5Iget_type(*object) == H5I_GROUP)
        status = enter_group(state, path, object, error);
    if (!status && H5Iget_type(*object) != H5I_DATASET)
        status = error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is no dataset.", state->name);
    /* Before AnnData 0.8 the categories were elsewhere, and the codes had a reference to them. */
    if (!status && H5Aexists(*object, "categories") > 0)
        state->categorical = true;
    return status;
}

static cludi_status open_dataset(array_file *array, hdf5_state *state, cludi_error *error)
{
    char path[HDF5_PATH];
    cludi_status status = CLUDI_OK;
    const char *member = array->member;
    state->dataset = -1;
    state->layout.name = state->name;
    snprintf(state->name, sizeof state->name, "%s", array->file.path);
    state->file = hdf5_open(array->file.descriptor, NULL);
    if (state->file < 0)
        return hdf5_fail(array->file.path, error);
    if (!member) {
        status = choose_dataset(state->file, array, path, error);
        member = path;
        if (!status)
            snprintf(state->name, sizeof state->name, "%s:%s", array->file.path, path);
    }
    if (!status)
        status = open_object(state, member, &state->dataset, error);
    if (!status)
        status = hdf5_dataset_check(state->dataset, &array->file, &array->info, &state->layout, error);
    if (!status && state->layout.kind == HDF5_PACKED)
        status = hdf5_tile_init(&state->tile, &state->layout, array->allocator, error);
    return status;
}

static cludi_status open_file(array_file *array, cludi_error *error)
{
    hdf5_session session;
    hdf5_state *state = alloc_zeroed(array->allocator, 1, sizeof *state);
    if (!state)
        return error_memory(error, "an HDF5 file");
    array->state = state;
    hdf5_enter(&session);
    cludi_status status = open_dataset(array, state, error);
    hdf5_leave(&session);
    return status;
}

static void close_file(array_file *array)
{
    hdf5_session session;
    hdf5_state *state = array->state;
    hdf5_enter(&session);
    hdf5_close(state->dataset);
    hdf5_close(state->file);
    hdf5_leave(&session);
    hdf5_tile_clear(&state->tile);
    alloc_free(array->allocator, state);
}

/* ---- read ---- */

/* A part of the array: rows and columns from a corner on. */
typedef struct part {
    int64_t row, col, rows, cols;
} part;

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Copies a part that lies within a chunk. */
static cludi_status read_from_tile(hdf5_state *state, part p, unsigned char *out, cludi_error *error)
{
    const hdf5_layout *layout = &state->layout;
    const size_t width = layout->width, size = (size_t)p.cols * width;
    int64_t row = p.row % layout->rows, col = p.col % layout->cols;
    cludi_status status = hdf5_tile_load(&state->tile, layout, state->dataset, p.row - row, p.col - col, error);
    for (int64_t i = 0; i < p.rows && !status; i++) {
        const unsigned char *from = state->tile.bytes.data + (size_t)((row + i) * layout->cols + col) * width;
        memcpy(out + (size_t)i * size, from, size);
    }
    return status;
}

/* Reads a part with libhdf5, which is told that the numbers in memory are as those in the file and converts nothing. */
static cludi_status read_by_library(const hdf5_state *state, part p, unsigned char *out, cludi_error *error)
{
    const hsize_t start[2] = {(hsize_t)p.row, (hsize_t)p.col}, size[2] = {(hsize_t)p.rows, (hsize_t)p.cols};
    const hsize_t count = size[0] * size[1];
    hid_t type = H5Dget_type(state->dataset), space = H5Dget_space(state->dataset);
    hid_t memory = H5Screate_simple(1, &count, NULL);
    bool read = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, size, NULL) >= 0 &&
                H5Dread(state->dataset, type, memory, space, H5P_DEFAULT, out) >= 0;
    cludi_status status = read ? CLUDI_OK : hdf5_fail(state->name, error);
    hdf5_close(memory);
    hdf5_close(space);
    hdf5_close(type);
    return status;
}

static cludi_status read_plain(array_file *array, part p, unsigned char *out, cludi_error *error)
{
    const hdf5_state *state = array->state;
    const hdf5_layout *layout = &state->layout;
    array->file.offset = layout->offset + (p.row * layout->cols + p.col) * (int64_t)layout->width;
    return in_file_read(&array->file, out, (size_t)(p.rows * p.cols) * layout->width, error);
}

/* Reads at most ELEMENT_BLOCK numbers as they lie in the file: whole rows, or a piece of one, or a part of a chunk. */
static cludi_status read_block(array_file *array, part p, element_block *block, cludi_error *error)
{
    hdf5_state *state = array->state;
    const hdf5_kind kind = state->layout.kind;
    cludi_error why;
    if (stop_watch_stopped(array->file.stop))
        return error_set(error, CLUDI_STOPPED, "Reading \"%s\" was stopped.", state->name);
    cludi_status status = kind == HDF5_PLAIN    ? read_plain(array, p, block->bytes, &why)
                          : kind == HDF5_PACKED ? read_from_tile(state, p, block->bytes, &why)
                                                : read_by_library(state, p, block->bytes, &why);
    if (status)
        return error_set(error, status, "Row %" PRId64 " (counted from 0) cannot be read: %s", p.row, why.message);
    return CLUDI_OK;
}

/* Reads a part that lies within one tile, so that no more than one is unpacked; out: its corner, in rows of `stride`. */
static cludi_status read_within_tile(array_file *array, part p, float *out, int64_t stride, cludi_error *error)
{
    const element_type type = array->info.type;
    element_block block;
    int64_t cols = least(p.cols, ELEMENT_BLOCK), rows = ELEMENT_BLOCK / cols;
    cludi_status status = CLUDI_OK;
    for (int64_t i = 0; i < p.rows && !status; i += rows) {
        for (int64_t j = 0; j < p.cols && !status; j += cols) {
            part piece = {p.row + i, p.col + j, least(rows, p.rows - i), least(cols, p.cols - j)};
            float *corner = out + i * stride + j;
            status = read_block(array, piece, &block, error);
            for (int64_t k = 0; k < piece.rows * piece.cols && !status; k++)
                corner[k / piece.cols * stride + k % piece.cols] = element_float(type, block.bytes + k * type.size);
        }
    }
    return status;
}

static cludi_status read_rows(array_file *array, int64_t first, int64_t count, float *out, cludi_error *error)
{
    const hdf5_state *state = array->state;
    const hdf5_layout *layout = &state->layout;
    const int64_t cols = array->info.shape[1], end = first + count;
    hdf5_session session;
    cludi_status status = CLUDI_OK;
    hdf5_enter(&session);
    for (int64_t row = first, rows; row < end && !status; row += rows) {
        rows = least(layout->rows - row % layout->rows, end - row);
        for (int64_t col = 0; col < cols && !status; col += layout->cols) {
            part p = {row, col, rows, least(layout->cols, cols - col)};
            status = read_within_tile(array, p, out + (row - first) * cols + col, cols, error);
        }
    }
    hdf5_leave(&session);
    return status;
}

static cludi_status take_labels(const array_file *array, const element_block *block, int64_t first, int64_t count,
                                int32_t *out, cludi_error *error)
{
    const hdf5_state *state = array->state;
    const element_type type = array->info.type;
    int64_t taken = array_take_labels(type, block, count, out);
    if (taken < count)
        return array_refuse_label(state->name, type, block->bytes + taken * type.size, first + taken, error);
    for (int64_t i = 0; i < count && state->categorical; i++) {
        if (out[i] < 0)
            return error_set(error, CLUDI_ERROR_FORMAT,
                             "\"%s\" has no category in row %" PRId64 " (counted from 0): its code is %" PRId32 ".",
                             state->name, first + i, out[i]);
    }
    return CLUDI_OK;
}

static cludi_status read_labels(array_file *array, int32_t *out, cludi_error *error)
{
    const hdf5_state *state = array->state;
    const hdf5_layout *layout = &state->layout;
    const int64_t count = array->info.count;
    element_block block;
    hdf5_session session;
    cludi_status status = CLUDI_OK;
    hdf5_enter(&session);
    for (int64_t i = 0, step; i < count && !status; i += step) {
        step = least(least(ELEMENT_BLOCK, layout->rows - i % layout->rows), count - i);
        part p = {i, 0, step, 1};
        status = read_block(array, p, &block, error);
        if (!status)
            status = take_labels(array, &block, i, p.rows, out + i, error);
    }
    hdf5_leave(&session);
    return status;
}

/* Any row can be found; in chunks, a row costs unpacking its chunk, unless that was the last. */
static bool is_sequential(const array_file *array)
{
    (void)array;
    return false;
}

static const char *get_name(const array_file *array)
{
    (void)array;
    return "hdf5";
}

const array_format HDF5_FORMAT = {.title = "HDF5",
                                  .has_members = true,
                                  .by_itself = true,
                                  .is_start = hdf5_is_start,
                                  .open = open_file,
                                  .read_rows = read_rows,
                                  .read_labels = read_labels,
                                  .is_sequential = is_sequential,
                                  .name = get_name,
                                  .close = close_file};
