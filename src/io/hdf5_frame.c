#include "hdf5_frame.h"

#include "alloc.h"
#include "error.h"
#include "hdf5_header.h"
#include "hdf5_names.h"

static const char ORDER[] = "column-order", INDEX[] = "_index";

cludi_status hdf5_frame_find(hdf5_reader *reader, hid_t object, const char *name, bool *is_frame, cludi_error *error)
{
    hdf5_attribute order;
    *is_frame = false;
    if (H5Iget_type(object) != H5I_GROUP)
        return CLUDI_OK;
    cludi_status status = hdf5_header_find(reader, object, ORDER, name, &order, error);
    *is_frame = order.found;
    alloc_free(reader->allocator, order.bytes);
    return status;
}

static cludi_status join(char out[HDF5_PATH], const char *path, const char *inner, const char *name, cludi_error *error)
{
    if (snprintf(out, HDF5_PATH, "%s/%s", path, inner) < HDF5_PATH)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has a column whose path is too long.", name);
}

/* ---- columns ---- */

static cludi_status check_column(const hdf5_column *column, const array_info *first, cludi_error *error)
{
    const array_info *info = &column->values.info;
    if (column->categorical || element_is_text(info->type))
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" holds %s; a data frame of features has numbers alone.",
                         column->name, column->categorical ? "categories" : "strings");
    if (info->dimensions != 1 || info->count != first->count)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" has %" PRId64 " values, but the first column of its data frame has %" PRId64 ".",
                         column->name, info->count, first->count);
    return CLUDI_OK;
}

static cludi_status open_column(hdf5_frame *frame, hdf5_reader *reader, const char *path, const char *name,
                                const char *inner, cludi_error *error)
{
    char whole[HDF5_PATH], label[PATH_MAX + 2 * HDF5_PATH];
    hdf5_column *column = &frame->columns[frame->count];
    snprintf(label, sizeof label, "%s/%s", name, inner);
    cludi_status status = join(whole, path, inner, name, error);
    if (status)
        return status;
    frame->count++;
    status = hdf5_column_open(column, reader, whole, label, error);
    return status ? status : check_column(column, &frame->columns[0].values.info, error);
}

static void describe(const hdf5_frame *frame, array_info *info)
{
    *info = (array_info){.type = {'f', '<', 8}, .dimensions = 2, .shape = {0, frame->count}};
    if (frame->count == 0)
        return;
    const element_type first = frame->columns[0].values.info.type;
    bool same = true;
    for (int64_t i = 1; i < frame->count && same; i++) {
        const element_type type = frame->columns[i].values.info.type;
        same = type.kind == first.kind && type.size == first.size && type.order == first.order;
    }
    if (same)
        info->type = first;
    info->shape[0] = frame->columns[0].values.info.count;
}

static cludi_status open_columns(hdf5_frame *frame, hdf5_reader *reader, const char *path, const char *name,
                                 const hdf5_names *order, cludi_error *error)
{
    char inner[HDF5_TEXT];
    cludi_status status = CLUDI_OK;
    if (order->count == 0)
        return CLUDI_OK;
    frame->columns = alloc_array(reader->allocator, order->count, sizeof *frame->columns);
    if (!frame->columns)
        return error_memory(error, "the columns of a data frame");
    for (int64_t i = 0; i < order->count && !status; i++) {
        status = hdf5_names_get(order, reader, i, inner, error);
        if (!status)
            status = open_column(frame, reader, path, name, inner, error);
    }
    return status;
}

cludi_status hdf5_frame_open(hdf5_frame *frame, hdf5_reader *reader, const char *path, const char *name,
                             array_info *info, cludi_error *error)
{
    int64_t bytes;
    hdf5_names order = {0};
    hid_t group;
    *frame = (hdf5_frame){0};
    cludi_status status = hdf5_path_open(reader->file, path, name, &group, error);
    if (!status)
        status = hdf5_names_read(&order, reader, group, ORDER, name, error);
    if (!status)
        status = open_columns(frame, reader, path, name, &order, error);
    if (!status) {
        describe(frame, info);
        status = array_count(info, &bytes) ? CLUDI_OK : array_too_large(name, info, error);
    }
    hdf5_names_clear(&order, reader);
    hdf5_close(group);
    return status;
}

void hdf5_frame_close(hdf5_frame *frame, const hdf5_reader *reader)
{
    for (int64_t i = 0; i < frame->count; i++)
        hdf5_column_close(&frame->columns[i], reader);
    alloc_free(reader->allocator, frame->columns);
    *frame = (hdf5_frame){0};
}

cludi_status hdf5_frame_read(const hdf5_frame *frame, hdf5_reader *reader, int64_t first, int64_t count, float *out,
                             cludi_error *error)
{
    for (int64_t i = 0; i < frame->count; i++)
        TRY(hdf5_column_read(&frame->columns[i], reader, first, count, out + i, frame->count, error));
    return CLUDI_OK;
}

/* ---- the index ---- */

/* Files of other programs may lack the attribute, and have the column under a usual name. */
static void guess_index(hid_t group, char inner[HDF5_TEXT])
{
    static const char *const USUAL[] = {"_index", "index"};
    for (size_t i = 0; i < sizeof USUAL / sizeof *USUAL && !inner[0]; i++)
        if (H5Lexists(group, USUAL[i], H5P_DEFAULT) > 0)
            snprintf(inner, HDF5_TEXT, "%s", USUAL[i]);
}

cludi_status hdf5_frame_find_index(hdf5_reader *reader, const char *path, const char *name, char index[HDF5_PATH],
                                   cludi_error *error)
{
    char inner[HDF5_TEXT] = "";
    hdf5_names names = {0};
    hid_t group = -1;
    index[0] = '\0';
    cludi_status status = hdf5_path_open(reader->file, path, name, &group, error);
    if (!status && H5Iget_type(group) != H5I_GROUP)
        goto done;
    if (!status)
        status = hdf5_names_read(&names, reader, group, INDEX, name, error);
    if (!status && names.count > 0)
        status = hdf5_names_get(&names, reader, 0, inner, error);
    if (!status && names.count == 0)
        guess_index(group, inner);
    if (!status && inner[0])
        status = join(index, path, inner, name, error);
done:
    hdf5_names_clear(&names, reader);
    hdf5_close(group);
    return status;
}
