/* What a copy of an .h5ad file gets. */
#ifndef IO_H5AD_COLUMNS_H
#define IO_H5AD_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>

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

#endif
