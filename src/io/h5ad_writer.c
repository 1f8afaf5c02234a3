#include "h5ad_writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "error.h"
#include "escape.h"
#include "h5ad_dict.h"
#include "h5ad_encode.h"
#include "hdf5_dataset.h"
#include "hdf5_file.h"
#include "hdf5_path.h"
#include "out_file.h"

static const char ORDER[] = "column-order", INDEX[] = "_index";
enum { NAME = 256, CONFIDENCE = NAME + 16 }; /* bytes of names with their NUL */

/* A copy that is being added to. */
typedef struct editor {
    const char *source, *target; /* for messages; libhdf5 fails where the copy, and so the source, is damaged */
    const cludi_allocator *allocator;
    const h5ad_columns *columns;
    char confidence[CONFIDENCE]; /* name of that column */
    hid_t file, obs;
    hid_t text; /* UTF-8 of any length */
} editor;

/* ---- names ---- */

/* What AnnData and HDF5 can have. */
static cludi_status check_name(const char *name, const char *place, cludi_error *error)
{
    static const char *const RESERVED[] = {".", "..", "_index", "__categories"};
    char escaped[4 * NAME];
    const char *problem = !*name                                                       ? "empty"
                          : strlen(name) >= NAME                                       ? "too long"
                          : strchr(name, '/')                                          ? "a path"
                          : escape_text(escaped, sizeof escaped, name) != strlen(name) ? "not plain UTF-8"
                                                                                       : NULL;
    for (size_t i = 0; i < sizeof RESERVED / sizeof *RESERVED && !problem; i++)
        problem = strcmp(name, RESERVED[i]) == 0 ? "reserved" : NULL;
    if (!problem)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_ARGUMENT, "\"%.255s\" is no name for %s: it is %s.", name, place, problem);
}

/* ---- columns ---- */

static bool put_codes(const editor *e, hid_t group)
{
    const h5ad_columns *c = e->columns;
    hid_t type = c->clusters <= INT8_MAX ? H5T_STD_I8LE : c->clusters <= INT16_MAX ? H5T_STD_I16LE : H5T_STD_I32LE;
    return h5ad_put_data(group, "codes",
                         &(h5ad_data){"array", type, H5T_NATIVE_INT32, 1, {(hsize_t)c->rows}, c->labels});
}

static cludi_status put_categories(const editor *e, hid_t group, cludi_error *error)
{
    enum { DIGITS = 12 };
    int32_t count = e->columns->clusters;
    char(*digits)[DIGITS] = alloc_array(e->allocator, count, DIGITS);
    const char **names = alloc_array(e->allocator, count, sizeof *names);
    cludi_status status = digits && names ? CLUDI_OK : error_memory(error, "the names of the clusters");
    for (int32_t i = 0; i < count && !status; i++) {
        snprintf(digits[i], DIGITS, "%" PRId32, i);
        names[i] = digits[i];
    }
    const h5ad_data data = {"string-array", e->text, e->text, 1, {(hsize_t)count}, names};
    if (!status && !h5ad_put_data(group, "categories", &data))
        status = hdf5_fail(e->source, error);
    alloc_free(e->allocator, names);
    alloc_free(e->allocator, digits);
    return status;
}

static bool put_ordered(hid_t group)
{
    const int8_t no = 0;
    hid_t type = h5ad_boolean_type(), space = H5Screate(H5S_SCALAR);
    bool written = h5ad_put_attribute(group, "ordered", type, space, &no);
    hdf5_close(space);
    hdf5_close(type);
    return written;
}

static cludi_status put_labels(const editor *e, cludi_error *error)
{
    hid_t group = h5ad_put_group(e->obs, e->columns->name, "categorical", "0.2.0");
    bool written = group >= 0 && put_ordered(group) && put_codes(e, group);
    cludi_status status = written ? put_categories(e, group, error) : hdf5_fail(e->source, error);
    hdf5_close(group);
    return status;
}

static cludi_status put_confidence(const editor *e, cludi_error *error)
{
    const h5ad_columns *c = e->columns;
    const h5ad_data data = {"array", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 1, {(hsize_t)c->rows}, c->confidence};
    return h5ad_put_data(e->obs, e->confidence, &data) ? CLUDI_OK : hdf5_fail(e->source, error);
}

/* ---- the order of the columns ---- */

/* Strings of an attribute. */
typedef struct names {
    int64_t count;
    hid_t type, space;
    const char **text; /* (count + 2) */
    char *fixed;       /* their letters, where they have a fixed length; else libhdf5 owns them */
} names;

