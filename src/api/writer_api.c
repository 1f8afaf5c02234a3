/* Arrays that are written a block at a time; outputs that are kept for one writer. */
#include <cludi/dataset.h>

#include <string.h>

#include "alloc.h"
#include "context_private.h"
#include "error.h"
#include "npy.h"
#include "out_check.h"
#include "out_lock.h"

struct cludi_writer {
    const cludi_allocator *allocator;
    npy_writer writer;
    bool is_text; /* writer is its file alone */
    bool committed;
    char path[]; /* of the file */
};

static cludi_status refuse_null(const char *argument, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", argument);
}

static cludi_status check_array(const cludi_array *array, cludi_error *error)
{
    int64_t bytes;
    if ((int)array->type < CLUDI_ARRAY_LABELS || (int)array->type > CLUDI_ARRAY_TEXT)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "array->type is %d; CLUDI_ARRAY_LABELS, _MATRIX or _TEXT is wanted.", (int)array->type);
    if (array->type != CLUDI_ARRAY_MATRIX && array->cols != 1)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "array has %lld columns; labels and text have 1.",
                         (long long)array->cols);
    if (array->rows < 0 || array->cols < 1 || !int64_product(array->rows, array->cols, &bytes) ||
        !int64_product(bytes, sizeof(float), &bytes))
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "array has %lld rows and %lld columns; rows >= 0 and columns >= 1 that a file can hold are "
                         "wanted.",
                         (long long)array->rows, (long long)array->cols);
    return CLUDI_OK;
}

static cludi_status begin(cludi_writer *made, const cludi_array *array, cludi_error *error)
{
    if (made->is_text)
        return out_file_open(&made->writer.file, made->path, error);
    if (array->type == CLUDI_ARRAY_LABELS)
        return npy_writer_open_labels(&made->writer, made->path, array->rows, error);
    return npy_writer_open_matrix(&made->writer, made->path, array->rows, array->cols, error);
}

cludi_status cludi_writer_open(cludi_context *context, const char *path, const cludi_array *array,
                               cludi_writer **writer, cludi_error *error)
{
    if (!writer)
        return refuse_null("writer", error);
    *writer = NULL;
    if (!context || !path || !array)
        return refuse_null(!context ? "context" : !path ? "path" : "array", error);
    cludi_status status = check_array(array, error);
    if (status)
        return status;
    const cludi_allocator *allocator = context_allocator(context);
    size_t length = strlen(path) + 1;
    cludi_writer *made = alloc_zeroed(allocator, 1, sizeof *made + length);
    if (!made)
        return error_memory(error, "a file that is written");
    made->allocator = allocator;
    made->is_text = array->type == CLUDI_ARRAY_TEXT;
    memcpy(made->path, path, length);
    status = begin(made, array, error);
    if (status)
        cludi_writer_free(made);
    else
        *writer = made;
    return status;
}

cludi_status cludi_writer_append(cludi_writer *writer, const void *data, int64_t rows, cludi_error *error)
{
    if (!writer || (!data && rows != 0))
        return refuse_null(writer ? "data" : "writer", error);
    if (rows < 0)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "rows is %lld; a number of rows is wanted.", (long long)rows);
    if (writer->committed)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "\"%s\" is written; nothing can be appended any more.",
                         writer->path);
    if (writer->is_text)
        return out_file_write(&writer->writer.file, data, (size_t)rows, error);
    return npy_writer_append(&writer->writer, data, rows, error);
}

cludi_status cludi_writer_commit(cludi_writer *writer, cludi_error *error)
{
    if (!writer)
        return refuse_null("writer", error);
    if (writer->committed)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "\"%s\" is written; it cannot be committed again.", writer->path);
    cludi_status status =
        writer->is_text ? out_file_commit(&writer->writer.file, error) : npy_writer_commit(&writer->writer, error);
    writer->committed = status == CLUDI_OK;
    return status;
}

void cludi_writer_free(cludi_writer *writer)
{
    if (!writer)
        return;
    npy_writer_discard(&writer->writer);
    alloc_free(writer->allocator, writer);
}

cludi_status cludi_output_check(const char *path, cludi_error *error)
{
    return path ? out_check(path, error) : refuse_null("path", error);
}

struct cludi_output_lock {
    const cludi_allocator *allocator;
    out_lock lock;
};

cludi_status cludi_output_lock_take(cludi_context *context, const char *path, cludi_output_lock **lock,
                                    cludi_error *error)
{
    if (!lock)
        return refuse_null("lock", error);
    *lock = NULL;
    if (!context || !path)
        return refuse_null(!context ? "context" : "path", error);
    cludi_output_lock *made = alloc_zeroed(context_allocator(context), 1, sizeof *made);
    if (!made)
        return error_memory(error, "the lock of an output");
    made->allocator = context_allocator(context);
    const cludi_status status = out_lock_take(&made->lock, path, error);
    if (status)
        alloc_free(made->allocator, made);
    else
        *lock = made;
    return status;
}

void cludi_output_lock_free(cludi_output_lock *lock)
{
    if (!lock)
        return;
    out_lock_release(&lock->lock);
    alloc_free(lock->allocator, lock);
}
