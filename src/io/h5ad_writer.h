/* Labels as columns of the observations in a copy of an .h5ad file, with probabilities in obsm and parameters in uns. */
#ifndef IO_H5AD_WRITER_H
#define IO_H5AD_WRITER_H

#include <stdbool.h>

#include <cludi/context.h>
#include <cludi/status.h>

#include "in_file.h"

/* What of a file the copy has not: something of this name is there. */
typedef struct h5ad_replaced {
    bool labels, confidence, probabilities;
} h5ad_replaced;

typedef struct h5ad_columns {
    const int32_t *labels;   /* (rows), each in 0..clusters - 1: the column `name`, with categories "0", "1", ... */
    const float *confidence; /* (rows): the column `name`_confidence */
    int64_t rows;            /* as many as there are observations */
    int32_t clusters;        /* >= 1 */
    const char *name;
    const char *obsm;           /* where in obsm the probabilities go; NULL: nowhere */
    const float *probabilities; /* (rows, clusters); NULL: none */
    const char *parameters;     /* a JSON object that goes to uns/`name`; NULL: none */
    h5ad_replaced *replaced;    /* out; NULL: not wanted */
} h5ad_columns;

/* target NULL: finds out what would be refused, and writes nothing; labels, confidence and probabilities may be NULL then. Else
   copies source to target with the columns, the array and the dict added or replaced; whole or not at all, and source stays
   as it is. Errors: CLUDI_ERROR_FORMAT (no .h5ad, other number of observations, the index has one of the names, or uns has
   something of other programs under it), CLUDI_ERROR_ARGUMENT
   (a name that AnnData or HDF5 cannot have, parameters that are no JSON object), CLUDI_ERROR_FILE, CLUDI_ERROR_MEMORY. */
cludi_status h5ad_write(in_file *source, const char *target, const h5ad_columns *columns,
                        const cludi_allocator *allocator, cludi_error *error);

#endif
