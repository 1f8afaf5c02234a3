/* What the header of an array file says: type and shape. */
#ifndef IO_ARRAY_INFO_H
#define IO_ARRAY_INFO_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "element.h"
#include "error.h"
#include "int_safe.h"

enum { ARRAY_MAX_DIMENSIONS = 8, ARRAY_SHAPE_TEXT = 192 };

typedef struct array_info {
    element_type type;
    bool fortran;                        /* stored column by column */
    int32_t dimensions;                  /* 0..8 */
    int64_t shape[ARRAY_MAX_DIMENSIONS]; /* each >= 0 */
    int64_t count;                       /* product of shape */
    int64_t data_offset;                 /* where the numbers begin */
} array_info;

/* The shape as Python writes it: (), (3,), (3, 4). */
static inline void array_shape_text(const array_info *info, char text[ARRAY_SHAPE_TEXT])
{
    int length = snprintf(text, ARRAY_SHAPE_TEXT, "(");
    for (int32_t i = 0; i < info->dimensions; i++)
        length += snprintf(text + length, (size_t)(ARRAY_SHAPE_TEXT - length), "%s%" PRId64, i > 0 ? ", " : "",
                           info->shape[i]);
    snprintf(text + length, (size_t)(ARRAY_SHAPE_TEXT - length), info->dimensions == 1 ? ",)" : ")");
}

/* Fills in count; *bytes: what the numbers take in the file. false when either does not fit int64. */
static inline bool array_count(array_info *info, int64_t *bytes)
{
    info->count = 1;
    for (int32_t i = 0; i < info->dimensions; i++)
        if (!int64_product(info->count, info->shape[i], &info->count))
            return false;
    return int64_product(info->count, info->type.size, bytes);
}

/* The sentence for a shape whose product does not fit. */
static inline cludi_status array_too_large(const char *path, const array_info *info, cludi_error *error)
{
    char shape[ARRAY_SHAPE_TEXT];
    array_shape_text(info, shape);
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" says that its shape is %s, which is more than a file can hold.",
                     path, shape);
}

/* The sentence for rows of an array of strings. */
static inline cludi_status array_refuse_text(const char *path, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FORMAT,
                     "\"%s\" holds strings, not numbers; they can be labels, but not feature vectors.", path);
}

/* Columns of rows shape[0]; numbers of more dimensions make one row. count >= 1. */
static inline int64_t array_cols(const array_info *info)
{
    return info->count / info->shape[0];
}

/* Puts the row of the number at byte `offset`, where reading ended, before the sentence that says why. */
static inline cludi_status array_name_row(const array_info *info, int64_t offset, cludi_status status,
                                          cludi_error *error)
{
    char why[sizeof error->message];
    int64_t number = (offset - info->data_offset) / info->type.size;
    int64_t row = info->fortran ? number % info->shape[0] : number / array_cols(info);
    if (!error)
        return status;
    memcpy(why, error->message, sizeof why);
    return error_set(error, status, "Row %" PRId64 " (counted from 0) cannot be read: %s", row, why);
}

/* out[0..count) = the labels in block; returns how many there are before one that is no int32, count if none is. */
static inline int64_t array_take_labels(element_type type, const element_block *block, int64_t count, int32_t *out)
{
    int64_t taken = 0;
    while (taken < count && element_int32(type, block->bytes + taken * type.size, &out[taken]))
        taken++;
    return taken;
}

/* The sentence for the number at `at`, which is no label. */
static inline cludi_status array_refuse_label(const char *path, element_type type, const unsigned char *at, int64_t row,
                                              cludi_error *error)
{
    char text[ELEMENT_TEXT];
    element_text(type, at, text);
    return error_set(error, CLUDI_ERROR_FORMAT,
                     "\"%s\" has %s in row %" PRId64
                     " (counted from 0); labels are whole numbers from -2147483648 to 2147483647.",
                     path, text, row);
}

#endif