/* Strings of a fixed length, with room for the zero that they may lack. */
static cludi_status read_fixed(const editor *e, hid_t attribute, names *n, cludi_error *error)
{
    size_t width = H5Tget_size(n->type) + 1;
    int64_t bytes;
    if (!int64_product(n->count, (int64_t)width, &bytes))
        return error_memory(error, "the names of the columns");
    n->fixed = alloc_zeroed(e->allocator, bytes, 1);
    if (!n->fixed)
        return error_memory(error, "the names of the columns");
    for (int64_t i = 0; i < n->count; i++)
        n->text[i] = n->fixed + i * (int64_t)width;
    hid_t wider = H5Tcopy(n->type);
    bool read = H5Tset_size(wider, width) >= 0 && H5Tset_strpad(wider, H5T_STR_NULLTERM) >= 0 &&
                H5Aread(attribute, wider, n->fixed) >= 0;
    hdf5_close(wider);
    return read ? CLUDI_OK : hdf5_fail(e->source, error);
}

/* An empty list may have any type: h5py stores it as float64. */
static cludi_status read_names(const editor *e, const char *name, hid_t attribute, names *n, cludi_error *error)
{
    n->type = H5Aget_type(attribute);
    n->space = H5Aget_space(attribute);
    hssize_t count = H5Sget_simple_extent_npoints(n->space);
    if (count < 0 || (count > 0 && H5Tget_class(n->type) != H5T_STRING))
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": the attribute \"%s\" of /obs is no list of names.",
                         e->source, name);
    if (count > INT32_MAX)
        return error_memory(error, "the names of the columns");
    n->text = alloc_zeroed(e->allocator, (int64_t)count + 2, sizeof *n->text);
    if (!n->text)
        return error_memory(error, "the names of the columns");
    n->count = (int64_t)count;
    if (count == 0)
        return CLUDI_OK;
    if (H5Tis_variable_str(n->type) == 0)
        return read_fixed(e, attribute, n, error);
    return H5Aread(attribute, n->type, n->text) >= 0 ? CLUDI_OK : hdf5_fail(e->source, error);
}

static void clear_names(const editor *e, names *n)
{
    if (n->text && n->count > 0 && !n->fixed)
        (void)H5Dvlen_reclaim(n->type, n->space, H5P_DEFAULT, n->text);
    hdf5_close(n->type);
    hdf5_close(n->space);
    alloc_free(e->allocator, n->fixed);
    alloc_free(e->allocator, n->text);
}

/* The names with ours at the end. */
static cludi_status write_names(const editor *e, const names *n, cludi_error *error)
{
    hsize_t count = 0;
    const char **text = alloc_array(e->allocator, n->count + 2, sizeof *text);
    if (!text)
        return error_memory(error, "the names of the columns");
    for (int64_t i = 0; i < n->count; i++) {
        if (n->text[i] && strcmp(n->text[i], e->columns->name) != 0 && strcmp(n->text[i], e->confidence) != 0)
            text[count++] = n->text[i];
    }
    text[count++] = e->columns->name;
    text[count++] = e->confidence;
    hid_t space = H5Screate_simple(1, &count, NULL);
    (void)H5Adelete(e->obs, ORDER);
    cludi_status status =
        h5ad_put_attribute(e->obs, ORDER, e->text, space, text) ? CLUDI_OK : hdf5_fail(e->source, error);
    hdf5_close(space);
    alloc_free(e->allocator, text);
    return status;
}

static cludi_status put_order(const editor *e, cludi_error *error)
{
    names n = {.type = -1, .space = -1};
    cludi_status status = CLUDI_OK;
    if (H5Aexists(e->obs, ORDER) > 0) {
        hid_t attribute = H5Aopen(e->obs, ORDER, H5P_DEFAULT);
        status = read_names(e, ORDER, attribute, &n, error);
        hdf5_close(attribute);
    }
    if (!status)
        status = write_names(e, &n, error);
    clear_names(e, &n);
    return status;
}

/* ---- the observations ---- */

/* A column of ours may not take the place of the one that names the observations. */
static cludi_status check_clash(const editor *e, const char *index, cludi_error *error)
{
    if (strcmp(index, e->columns->name) != 0 && strcmp(index, e->confidence) != 0)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_FORMAT,
                     "\"%s\" has its names of the observations in /obs/%s; another name is wanted for the labels.",
                     e->source, index);
}

