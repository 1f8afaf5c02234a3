/* Labels in words from arrays of strings, NumPy's types U and S. */
#ifndef IO_TEXT_LABELS_H
#define IO_TEXT_LABELS_H

#include "array_info.h"
#include "byte_source.h"

#include <cludi/context.h>

/* Reads info->count strings and numbers them 0, 1, 2, ... in the order in which they first come, as those of a CSV.
   Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT (empty, no text; naming the row), CLUDI_ERROR_MEMORY. */
cludi_status text_labels_read(byte_source *source, const array_info *info, const cludi_allocator *allocator,
                              int32_t *out, cludi_error *error);

#endif
