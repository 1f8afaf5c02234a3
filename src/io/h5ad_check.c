#include "h5ad_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "escape.h"
#include "h5ad_dict.h"
#include "hdf5_file.h"
#include "hdf5_names.h"

void h5ad_name_confidence(const h5ad_columns *columns, char name[H5AD_CONFIDENCE])
{
    snprintf(name, H5AD_CONFIDENCE, "%.255s_confidence", columns->name);
}

/* ---- what is asked for ---- */

/* What AnnData and HDF5 can have. */
static cludi_status check_name(const char *name, const char *place, cludi_error *error)
{
    static const char *const RESERVED[] = {".", "..", "_index", "__categories"};
    char escaped[4 * H5AD_NAME];
    const char *problem = !*name                                                       ? "empty"
                          : strlen(name) >= H5AD_NAME                                  ? "too long"
                          : strchr(name, '/')                                          ? "a path"
                          : escape_text(escaped, sizeof escaped, name) != strlen(name) ? "not plain UTF-8"
                                                                                       : NULL;
    for (size_t i = 0; i < sizeof RESERVED / sizeof *RESERVED && !problem; i++)
        problem = strcmp(name, RESERVED[i]) == 0 ? "reserved" : NULL;
    if (!problem)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_ARGUMENT, "\"%.255s\" is no name for %s: it is %s.", name, place, problem);
}

static cludi_status check_request(const h5ad_columns *columns, cludi_error *error)
{
    cludi_status status = check_name(columns->name, "a column of obs", error);
    if (!status && columns->obsm)
        status = check_name(columns->obsm, "an array of obsm", error);
    return !status && columns->parameters ? h5ad_dict_check(columns->parameters, error) : status;
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

/* ---- the observations ---- */

/* A file that is looked at. */
typedef struct check {
    hdf5_reader reader;
    const h5ad_columns *columns;
    const char *name; /* of the file */
    hid_t obs;
} check;

static cludi_status open_observations(check *c, cludi_error *error)
{
    cludi_status status = hdf5_path_open(c->reader.file, "/obs", c->name, &c->obs, error);
    if (!status && H5Iget_type(c->obs) != H5I_GROUP)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" has a table in /obs, as AnnData wrote it before version 0.7; read and write it with a "
                         "newer one.",
                         c->name);
    return status;
}

/* index = the name of the column that names the observations. */
static cludi_status read_index(check *c, char index[HDF5_TEXT], cludi_error *error)
{
    hdf5_names names;
    index[0] = '\0';
    cludi_status status = hdf5_names_read(&names, &c->reader, c->obs, "_index", c->name, error);
    if (!status && names.count == 1)
        status = hdf5_names_get(&names, &c->reader, 0, index, error);
    hdf5_names_clear(&names, &c->reader);
    if (status || index[0])
        return status;
    return error_set(error, CLUDI_ERROR_FORMAT,
                     "\"%s\" is not an .h5ad that cludi writes to: its /obs does not say which column names the "
                     "observations (attribute _index).",
                     c->name);
}

/* A column of ours may not take the place of the one that names the observations. */
static cludi_status check_clash(const check *c, const char *index, cludi_error *error)
{
    char confidence[H5AD_CONFIDENCE];
    h5ad_name_confidence(c->columns, confidence);
    if (strcmp(index, c->columns->name) != 0 && strcmp(index, confidence) != 0)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_FORMAT,
                     "\"%s\" has its names of the observations in /obs/%s; another name is wanted for the labels.",
                     c->name, index);
}

/* The part of a column that has a value for each row: of strings with a mask, of categories. */
static cludi_status open_values(const check *c, const char *path, hid_t *values, cludi_error *error)
{
    static const char *const PARTS[] = {"values", "codes"};
    char inner[HDF5_PATH + 8];
    cludi_status status = hdf5_path_open(c->reader.file, path, c->name, values, error);
    for (size_t i = 0; i < 2 && !status && H5Iget_type(*values) == H5I_GROUP; i++) {
        if (H5Lexists(*values, PARTS[i], H5P_DEFAULT) <= 0)
            continue;
        snprintf(inner, sizeof inner, "%s/%s", path, PARTS[i]);
        hdf5_close(*values);
        status = hdf5_path_open(c->reader.file, inner, c->name, values, error);
    }
    return status;
}

