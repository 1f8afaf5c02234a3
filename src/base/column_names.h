/* Names of columns in memory of their own. */
#ifndef BASE_COLUMN_NAMES_H
#define BASE_COLUMN_NAMES_H

#include <cludi/matrix.h>

#include "alloc.h"

/* *out = a copy in one block, which column_names_clear frees; {0} of what has no names. Errors: CLUDI_ERROR_MEMORY, with
   *out = {0}. */
cludi_status column_names_copy(cludi_columns *out, const cludi_allocator *allocator, const cludi_columns *from,
                               cludi_error *error);

/* Frees what column_names_copy made; {0} is allowed. */
void column_names_clear(cludi_columns *columns, const cludi_allocator *allocator);

#endif
