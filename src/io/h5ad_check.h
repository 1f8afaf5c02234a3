/* What is refused of an .h5ad that is to be copied, and of the names of what it is to get. */
#ifndef IO_H5AD_CHECK_H
#define IO_H5AD_CHECK_H

#include <cludi/context.h>
#include <cludi/status.h>

#include "h5ad_columns.h"
#include "in_file.h"

enum { H5AD_NAME = 256, H5AD_CONFIDENCE = H5AD_NAME + 16 }; /* bytes of names with their NUL */

/* The name of the column of confidences. */
void h5ad_name_confidence(const h5ad_columns *columns, char name[H5AD_CONFIDENCE]);

/* Reads source; labels, confidence and probabilities are not looked at. Errors: as h5ad_write. */
cludi_status h5ad_check(in_file *source, const h5ad_columns *columns, const cludi_allocator *allocator,
                        cludi_error *error);

#endif
