#include "hdf5_names.h"

#include "alloc.h"
#include "error.h"

static cludi_status refuse(const hdf5_names *names, const char *attribute, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": its attribute \"%s\" is no list of names.", names->owner,
                     attribute);
}

static cludi_status read_bytes(const hdf5_names *names, hid_t attribute, hid_t type, cludi_error *error)
{
    const bool raw = names->type.kind == 'O';
    hid_t memory = raw ? hdf5_raw_begin((size_t)names->type.size) : H5Tcopy(type);
    cludi_status status = H5Aread(attribute, memory, names->bytes) >= 0 ? CLUDI_OK : hdf5_fail(names->owner, error);
    if (raw)
        hdf5_raw_end(memory);
    else
        hdf5_close(memory);
    return status;
}

/* What an attribute has lies in the file. */
static cludi_status read_list(hdf5_names *names, hdf5_reader *reader, hid_t attribute, hid_t type, const char *name,
                              cludi_error *error)
{
    const bool fixed = H5Tis_variable_str(type) == 0;
    const size_t size = fixed ? H5Tget_size(type) : hdf5_heap_id_size(reader->file);
    if (H5Tget_class(type) != H5T_STRING || size == 0 || size > INT32_MAX ||
        (int64_t)size > reader->in->size / names->count)
        return refuse(names, name, error);
    names->type = (element_type){fixed ? 'S' : 'O', '|', (int32_t)size};
    names->bytes = alloc_array(reader->allocator, names->count, size);
    if (!names->bytes)
        return error_memory(error, "the names of columns");
    return read_bytes(names, attribute, type, error);
}

cludi_status hdf5_names_read(hdf5_names *names, hdf5_reader *reader, hid_t object, const char *attribute,
                             const char *owner, cludi_error *error)
{
    *names = (hdf5_names){.owner = owner};
    if (H5Aexists(object, attribute) <= 0)
        return CLUDI_OK;
    hid_t opened = H5Aopen(object, attribute, H5P_DEFAULT), type = H5Aget_type(opened), space = H5Aget_space(opened);
    const hssize_t count = H5Sget_simple_extent_npoints(space);
    names->count = count > 0 ? (int64_t)count : 0;
    cludi_status status = count < 0 || names->count > INT32_MAX ? refuse(names, attribute, error) : CLUDI_OK;
    if (!status && count > 0)
        status = read_list(names, reader, opened, type, attribute, error);
    hdf5_close(space);
    hdf5_close(type);
    hdf5_close(opened);
    return status;
}

cludi_status hdf5_names_get(const hdf5_names *names, hdf5_reader *reader, int64_t number, char text[HDF5_TEXT],
                            cludi_error *error)
{
    return hdf5_text_read(reader, names->type, names->bytes + number * names->type.size, names->owner, text, error);
}

void hdf5_names_clear(hdf5_names *names, const hdf5_reader *reader)
{
    alloc_free(reader->allocator, names->bytes);
    names->bytes = NULL;
}
