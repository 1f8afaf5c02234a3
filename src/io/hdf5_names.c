#include "hdf5_names.h"

#include "alloc.h"
#include "error.h"
#include "hdf5_header.h"

static cludi_status refuse(const hdf5_names *names, const char *attribute, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": its attribute \"%s\" is no list of names.", names->owner,
                     attribute);
}

cludi_status hdf5_names_read(hdf5_names *names, hdf5_reader *reader, hid_t object, const char *attribute,
                             const char *owner, cludi_error *error)
{
    hdf5_attribute found;
    cludi_status status = hdf5_header_find(reader, object, attribute, owner, &found, error);
    *names = (hdf5_names){.owner = owner, .count = found.count, .type = found.type, .bytes = found.bytes};
    if (!status && found.apart && !found.found)
        return error_set(
            error, CLUDI_ERROR_FORMAT,
            "\"%s\": its attributes are stored as cludi does not read them; let libhdf5 write the file in an "
            "older form (libver='earliest').",
            owner);
    if (!status && found.count > 0 && !found.bytes)
        return refuse(names, attribute, error);
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
