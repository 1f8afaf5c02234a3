#include "idx.h"

#include "unzip.h"

#include "alloc.h"

/* Deflate makes at most about 1032 bytes out of one. */
enum { START = 4, MAX_EXPANSION = 1040 };

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

/* Reads exactly size bytes. */
static cludi_status read_bytes(idx_file *idx, void *bytes, size_t size, cludi_error *error)
{
    size_t got;
    cludi_status status = unzip_read(idx->stream, bytes, size, &got, error);
    if (status || got == size)
        return status;
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is truncated: its data end at byte %" PRId64 ", within its %s.",
                     idx->path, unzip_position(idx->stream), idx->info.data_offset == 0 ? "header" : "numbers");
}

static cludi_status read_shape(idx_file *idx, unsigned char dimensions, cludi_error *error)
{
    for (int32_t i = 0; i < dimensions; i++) {
        unsigned char field[4];
        cludi_status status = read_bytes(idx, field, sizeof field, error);
        if (status)
            return status;
        idx->info.shape[i] = (int64_t)element_bits((element_type){'u', '>', 4}, field);
        idx->info.dimensions = i + 1;
    }
    idx->info.data_offset = START + 4 * (int64_t)dimensions;
    return CLUDI_OK;
}

/* Compares what the header says with the size of the file, before anybody allocates memory for it. */
static cludi_status check_size(idx_file *idx, const in_file *file, cludi_error *error)
{
    int64_t bytes;
    if (!array_count(&idx->info, &bytes))
        return array_too_large(idx->path, &idx->info, error);
    if (!idx->gzipped)
        return in_file_require(file, idx->info.data_offset, bytes, error);
    if (bytes / MAX_EXPANSION <= file->size)
        return CLUDI_OK;
    char shape[ARRAY_SHAPE_TEXT];
    array_shape_text(&idx->info, shape);
    return error_set(error, CLUDI_ERROR_FORMAT,
                     "\"%s\" is truncated: its %" PRId64 " zipped bytes cannot hold an array of shape %s.", idx->path,
                     file->size, shape);
}

cludi_status idx_open(idx_file *idx, const in_file *file, cludi_error *error)
{
    unsigned char start[START];
    *idx = (idx_file){.path = file->path};
    cludi_status status = unzip_open(&idx->stream, file, error);
    if (!status)
        status = read_bytes(idx, start, sizeof start, error);
    if (status)
        return status;
    idx->gzipped = unzip_is_zipped(idx->stream);
    if (!idx_is_start(start, sizeof start))
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is not %s.", idx->path,
                         idx->gzipped ? "gzipped IDX: what it unzips to is something else" : "IDX");
    (void)find_type(start[2], &idx->info.type);
    status = read_shape(idx, start[3], error);
    return status ? status : check_size(idx, file, error);
}

/* Nothing may follow the numbers; reading on also lets zlib compare the checksum. */
static cludi_status check_end(idx_file *idx, cludi_error *error)
{
    unsigned char extra;
    size_t got;
    cludi_status status = unzip_read(idx->stream, &extra, 1, &got, error);
    if (status || got == 0)
        return status;
    char shape[ARRAY_SHAPE_TEXT];
    array_shape_text(&idx->info, shape);
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" holds more numbers than its shape %s says.", idx->path, shape);
}

/* Reads the next numbers, at most ELEMENT_BLOCK of the `left` ones; *count: how many. */
static cludi_status read_block(idx_file *idx, element_block *block, int64_t left, int64_t *count, cludi_error *error)
{
    *count = left < ELEMENT_BLOCK ? left : ELEMENT_BLOCK;
    return read_bytes(idx, block->bytes, (size_t)(*count * idx->info.type.size), error);
}

cludi_status idx_read_rows(idx_file *idx, int64_t first, int64_t count, float *out, cludi_error *error)
{
    element_block block;
    element_type type = idx->info.type;
    const float scale = type.kind == 'u' ? 255.0F : 1.0F;
    int64_t cols = array_cols(&idx->info), numbers = count * cols;
    cludi_status status = unzip_seek(idx->stream, idx->info.data_offset + first * cols * type.size, error);
    for (int64_t i = 0, taken; i < numbers && !status; i += taken) {
        status = read_block(idx, &block, numbers - i, &taken, error);
        for (int64_t j = 0; j < taken && !status; j++)
            out[i + j] = element_float(type, block.bytes + j * type.size) / scale;
    }
    if (status)
        return array_name_row(&idx->info, unzip_position(idx->stream), status, error);
    return first + count == idx->info.shape[0] ? check_end(idx, error) : CLUDI_OK;
}

cludi_status idx_read_labels(idx_file *idx, int32_t *out, cludi_error *error)
{
    element_block block;
    element_type type = idx->info.type;
    for (int64_t i = 0, count; i < idx->info.count; i += count) {
        cludi_status status = read_block(idx, &block, idx->info.count - i, &count, error);
        if (status)
            return status;
        int64_t taken = array_take_labels(type, &block, count, out + i);
        if (taken < count)
            return array_refuse_label(idx->path, type, block.bytes + taken * type.size, i + taken, error);
    }
    return check_end(idx, error);
}

void idx_close(idx_file *idx)
{
    unzip_close(idx->stream);
    idx->stream = NULL;
}

/* ---- the format; its state is an idx_file ---- */

static bool is_start(const unsigned char *bytes, size_t size)
{
    return idx_is_start(bytes, size) || (size >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B);
}

static cludi_status open_array(array_file *array, cludi_error *error)
{
    idx_file *idx = alloc_zeroed(array->allocator, 1, sizeof *idx);
    if (!idx)
        return error_memory(error, "an IDX file");
    array->state = idx;
    cludi_status status = idx_open(idx, &array->file, error);
    array->info = idx->info;
    return status;
}

static cludi_status read_rows(array_file *array, int64_t first, int64_t count, float *out, cludi_error *error)
{
    return idx_read_rows(array->state, first, count, out, error);
}

static cludi_status read_labels(array_file *array, int32_t *out, cludi_error *error)
{
    return idx_read_labels(array->state, out, error);
}

static bool is_sequential(const array_file *array)
{
    const idx_file *idx = array->state;
    return idx->gzipped;
}

static const char *get_name(const array_file *array)
{
    return is_sequential(array) ? "idx.gz" : "idx";
}

static void close_array(array_file *array)
{
    idx_close(array->state);
    alloc_free(array->allocator, array->state);
}

const array_format IDX_FORMAT = {.title = "IDX",
                                 .flattens = true,
                                 .is_start = is_start,
                                 .open = open_array,
                                 .read_rows = read_rows,
                                 .read_labels = read_labels,
                                 .is_sequential = is_sequential,
                                 .name = get_name,
                                 .close = close_array};
