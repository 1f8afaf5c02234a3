#include "dataset_file.h"

#include <string.h>

#include "alloc.h"
#include "error.h"
#include "idx.h"
#include "npy.h"
#include "safetensors.h"

enum { HEAD = 16 };

/* Finds the format from the first bytes. The length in front of a model's header is below 2^27, so that its bytes 4 to 7
   are zero; an IDX file with a first dimension of 0 and '{' behind it is the only one taken for a model. */
static dataset_format find_format(const unsigned char *head, size_t size)
{
    if (size >= NPY_MAGIC_LENGTH && memcmp(head, NPY_MAGIC, NPY_MAGIC_LENGTH) == 0)
        return FORMAT_NPY;
    if (safetensors_is_start(head, size))
        return FORMAT_MODEL;
    if (idx_is_start(head, size) || (size >= 2 && head[0] == 0x1F && head[1] == 0x8B))
        return FORMAT_IDX;
    return FORMAT_UNKNOWN;
}

void dataset_file_close(dataset_file *array)
{
    idx_close(&array->idx);
    in_file_close(&array->file);
}

/* Opens a file and finds its format; dataset_file_close is allowed after an error. */
static cludi_status open_file(dataset_file *array, const char *path, cludi_error *error)
{
    unsigned char head[HEAD];
    size_t size;
    *array = (dataset_file){.file.descriptor = -1};
    cludi_status status = in_file_open(&array->file, path, error);
    if (!status)
        status = in_file_peek(&array->file, head, sizeof head, &size, error);
    if (status)
        return status;
    array->format = find_format(head, size);
    if (size == 0)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is empty.", path);
    if (array->format == FORMAT_UNKNOWN)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" is not an array that cludi reads (.npy, IDX or gzipped IDX).", path);
    return CLUDI_OK;
}

static cludi_status read_header(dataset_file *array, cludi_error *error)
{
    if (array->format == FORMAT_NPY)
        return npy_read_header(&array->file, &array->info, error);
    cludi_status status = idx_open(&array->idx, &array->file, error);
    array->info = array->idx.info;
    return status;
}

/* Opens an array that should hold `what`; dataset_file_close is allowed after an error. */
static cludi_status open_array(dataset_file *array, const char *path, const char *what, cludi_error *error)
{
    cludi_status status = open_file(array, path, error);
    if (status)
        return status;
    if (array->format == FORMAT_MODEL)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is a cludi model, not an array of %s.", path, what);
    return read_header(array, error);
}

static cludi_status refuse_shape(const dataset_file *array, const char *wanted, cludi_error *error)
{
    char shape[ARRAY_SHAPE_TEXT];
    array_shape_text(&array->info, shape);
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has the shape %s; %s.", array->file.path, shape, wanted);
}

/* Rows and columns of feature vectors; IDX items of more dimensions become one row each. */
static cludi_status flatten(dataset_file *array, cludi_error *error)
{
    const array_info *info = &array->info;
    if (info->dimensions < 2)
        return refuse_shape(array, "feature vectors have two dimensions, rows and columns", error);
    if (info->dimensions > 2 && array->format == FORMAT_NPY)
        return refuse_shape(array, "feature vectors have two dimensions, rows and columns", error);
    if (info->count == 0)
        return refuse_shape(array, "at least one row and one column are wanted", error);
    array->rows = info->shape[0];
    array->cols = array_cols(info);
    return CLUDI_OK;
}

static cludi_status refuse_memory(const dataset_file *array, cludi_error *error)
{
    char shape[ARRAY_SHAPE_TEXT];
    array_shape_text(&array->info, shape);
    return error_set(error, CLUDI_ERROR_MEMORY, "There is not enough memory for \"%s\" of shape %s.", array->file.path,
                     shape);
}

cludi_status dataset_file_open(dataset_file *out, const char *path, cludi_error *error)
{
    cludi_status status = open_array(out, path, "feature vectors", error);
    return status ? status : flatten(out, error);
}

