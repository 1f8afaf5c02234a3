#include "hdf5_file.h"

#include "alloc.h"
#include "bounds.h"
#include "error.h"
#include "hdf5_frame.h"

/* Where AnnData has the vectors that people cluster, and what makes them. */
static const char USUAL[] = "/obsm/X_pca", MAKES[] = "sc.pp.pca(adata) of scanpy writes it";

typedef struct hdf5_state {
    hdf5_reader reader;
    hdf5_column column; /* what was asked for, or */
    hdf5_frame frame;   /* the columns of a data frame */
    bool is_frame;
    hdf5_column ids; /* names of the rows; not open: not looked for yet, or there are none */
    bool ids_known;
    char path[HDF5_PATH];            /* in the file */
    char name[PATH_MAX + HDF5_PATH]; /* FILE:/PATH, for messages */
} hdf5_state;

/* ---- open ---- */

/* An AnnData file without the usual array: what makes one, and what else there is. */
static cludi_status refuse_anndata(hid_t file, const array_file *array, const hdf5_list *list, cludi_error *error)
{
    const char *name = array->file.path;
    char others[HDF5_LIST + 64] = "";
    hid_t obs = H5Oopen(file, "/obs", H5P_DEFAULT);
    const bool old = H5Iget_type(obs) == H5I_DATASET;
    hdf5_close(obs);
    if (old)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" has a table in /obs, as AnnData wrote it before version 0.7; read and write it with a "
                         "newer one.",
                         name);
    if (list->matrices > 0)
        snprintf(others, sizeof others, " Or name another array behind a ':'; it holds %s.", list->text);
    if (hdf5_path_exists(file, "/X/indptr"))
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" has no %s, and its X is a sparse matrix, which cludi does not read; %s.%s", name,
                         USUAL, MAKES, others);
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has no %s; %s.%s", name, USUAL, MAKES, others);
}

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
    if (hdf5_path_exists(file, "/obs") && hdf5_path_exists(file, "/var"))
        return refuse_anndata(file, array, &list, error);
    if (count == 0)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has no array of numbers that cludi reads.",
                         array->file.path);
    if (count > 1)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" holds several arrays; name one behind a ':'. It holds %s.",
                         array->file.path, list.text);
    memcpy(path, list.matrices > 0 ? list.matrix : list.vector, HDF5_PATH);
    return CLUDI_OK;
}

/* The path that was given, or the one that is meant. */
static cludi_status find_path(hdf5_state *state, const array_file *array, cludi_error *error)
{
    snprintf(state->name, sizeof state->name, "%s", array->file.path);
    if (array->id_column)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" is HDF5, which has no id column; \"%s\" was asked for. The rows of an .h5ad are named "
                         "by the index of its /obs.",
                         array->file.path, array->id_column);
    if (array->member && strlen(array->member) >= HDF5_PATH)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%.200s...\": the name of a dataset has at most %d bytes.",
                         array->file.path, HDF5_PATH - 1);
    if (array->member) {
        snprintf(state->path, sizeof state->path, "%s", array->member);
        return CLUDI_OK;
    }
    cludi_status status = choose_dataset(state->reader.file, array, state->path, error);
    if (!status)
        snprintf(state->name, sizeof state->name, "%s:%s", array->file.path, state->path);
    return status;
}

static cludi_status open_array(array_file *array, hdf5_state *state, cludi_error *error)
{
    hid_t object;
    cludi_status status = hdf5_path_open(state->reader.file, state->path, state->name, &object, error);
    if (status)
        return status;
    status = hdf5_frame_find(&state->reader, object, state->name, &state->is_frame, error);
    hdf5_close(object);
    if (status)
        return status;
    if (state->is_frame)
        return hdf5_frame_open(&state->frame, &state->reader, state->path, state->name, &array->info, error);
    status = hdf5_column_open(&state->column, &state->reader, state->path, state->name, error);
    array->info = state->column.values.info;
    return status;
}

static cludi_status open_file(array_file *array, cludi_error *error)
{
    hdf5_session session;
    hdf5_state *state = alloc_zeroed(array->allocator, 1, sizeof *state);
    if (!state)
        return error_memory(error, "an HDF5 file");
    array->state = state;
    hdf5_column_init(&state->column);
    hdf5_column_init(&state->ids);
    cludi_status status = hdf5_enter(&session, array->file.path, error);
    if (status)
        return status;
    status = hdf5_reader_open(&state->reader, &array->file, array->allocator, error);
    if (!status)
        status = find_path(state, array, error);
    if (!status)
        status = open_array(array, state, error);
    hdf5_leave(&session);
    return status;
}

static void close_file(array_file *array)
{
    hdf5_session session;
    hdf5_state *state = array->state;
    if (hdf5_enter(&session, array->file.path, NULL) == CLUDI_OK) {
        hdf5_column_close(&state->ids, &state->reader);
        hdf5_frame_close(&state->frame, &state->reader);
        hdf5_column_close(&state->column, &state->reader);
        hdf5_reader_close(&state->reader);
        hdf5_leave(&session);
    }
    alloc_free(array->allocator, state);
}

/* ---- read ---- */

