/* In the place of hdf5_*.c and h5ad_writer.c in the libraries: these are in a module. */
#include "error.h"
#include "hdf5_module.h"
#include "module.h"

static module_file file = {.file = HDF5_MODULE_FILE, .entry = HDF5_MODULE_ENTRY};

static cludi_status load_format(array_file *array, cludi_error *error)
{
    const hdf5_module *hdf5 = module_table(&file);
    if (!hdf5)
        return error_set(error, CLUDI_ERROR_UNSUPPORTED,
                         "\"%s\" is an HDF5 file; the part of cludi that reads them is not there (%s).",
                         array->file.path, file.reason);
    array->format = hdf5->format;
    return CLUDI_OK;
}

const array_format HDF5_FORMAT = {.title = "HDF5", .by_itself = true, .is_start = hdf5_is_start, .load = load_format};

cludi_status h5ad_write(in_file *source, const char *target, const h5ad_columns *columns,
                        const cludi_allocator *allocator, cludi_error *error)
{
    const hdf5_module *hdf5 = module_table(&file);
    if (hdf5)
        return hdf5->h5ad_write(source, target, columns, allocator, error);
    return error_set(error, CLUDI_ERROR_UNSUPPORTED,
                     "Cannot write \"%s\": the part of cludi that writes HDF5 is not there (%s).", target, file.reason);
}
