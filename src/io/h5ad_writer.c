#include "h5ad_writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "error.h"
#include "h5ad_check.h"
#include "h5ad_dict.h"
#include "h5ad_encode.h"
#include "hdf5_path.h"
#include "int_safe.h"
#include "out_file.h"

static const char ORDER[] = "column-order";

/* A copy that is being added to. */
typedef struct editor {
    const char *source, *target; /* for messages; libhdf5 fails where the copy, and so the source, is damaged */
    const cludi_allocator *allocator;
    const h5ad_columns *columns;
    char confidence[H5AD_CONFIDENCE]; /* name of that column */
    hid_t file, obs;
    hid_t text; /* UTF-8 of any length */
} editor;

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
static cludi_status read_names(const editor *e, hid_t attribute, names *n, cludi_error *error)
{
    n->type = H5Aget_type(attribute);
    n->space = H5Aget_space(attribute);
    hssize_t count = H5Sget_simple_extent_npoints(n->space);
    if (count < 0 || (count > 0 && H5Tget_class(n->type) != H5T_STRING))
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": the attribute \"%s\" of /obs is no list of names.",
                         e->source, ORDER);
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
    for (int64_t i = 0; i < n->count; i++)
        if (n->text[i] && strcmp(n->text[i], e->columns->name) != 0 && strcmp(n->text[i], e->confidence) != 0)
            text[count++] = n->text[i];
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
        status = read_names(e, attribute, &n, error);
        hdf5_close(attribute);
    }
    if (!status)
        status = write_names(e, &n, error);
    clear_names(e, &n);
    return status;
}

/* ---- what is added ---- */

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

static cludi_status add_parameters(const editor *e, cludi_error *error)
{
    const char *name = e->columns->name;
    hid_t uns = -1;
    if (!e->columns->parameters)
        return CLUDI_OK;
    cludi_status status = open_dict(e, "uns", &uns, error);
    if (!status)
        status = remove_old(e, uns, name, error);
    if (!status && !h5ad_dict_put(uns, name, e->columns->parameters))
        status = hdf5_fail(e->source, error);
    hdf5_close(uns);
    return status;
}

static cludi_status add_all(editor *e, cludi_error *error)
{
    cludi_status status = hdf5_path_open(e->file, "/obs", e->source, &e->obs, error);
    if (!status)
        status = add_columns(e, error);
    if (!status)
        status = add_probabilities(e, error);
    return status ? status : add_parameters(e, error);
}

static cludi_status edit(editor *e, int descriptor, cludi_error *error)
{
    hdf5_session session;
    int write_error = 0;
    cludi_status status = hdf5_enter(&session, e->source, error);
    if (status)
        return status;
    e->file = hdf5_open(descriptor, &write_error);
    e->text = h5ad_text_type();
    status = e->file < 0 ? hdf5_fail(e->source, error) : add_all(e, error);
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
    cludi_status status = h5ad_check(source, columns, allocator, error);
    if (status || !target)
        return status;
    h5ad_name_confidence(columns, e.confidence);
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
