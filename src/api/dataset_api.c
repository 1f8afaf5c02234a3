#include <cludi/dataset.h>

#include "alloc.h"
#include "context_private.h"
#include "dataset_file.h"
#include "error.h"
#include "npy.h"

struct cludi_dataset {
    const cludi_allocator *allocator;
    dataset_rows rows;
};

static cludi_status refuse_null(const char *argument, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", argument);
}

cludi_status cludi_dataset_read(cludi_context *context, const char *path, cludi_dataset **dataset, cludi_error *error)
{
    if (!dataset)
        return refuse_null("dataset", error);
    *dataset = NULL;
    if (!context)
        return refuse_null("context", error);
    if (!path)
        return refuse_null("path", error);
    const cludi_allocator *allocator = context_allocator(context);
    cludi_dataset *made = alloc_zeroed(allocator, 1, sizeof *made);
    if (!made)
        return error_memory(error, "a dataset");
    made->allocator = allocator;
    cludi_status status = dataset_file_read_rows(path, allocator, &made->rows, error);
    if (status)
        cludi_dataset_free(made);
    else
        *dataset = made;
    return status;
}

cludi_matrix cludi_dataset_get_matrix(const cludi_dataset *dataset)
{
    const dataset_rows *rows = &dataset->rows;
    return (cludi_matrix){.data = rows->data, .rows = rows->rows, .cols = rows->cols, .stride = rows->cols};
}

void cludi_dataset_free(cludi_dataset *dataset)
{
    if (!dataset)
        return;
    alloc_free(dataset->allocator, dataset->rows.data);
    alloc_free(dataset->allocator, dataset);
}

cludi_status cludi_labels_read(cludi_context *context, const char *path, cludi_labels *labels, cludi_error *error)
{
    if (!labels)
        return refuse_null("labels", error);
    *labels = (cludi_labels){0};
    if (!context)
        return refuse_null("context", error);
    if (!path)
        return refuse_null("path", error);
    return dataset_file_read_labels(path, context_allocator(context), labels, error);
}

void cludi_labels_clear(cludi_context *context, cludi_labels *labels)
{
    if (!context || !labels)
        return;
    if (labels->data)
        alloc_free(context_allocator(context), labels->data);
    *labels = (cludi_labels){0};
}

cludi_status cludi_labels_write(const char *path, const int32_t *labels, int64_t rows, cludi_error *error)
{
    if (!path)
        return refuse_null("path", error);
    if (!labels && rows != 0)
        return refuse_null("labels", error);
    if (rows < 0 || rows > INT64_MAX / (int64_t)sizeof *labels)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "rows is %lld; a number of labels is wanted.", (long long)rows);
    return npy_write_labels(path, labels, rows, error);
}

cludi_status cludi_matrix_write(const char *path, const cludi_matrix *matrix, cludi_error *error)
{
    if (!path)
        return refuse_null("path", error);
    if (!matrix)
        return refuse_null("matrix", error);
    if (matrix->rows < 0 || matrix->cols < 1 || matrix->stride < matrix->cols)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "matrix has %lld rows, %lld columns and a stride of %lld; rows >= 0, columns >= 1 and "
                         "stride >= columns are wanted.",
                         (long long)matrix->rows, (long long)matrix->cols, (long long)matrix->stride);
    if (!matrix->data && matrix->rows > 0)
        return refuse_null("matrix->data", error);
    return npy_write_matrix(path, matrix, error);
}

cludi_status cludi_file_describe(cludi_context *context, const char *path, cludi_file_info *info, cludi_error *error)
{
    if (!info)
        return refuse_null("info", error);
    *info = (cludi_file_info){0};
    if (!context)
        return refuse_null("context", error);
    if (!path)
        return refuse_null("path", error);
    return dataset_file_describe(path, context_allocator(context), info, error);
}
