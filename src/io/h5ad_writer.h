/* Labels as columns of the observations in a copy of an .h5ad file, with probabilities in obsm and parameters in uns. */
#ifndef IO_H5AD_WRITER_H
#define IO_H5AD_WRITER_H

#include <cludi/context.h>
#include <cludi/status.h>

#include "h5ad_columns.h"
#include "in_file.h"

/* target NULL: finds out what would be refused, and writes nothing; labels, confidence and probabilities may be NULL then. Else
   copies source to target with the columns, the array and the dict added or replaced; whole or not at all, and source stays
   as it is. Errors: CLUDI_ERROR_FORMAT (no .h5ad, other number of observations, the index has one of the names, or uns has
   something of other programs under it), CLUDI_ERROR_ARGUMENT
   (a name that AnnData or HDF5 cannot have, parameters that are no JSON object), CLUDI_ERROR_FILE, CLUDI_ERROR_MEMORY. */
cludi_status h5ad_write(in_file *source, const char *target, const h5ad_columns *columns,
                        const cludi_allocator *allocator, cludi_error *error);

#endif