cludi_status dataset_file_read(dataset_file *file, int64_t first, int64_t count, float *out, cludi_error *error)
{
    if (file->format == FORMAT_NPY)
        return npy_read_rows(&file->file, &file->info, first, count, out, error);
    return idx_read_rows(&file->idx, first, count, out, error);
}

bool dataset_file_is_sequential(const dataset_file *file)
{
    return file->format == FORMAT_NPY ? file->info.fortran : file->idx.gzipped;
}

cludi_status dataset_file_read_rows(const char *path, const cludi_allocator *allocator, dataset_rows *out,
                                    cludi_error *error)
{
    dataset_file array;
    float *data = NULL;
    cludi_status status = dataset_file_open(&array, path, error);
    *out = (dataset_rows){0};
    if (status)
        goto done;
    data = alloc_array(allocator, array.info.count, sizeof *data);
    status = data ? dataset_file_read(&array, 0, array.rows, data, error) : refuse_memory(&array, error);
    if (!status)
        *out = (dataset_rows){data, array.rows, array.cols};
    else
        alloc_free(allocator, data);
done:
    dataset_file_close(&array);
    return status;
}

static cludi_status check_labels(const dataset_file *array, cludi_error *error)
{
    const array_info *info = &array->info;
    bool column = info->dimensions == 2 && info->shape[1] == 1;
    if (info->dimensions != 1 && !column)
        return refuse_shape(array, "labels have one dimension", error);
    return info->count > 0 ? CLUDI_OK : refuse_shape(array, "at least one label is wanted", error);
}

cludi_status dataset_file_read_labels(const char *path, const cludi_allocator *allocator, cludi_labels *out,
                                      cludi_error *error)
{
    dataset_file array;
    int32_t *data = NULL;
    cludi_status status = open_array(&array, path, "labels", error);
    *out = (cludi_labels){0};
    if (!status)
        status = check_labels(&array, error);
    if (status)
        goto done;
    data = alloc_array(allocator, array.info.count, sizeof *data);
    if (!data)
        status = refuse_memory(&array, error);
    else if (array.format == FORMAT_NPY)
        status = npy_read_labels(&array.file, &array.info, data, error);
    else
        status = idx_read_labels(&array.idx, data, error);
    if (!status)
        *out = (cludi_labels){data, array.info.count};
    else
        alloc_free(allocator, data);
done:
    dataset_file_close(&array);
    return status;
}

static void describe_array(const dataset_file *array, cludi_file_info *info)
{
    const element_type type = array->info.type;
    const char *format = array->format == FORMAT_NPY ? "npy" : array->idx.gzipped ? "idx.gz" : "idx";
    snprintf(info->format, sizeof info->format, "%s", format);
    snprintf(info->dtype, sizeof info->dtype, "%c%c%d", type.order, type.kind, (int)type.size);
    info->dimensions = array->info.dimensions;
    info->fortran = array->info.fortran;
    memcpy(info->shape, array->info.shape, sizeof info->shape);
}

/* Checks the header of a model, as no more is described. */
static cludi_status describe_model(const char *path, const cludi_allocator *allocator, cludi_file_info *info,
                                   cludi_error *error)
{
    safetensors_file model;
    cludi_status status = safetensors_open(path, allocator, &model, error);
    if (status)
        return status;
    snprintf(info->format, sizeof info->format, "model");
    safetensors_close(&model);
    return CLUDI_OK;
}

cludi_status dataset_file_describe(const char *path, const cludi_allocator *allocator, cludi_file_info *info,
                                   cludi_error *error)
{
    dataset_file array;
    *info = (cludi_file_info){0};
    cludi_status status = open_file(&array, path, error);
    if (!status)
        info->bytes = array.file.size;
    if (!status && array.format == FORMAT_MODEL)
        status = describe_model(path, allocator, info, error);
    else if (!status)
        status = read_header(&array, error);
    if (!status && array.format != FORMAT_MODEL)
        describe_array(&array, info);
    dataset_file_close(&array);
    return status;
}
