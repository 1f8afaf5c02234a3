/* In the place of hdf5_*.c and h5ad_writer.c in a build without libhdf5. */
#include "error.h"
#include "h5ad_writer.h"
#include "hdf5_file.h"

static cludi_status refuse_file(array_file *array, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_UNSUPPORTED, "\"%s\" is an HDF5 file; this build of cludi has no HDF5.",
                     array->file.path);
}

const array_format HDF5_FORMAT = {.title = "HDF5", .is_start = hdf5_is_start, .load = refuse_file};

cludi_status h5ad_write(in_file *source, const char *target, const h5ad_columns *columns,
                        const cludi_allocator *allocator, cludi_error *error)
{
    (void)source;
    (void)columns;
    (void)allocator;
    return error_set(error, CLUDI_ERROR_UNSUPPORTED, "Cannot write \"%s\": this build of cludi has no HDF5.", target);
}