/* The path of the column that names the observations: "/obs/" and the attribute _index of /obs. */
static cludi_status read_index_path(const editor *e, char path[HDF5_PATH], cludi_error *error)
{
    names n = {.type = -1, .space = -1};
    hid_t attribute = H5Aexists(e->obs, INDEX) > 0 ? H5Aopen(e->obs, INDEX, H5P_DEFAULT) : -1;
    cludi_status status = attribute >= 0 ? read_names(e, INDEX, attribute, &n, error) : CLUDI_OK;
    bool found = n.count == 1 && n.text[0] && snprintf(path, HDF5_PATH, "/obs/%s", n.text[0]) < HDF5_PATH;
    if (!status && !found)
        status = error_set(error, CLUDI_ERROR_FORMAT,
                           "\"%s\" is not an .h5ad that cludi writes to: its /obs does not say which column names the "
                           "observations (attribute _index).",
                           e->source);
    if (!status)
        status = check_clash(e, n.text[0], error);
    clear_names(e, &n);
    hdf5_close(attribute);
    return status;
}

/* The part of a column that has a value for each row: of strings with a mask, of categories. */
static cludi_status open_values(const editor *e, const char *path, hid_t *values, cludi_error *error)
{
    static const char *const PARTS[] = {"values", "codes"};
    char inner[HDF5_PATH + 8];
    cludi_status status = hdf5_path_open(e->file, path, e->source, values, error);
    for (size_t i = 0; i < 2 && !status && H5Iget_type(*values) == H5I_GROUP; i++) {
        if (H5Lexists(*values, PARTS[i], H5P_DEFAULT) <= 0)
            continue;
        snprintf(inner, sizeof inner, "%s/%s", path, PARTS[i]);
        hdf5_close(*values);
        status = hdf5_path_open(e->file, inner, e->source, values, error);
    }
    return status;
}

/* One number for each observation. */
static cludi_status check_rows(const editor *e, cludi_error *error)
{
    char path[HDF5_PATH];
    hid_t index = -1;
    cludi_status status = read_index_path(e, path, error);
    if (!status)
        status = open_values(e, path, &index, error);
    if (status)
        return status;
    hid_t space = H5Iget_type(index) == H5I_DATASET ? hdf5_dataset_space(index) : -1;
    hssize_t rows = space >= 0 ? H5Sget_simple_extent_npoints(space) : -1;
    hdf5_close(space);
    hdf5_close(index);
    if (rows < 0)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": \"%s\", which names the observations, is no column.",
                         e->source, path);
    if (rows != e->columns->rows)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has %lld observations, but there are %" PRId64 " labels.",
                         e->source, (long long)rows, e->columns->rows);
    return CLUDI_OK;
}

static cludi_status open_observations(editor *e, cludi_error *error)
{
    cludi_status status = hdf5_path_open(e->file, "/obs", e->source, &e->obs, error);
    if (!status && H5Iget_type(e->obs) != H5I_GROUP)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" has a table in /obs, as AnnData wrote it before version 0.7; read and write it with a "
                         "newer one.",
                         e->source);
    return status;
}

static cludi_status remove_old(const editor *e, hid_t group, const char *name, cludi_error *error)
{
    htri_t there = H5Lexists(group, name, H5P_DEFAULT);
    if (there == 0 || (there > 0 && H5Ldelete(group, name, H5P_DEFAULT) >= 0))
        return CLUDI_OK;
    return hdf5_fail(e->source, error);
}

static cludi_status add_columns(editor *e, cludi_error *error)
{
    cludi_status status = remove_old(e, e->obs, e->columns->name, error);
    if (!status)
        status = remove_old(e, e->obs, e->confidence, error);
    if (!status)
        status = put_labels(e, error);
    if (!status)
        status = put_confidence(e, error);
    return status ? status : put_order(e, error);
}

/* ---- the rest ---- */

/* A group of the root, made where there is none. */
static cludi_status open_dict(const editor *e, const char *name, hid_t *group, cludi_error *error)
{
    *group = -1;
    if (H5Lexists(e->file, name, H5P_DEFAULT) == 0) {
        *group = h5ad_put_group(e->file, name, "dict", "0.1.0");
        return *group >= 0 ? CLUDI_OK : hdf5_fail(e->source, error);
    }
    cludi_status status = hdf5_path_open(e->file, name, e->source, group, error);
    if (status || H5Iget_type(*group) == H5I_GROUP)
        return status;
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": \"/%s\" is no group, as AnnData has it.", e->source, name);
}

static cludi_status add_probabilities(const editor *e, cludi_error *error)
{
    const h5ad_columns *c = e->columns;
    const h5ad_data data = {.encoding = "array",
                            .type = H5T_IEEE_F32LE,
                            .memory = H5T_NATIVE_FLOAT,
                            .rank = 2,
                            .shape = {(hsize_t)c->rows, (hsize_t)c->clusters},
                            .data = c->probabilities};
    hid_t obsm = -1;
    if (!c->obsm)
        return CLUDI_OK;
    cludi_status status = open_dict(e, "obsm", &obsm, error);
    if (!status)
        status = remove_old(e, obsm, c->obsm, error);
    if (!status && !h5ad_put_data(obsm, c->obsm, &data))
        status = hdf5_fail(e->source, error);
    hdf5_close(obsm);
    return status;
}