/* One label for each observation. */
static cludi_status check_rows(const check *c, const char *index, cludi_error *error)
{
    char path[HDF5_PATH];
    hid_t values = -1;
    snprintf(path, sizeof path, "/obs/%s", index);
    TRY(open_values(c, path, &values, error));
    hid_t space = H5Iget_type(values) == H5I_DATASET ? hdf5_dataset_space(values) : -1;
    hssize_t rows = space >= 0 ? H5Sget_simple_extent_npoints(space) : -1;
    hdf5_close(space);
    hdf5_close(values);
    if (rows < 0)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": \"%s\", which names the observations, is no column.",
                         c->name, path);
    if (rows != c->columns->rows)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has %lld observations, but there are %" PRId64 " labels.",
                         c->name, (long long)rows, c->columns->rows);
    return CLUDI_OK;
}

/* What other programs keep of their own in uns is not replaced: it goes with a column only where both have one name. */
static cludi_status check_parameters(const check *c, cludi_error *error)
{
    const char *name = c->columns->name;
    hid_t uns = -1;
    if (!c->columns->parameters || H5Lexists(c->reader.file, "uns", H5P_DEFAULT) <= 0)
        return CLUDI_OK;
    cludi_status status = hdf5_path_open(c->reader.file, "/uns", c->name, &uns, error);
    const bool taken = !status && H5Iget_type(uns) == H5I_GROUP && H5Lexists(uns, name, H5P_DEFAULT) > 0 &&
                       H5Lexists(c->obs, name, H5P_DEFAULT) <= 0;
    hdf5_close(uns);
    if (!taken)
        return status;
    return error_set(error, CLUDI_ERROR_FORMAT,
                     "\"%s\" has something else in /uns/%s; another name is wanted for the labels.", c->name, name);
}

static void find_replaced(const check *c)
{
    char confidence[H5AD_CONFIDENCE], array[sizeof "/obsm/" + H5AD_NAME];
    h5ad_name_confidence(c->columns, confidence);
    snprintf(array, sizeof array, "/obsm/%s", c->columns->obsm ? c->columns->obsm : "");
    *c->columns->replaced =
        (h5ad_replaced){.labels = H5Lexists(c->obs, c->columns->name, H5P_DEFAULT) > 0,
                        .confidence = H5Lexists(c->obs, confidence, H5P_DEFAULT) > 0,
                        .probabilities = c->columns->obsm && hdf5_path_exists(c->reader.file, array)};
}

static cludi_status check_file(check *c, cludi_error *error)
{
    char index[HDF5_TEXT];
    cludi_status status = open_observations(c, error);
    if (!status)
        status = read_index(c, index, error);
    if (!status)
        status = check_clash(c, index, error);
    if (!status)
        status = check_rows(c, index, error);
    if (!status)
        status = check_parameters(c, error);
    if (!status && c->columns->replaced)
        find_replaced(c);
    return status;
}

cludi_status h5ad_check(in_file *source, const h5ad_columns *columns, const cludi_allocator *allocator,
                        cludi_error *error)
{
    hdf5_session session;
    check c = {.columns = columns, .name = source->path, .obs = -1};
    cludi_status status = check_start(source, error);
    if (!status)
        status = check_request(columns, error);
    if (!status)
        status = hdf5_enter(&session, source->path, error);
    if (status)
        return status;
    status = hdf5_reader_open(&c.reader, source, allocator, error);
    if (!status)
        status = check_file(&c, error);
    hdf5_close(c.obs);
    hdf5_reader_close(&c.reader);
    hdf5_leave(&session);
    return status;
}
