/* Labels as columns of the observations in a copy of an .h5ad file, encoded as AnnData 0.8 and later does:
   https://anndata.readthedocs.io/en/latest/fileformat-prose.html */
#ifndef IO_H5AD_WRITER_H
#define IO_H5AD_WRITER_H

#include <cludi/context.h>
#include <cludi/status.h>

#include "in_file.h"

typedef struct h5ad_columns {
    const int32_t *labels;   /* (rows), each in 0..clusters - 1: the column "cludi", with categories "0", "1", ... */
    const float *confidence; /* (rows): the column "cludi_confidence" */
    int64_t rows;            /* as many as there are observations */
    int32_t clusters;        /* >= 1 */
} h5ad_columns;

/* Copies source to target with the two columns added or replaced; whole or not at all, and source stays as it is.
   Errors: CLUDI_ERROR_FORMAT (no .h5ad, other number of observations), CLUDI_ERROR_FILE, CLUDI_ERROR_MEMORY. */
cludi_status h5ad_write(in_file *source, const char *target, const h5ad_columns *columns,
                        const cludi_allocator *allocator, cludi_error *error);

#endif