/* Reads a part that lies within one tile, so that no more than one is unpacked; out: its corner, in rows of `stride`. */
static cludi_status read_within_tile(hdf5_state *state, hdf5_part p, float *out, int64_t stride, cludi_error *error)
{
    const element_type type = state->column.values.info.type;
    element_block block;
    int64_t cols = min_int(p.cols, ELEMENT_BLOCK), rows = ELEMENT_BLOCK / cols;
    cludi_status status = CLUDI_OK;
    for (int64_t i = 0; i < p.rows && !status; i += rows) {
        for (int64_t j = 0; j < p.cols && !status; j += cols) {
            hdf5_part piece = {p.row + i, p.col + j, min_int(rows, p.rows - i), min_int(cols, p.cols - j)};
            float *corner = out + i * stride + j;
            status = hdf5_array_read(&state->column.values, &state->reader, piece, &block, error);
            for (int64_t k = 0; k < piece.rows * piece.cols && !status; k++)
                corner[k / piece.cols * stride + k % piece.cols] = element_float(type, block.bytes + k * type.size);
        }
    }
    return status;
}

static cludi_status read_matrix(hdf5_state *state, int64_t first, int64_t count, float *out, cludi_error *error)
{
    const hdf5_array *values = &state->column.values;
    const int64_t cols = values->info.shape[1], end = first + count;
    cludi_status status = CLUDI_OK;
    for (int64_t row = first, rows; row < end && !status; row += rows) {
        rows = min_int(values->layout.rows - row % values->layout.rows, end - row);
        for (int64_t col = 0; col < cols && !status; col += values->layout.cols) {
            hdf5_part p = {row, col, rows, min_int(values->layout.cols, cols - col)};
            status = read_within_tile(state, p, out + (row - first) * cols + col, cols, error);
        }
    }
    return status;
}

/* The file may be elsewhere in memory than when it was opened. */
static cludi_status enter(array_file *array, hdf5_session *session, cludi_error *error)
{
    hdf5_state *state = array->state;
    state->reader.in = &array->file;
    return hdf5_enter(session, array->file.path, error);
}

static cludi_status read_rows(array_file *array, int64_t first, int64_t count, float *out, cludi_error *error)
{
    hdf5_session session;
    hdf5_state *state = array->state;
    cludi_status status = enter(array, &session, error);
    if (status)
        return status;
    status = state->is_frame ? hdf5_frame_read(&state->frame, &state->reader, first, count, out, error)
                             : read_matrix(state, first, count, out, error);
    hdf5_leave(&session);
    return status;
}

static cludi_status read_labels(array_file *array, int32_t *out, cludi_error *error)
{
    hdf5_session session;
    hdf5_state *state = array->state;
    const hdf5_column *column = state->is_frame ? &state->frame.columns[0] : &state->column;
    cludi_status status = enter(array, &session, error);
    if (status)
        return status;
    status = hdf5_column_read_labels(column, &state->reader, out, error);
    hdf5_leave(&session);
    return status;
}

/* ---- names of rows ---- */

/* true for what AnnData has a row of for each observation. */
static bool is_of_observations(const char *path)
{
    static const char *const PLACES[] = {"X", "raw", "layers", "obs", "obsm"};
    path += strspn(path, "/");
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++)
        if (strcspn(path, "/") == strlen(PLACES[i]) && strncmp(path, PLACES[i], strlen(PLACES[i])) == 0)
            return true;
    return false;
}

static cludi_status check_ids(const array_file *array, hdf5_state *state, cludi_error *error)
{
    const array_info *info = &state->ids.values.info;
    if (info->dimensions != 1 || info->count != array->info.shape[0])
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has %" PRId64 " rows, but \"%s\" names %" PRId64 ".",
                         state->name, array->info.shape[0], state->ids.name, info->count);
    return hdf5_column_check(&state->ids, &state->reader, 0, info->count, error);
}

/* The index of /obs, where there is one. */
static cludi_status open_ids(const array_file *array, hdf5_state *state, cludi_error *error)
{
    char index[HDF5_PATH] = "", name[PATH_MAX + 2 * HDF5_PATH];
    const int length = (int)strlen(array->file.path) - (array->member ? (int)strlen(array->member) + 1 : 0);
    cludi_status status = CLUDI_OK;
    if (is_of_observations(state->path) && hdf5_path_exists(state->reader.file, "/obs"))
        status = hdf5_frame_find_index(&state->reader, "/obs", state->name, index, error);
    if (!status && index[0]) {
        snprintf(name, sizeof name, "%.*s:%s", length, array->file.path, index);
        status = hdf5_column_open(&state->ids, &state->reader, index, name, error);
        if (!status)
            status = check_ids(array, state, error);
        if (status)
            hdf5_column_close(&state->ids, &state->reader);
    }
    state->ids_known = !status;
    return status;
}

static cludi_status read_id(array_file *array, int64_t row, char *text, size_t size, cludi_error *error)
{
    char found[HDF5_TEXT];
    hdf5_session session;
    hdf5_state *state = array->state;
    cludi_status status = enter(array, &session, error);
    if (status)
        return status;
    status = state->ids_known ? CLUDI_OK : open_ids(array, state, error);
    if (!status && state->ids.values.dataset < 0)
        snprintf(found, sizeof found, "%" PRId64, row);
    else if (!status)
        status = hdf5_column_read_text(&state->ids, &state->reader, row, found, error);
    if (!status && strlen(found) >= size)
        status = error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has a name of more than %zu bytes in row %" PRId64 ".",
                           state->ids.name, size - 1, row);
    if (!status)
        memcpy(text, found, strlen(found) + 1);
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
                                  .names_rows = true,
                                  .is_start = hdf5_is_start,
                                  .open = open_file,
                                  .read_rows = read_rows,
                                  .read_labels = read_labels,
                                  .read_id = read_id,
                                  .is_sequential = is_sequential,
                                  .name = get_name,
                                  .close = close_file};
