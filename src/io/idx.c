#include "idx.h"

#include "npy.h"

enum { START = 4 };

/* The type behind an IDX code. */
static bool find_type(unsigned char code, element_type *type)
{
    switch (code) {
    case 0x08:
        *type = (element_type){'u', '|', 1};
        return true;
    case 0x09:
        *type = (element_type){'i', '|', 1};
        return true;
    case 0x0B:
        *type = (element_type){'i', '>', 2};
        return true;
    case 0x0C:
        *type = (element_type){'i', '>', 4};
        return true;
    case 0x0D:
        *type = (element_type){'f', '>', 4};
        return true;
    case 0x0E:
        *type = (element_type){'f', '>', 8};
        return true;
    default:
        return false;
    }
}

bool idx_is_start(const unsigned char *bytes, size_t size)
{
    element_type type;
    return size >= START && bytes[0] == 0 && bytes[1] == 0 && find_type(bytes[2], &type) && bytes[3] >= 1 &&
           bytes[3] <= ARRAY_MAX_DIMENSIONS;
}

static cludi_status read_shape(byte_source *source, array_info *info, unsigned char dimensions, cludi_error *error)
{
    for (int32_t i = 0; i < dimensions; i++) {
        unsigned char field[4];
        cludi_status status = byte_source_read(source, field, sizeof field, error);
        if (status)
            return status;
        info->shape[i] = (int64_t)element_bits((element_type){'u', '>', 4}, field);
        info->dimensions = i + 1;
    }
    info->data_offset = source->offset;
    return CLUDI_OK;
}

/* Compares what the header says with the size of the file, before anybody allocates memory for it. */
static cludi_status check_size(const byte_source *source, array_info *info, cludi_error *error)
{
    char shape[ARRAY_SHAPE_TEXT];
    int64_t bytes;
    if (!array_count(info, &bytes))
        return array_too_large(source->path, info, error);
    cludi_status status = byte_source_require(source, info->data_offset, bytes, error);
    if (status || source->size == info->data_offset + bytes)
        return status;
    array_shape_text(info, shape);
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" holds more numbers than its shape %s says.", source->path,
                     shape);
}

cludi_status idx_read_header(byte_source *source, array_info *info, cludi_error *error)
{
    unsigned char start[START];
    *info = (array_info){0};
    source->offset = 0;
    cludi_status status = byte_source_read(source, start, sizeof start, error);
    if (status)
        return status;
    if (!idx_is_start(start, sizeof start))
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is not IDX.", source->path);
    (void)find_type(start[2], &info->type);
    status = read_shape(source, info, start[3], error);
    return status ? status : check_size(source, info, error);
}

cludi_status idx_read_rows(byte_source *source, const array_info *info, int64_t first, int64_t count, float *out,
                           cludi_error *error)
{
    cludi_status status = npy_read_rows(source, info, first, count, out, error);
    const int64_t numbers = info->type.kind == 'u' ? count * array_cols(info) : 0;
    for (int64_t i = 0; i < numbers && !status; i++)
        out[i] /= 255.0F;
    return status;
}

/* ---- the format ---- */

static cludi_status open_array(array_file *array, cludi_error *error)
{
    byte_source source = byte_source_of(&array->file);
    return idx_read_header(&source, &array->info, error);
}

static cludi_status read_rows(array_file *array, int64_t first, int64_t count, float *out, cludi_error *error)
{
    byte_source source = byte_source_of(&array->file);
    return idx_read_rows(&source, &array->info, first, count, out, error);
}

static cludi_status read_labels(array_file *array, int32_t *out, cludi_error *error)
{
    byte_source source = byte_source_of(&array->file);
    return npy_read_labels(&source, &array->info, array->allocator, out, error);
}

static bool is_sequential(const array_file *array)
{
    (void)array;
    return false;
}

static const char *get_name(const array_file *array)
{
    (void)array;
    return "idx";
}

const array_format IDX_FORMAT = {.title = "IDX",
                                 .flattens = true,
                                 .is_start = idx_is_start,
                                 .open = open_array,
                                 .read_rows = read_rows,
                                 .read_labels = read_labels,
                                 .is_sequential = is_sequential,
                                 .name = get_name};