/* What other programs keep of their own in uns is not replaced: it goes with a column only where both have one name. */
static cludi_status add_parameters(const editor *e, bool replaces, cludi_error *error)
{
    const char *name = e->columns->name;
    hid_t uns = -1;
    if (!e->columns->parameters)
        return CLUDI_OK;
    cludi_status status = open_dict(e, "uns", &uns, error);
    if (!status && !replaces && H5Lexists(uns, name, H5P_DEFAULT) > 0)
        status =
            error_set(error, CLUDI_ERROR_FORMAT,
                      "\"%s\" has something else in /uns/%s; another name is wanted for the labels.", e->source, name);
    if (!status)
        status = remove_old(e, uns, name, error);
    if (!status && !h5ad_dict_put(uns, name, e->columns->parameters))
        status = hdf5_fail(e->source, error);
    hdf5_close(uns);
    return status;
}

static cludi_status add_all(editor *e, cludi_error *error)
{
    cludi_status status = open_observations(e, error);
    if (!status)
        status = check_rows(e, error);
    const bool replaces = !status && H5Lexists(e->obs, e->columns->name, H5P_DEFAULT) > 0;
    if (!status)
        status = add_columns(e, error);
    if (!status)
        status = add_probabilities(e, error);
    return status ? status : add_parameters(e, replaces, error);
}

static cludi_status edit(editor *e, int descriptor, cludi_error *error)
{
    hdf5_session session;
    int write_error = 0;
    hdf5_enter(&session);
    e->file = hdf5_open(descriptor, &write_error);
    e->text = h5ad_text_type();
    cludi_status status = e->file < 0 ? hdf5_fail(e->source, error) : add_all(e, error);
    hdf5_close(e->text);
    hdf5_close(e->obs);
    if (e->file >= 0 && H5Fclose(e->file) < 0 && !status)
        status = hdf5_fail(e->source, error);
    if (write_error)
        status = error_set(error, CLUDI_ERROR_FILE, "Cannot write \"%s\": %s.", e->target, strerror(write_error));
    hdf5_leave(&session);
    return status;
}

/* ---- the copy ---- */

static cludi_status copy_bytes(in_file *source, out_file *out, cludi_error *error)
{
    unsigned char bytes[OUT_FILE_BUFFER];
    cludi_status status = CLUDI_OK;
    source->offset = 0;
    for (int64_t left = source->size, count; left > 0 && !status; left -= count) {
        count = left < OUT_FILE_BUFFER ? left : OUT_FILE_BUFFER;
        status = in_file_read(source, bytes, (size_t)count, error);
        if (!status)
            status = out_file_write(out, bytes, (size_t)count, error);
    }
    return status ? status : out_file_flush(out, error);
}

static cludi_status check_start(const in_file *source, cludi_error *error)
{
    unsigned char head[ARRAY_FORMAT_HEAD];
    size_t size;
    cludi_status status = in_file_peek(source, head, sizeof head, &size, error);
    if (status || hdf5_is_start(head, size))
        return status;
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is not an .h5ad file, so labels cannot be added to a copy.",
                     source->path);
}

static cludi_status check_request(const h5ad_columns *columns, cludi_error *error)
{
    cludi_status status = check_name(columns->name, "a column of obs", error);
    if (!status && columns->obsm)
        status = check_name(columns->obsm, "an array of obsm", error);
    return !status && columns->parameters ? h5ad_dict_check(columns->parameters, error) : status;
}

cludi_status h5ad_write(in_file *source, const char *target, const h5ad_columns *columns,
                        const cludi_allocator *allocator, cludi_error *error)
{
    out_file out;
    editor e = {.source = source->path,
                .target = target,
                .allocator = allocator,
                .columns = columns,
                .file = -1,
                .obs = -1,
                .text = -1};
    snprintf(e.confidence, sizeof e.confidence, "%s_confidence", columns->name);
    cludi_status status = check_start(source, error);
    if (!status)
        status = check_request(columns, error);
    if (status)
        return status;
    status = out_file_open(&out, target, error);
    if (!status && out.temporary[0] == '\0')
        status = error_set(error, CLUDI_ERROR_FILE, "Cannot write \"%s\": an .h5ad has to be a regular file.", target);
    if (!status)
        status = copy_bytes(source, &out, error);
    if (!status)
        status = edit(&e, out.descriptor, error);
    if (!status)
        status = out_file_commit(&out, error);
    out_file_discard(&out);
    return status;
}
