#include <cludi/dataset.h>

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "column_names.h"
#include "context_private.h"
#include "dataset_file.h"
#include "error.h"
#include "npy.h"
#include "struct_size.h"

/* A row that goes to a place of the caller's. */
typedef struct row_wish {
    int64_t row, place;
} row_wish;

struct cludi_dataset {
    const cludi_allocator *allocator;
    dataset_rows rows;     /* data NULL while they stay in the file */
    dataset_file file;     /* closed once they are in memory */
    stop_request stop;     /* its own: rows are also read outside the calls of a context */
    cludi_columns columns; /* of column_names_copy */
    strbuf notes;
    struct row_wish *wishes; /* (wish_count) of the last read of any rows; owned */
    int64_t wish_count;
    const char *id_column; /* in path, behind the path; NULL when there is none */
    char path[];           /* of the file */
};

static cludi_status refuse_null(const char *argument, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", argument);
}

/* Checks the arguments and makes a dataset without rows; *dataset is NULL after an error. */
static cludi_status make_dataset(cludi_context *context, const char *path, const char *id_column,
                                 cludi_dataset **dataset, cludi_error *error)
{
    if (!dataset)
        return refuse_null("dataset", error);
    *dataset = NULL;
    if (!context)
        return refuse_null("context", error);
    if (!path)
        return refuse_null("path", error);
    const cludi_allocator *allocator = context_allocator(context);
    size_t length = strlen(path) + 1, id_length = id_column ? strlen(id_column) + 1 : 0;
    cludi_dataset *made = alloc_zeroed(allocator, 1, sizeof *made + length + id_length);
    if (!made)
        return error_memory(error, "a dataset");
    made->allocator = allocator;
    dataset_file_init(&made->file);
    strbuf_init(&made->notes, allocator);
    stop_request_init(&made->stop, context->stop.ask, context->stop.user);
    memcpy(made->path, path, length);
    if (id_column)
        made->id_column = memcpy(made->path + length, id_column, id_length);
    *dataset = made;
    return CLUDI_OK;
}

/* Passes on a status; a dataset that came to nothing is freed. */
static cludi_status keep_or_free(cludi_dataset **dataset, cludi_status status)
{
    if (status) {
        cludi_dataset_free(*dataset);
        *dataset = NULL;
    }
    return status;
}

static cludi_status check_options(const cludi_dataset_options *options, cludi_error *error)
{
    if (options->header < CLUDI_HEADER_AUTO || options->header > CLUDI_HEADER_ABSENT)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "options->header is %d; a cludi_header is wanted.",
                         (int)options->header);
    if (options->drop_count < 0 || (options->drop_count > 0 && !options->drop))
        return error_set(error, CLUDI_ERROR_ARGUMENT, "options->drop has no %lld columns.",
                         (long long)options->drop_count);
    return CLUDI_OK;
}

/* The rows where they are wanted, and what there is to say of the columns. */
static cludi_status open_rows(cludi_dataset *made, const cludi_dataset_options *options, cludi_error *error)
{
    const dataset_request request = {made->path, made->id_column, made->allocator, &made->stop, options, &made->notes};
    cludi_status status = dataset_file_open(&made->file, &request, error);
    made->rows = (dataset_rows){NULL, made->file.rows, made->file.cols};
    if (!status)
        status = column_names_copy(&made->columns, made->allocator, &made->file.array.columns, error);
    if (!status && made->notes.failed)
        status = error_memory(error, "the notes on a file");
    if (!status && options->in_memory) {
        status = dataset_file_read_all(&made->file, made->allocator, &made->rows, error);
        dataset_file_close(&made->file);
    }
    return status;
}

void cludi_dataset_options_init_sized(cludi_dataset_options *options, size_t size)
{
    const cludi_dataset_options ours = {0};
    if (options)
        struct_size_begin(&SHAPE_DATASET_OPTIONS, options, size, &ours);
}

void(cludi_dataset_options_init)(cludi_dataset_options *options)
{
    cludi_dataset_options_init_sized(options, SHAPE_DATASET_OPTIONS.first);
}

cludi_status cludi_dataset_open_with(cludi_context *context, const char *path, const cludi_dataset_options *theirs,
                                     cludi_dataset **dataset, cludi_error *error)
{
    if (dataset)
        *dataset = NULL;
    if (!theirs)
        return refuse_null("options", error);
    cludi_dataset_options options = {0};
    cludi_status status = struct_size_take(&SHAPE_DATASET_OPTIONS, &options, theirs, error);
    if (!status)
        status = check_options(&options, error);
    if (!status)
        status = make_dataset(context, path, options.id_column, dataset, error);
    return status ? status : keep_or_free(dataset, open_rows(*dataset, &options, error));
}

cludi_status cludi_dataset_read(cludi_context *context, const char *path, cludi_dataset **dataset, cludi_error *error)
{
    const cludi_dataset_options options = {.struct_size = sizeof options, .in_memory = 1};
    return cludi_dataset_open_with(context, path, &options, dataset, error);
}

cludi_status cludi_dataset_open(cludi_context *context, const char *path, cludi_dataset **dataset, cludi_error *error)
{
    const cludi_dataset_options options = {.struct_size = sizeof options};
    return cludi_dataset_open_with(context, path, &options, dataset, error);
}

cludi_columns cludi_dataset_get_columns(const cludi_dataset *dataset)
{
    return dataset->columns;
}

const char *cludi_dataset_get_notes(const cludi_dataset *dataset)
{
    return dataset->notes.length > 0 ? dataset->notes.text : NULL;
}

cludi_status cludi_dataset_read_id(cludi_dataset *dataset, int64_t row, char text[CLUDI_ID_SIZE], cludi_error *error)
{
    if (!dataset || !text)
        return refuse_null(dataset ? "text" : "dataset", error);
    text[0] = '\0';
    if (row < 0 || row >= dataset->rows.rows)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "\"%s\" has %lld rows; row %lld is wanted.", dataset->path,
                         (long long)dataset->rows.rows, (long long)row);
    if (dataset->rows.data && dataset->id_column)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "\"%s\" was read into memory, without its ids; open it to read them.", dataset->path);
    return dataset_file_read_id(&dataset->file, row, text, CLUDI_ID_SIZE, error);
}

static cludi_status read_rows(void *user, int64_t first, int64_t count, float *out, cludi_error *error)
{
    cludi_dataset *dataset = user;
    const dataset_rows *rows = &dataset->rows;
    if (first < 0 || count < 0 || first > rows->rows || count > rows->rows - first)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "\"%s\" has %lld rows, but %lld rows from row %lld on are wanted.", dataset->path,
                         (long long)rows->rows, (long long)count, (long long)first);
    if (count == 0)
        return CLUDI_OK;
    stop_request_begin(&dataset->stop);
    if (!rows->data)
        return dataset_file_read(&dataset->file, first, count, out, error);
    memcpy(out, rows->data + first * rows->cols, (size_t)(count * rows->cols) * sizeof *out);
    return CLUDI_OK;
}

/* Ascending, then by place: a file is read from front to back, and rows that are alike once. */
static int compare_wishes(const void *a, const void *b)
{
    const row_wish *x = a, *y = b;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* Room for the wishes of a call; it grows and is kept. */
static cludi_status sort_wishes(cludi_dataset *dataset, const int64_t *rows, int64_t count, cludi_error *error)
{
    if (count > dataset->wish_count) {
        alloc_free(dataset->allocator, dataset->wishes);
        dataset->wish_count = 0;
        dataset->wishes = alloc_array(dataset->allocator, count, sizeof *dataset->wishes);
        if (!dataset->wishes)
            return error_memory(error, "the order of some rows");
        dataset->wish_count = count;
    }
    for (int64_t i = 0; i < count; i++)
        dataset->wishes[i] = (row_wish){rows[i], i};
    qsort(dataset->wishes, (size_t)count, sizeof *dataset->wishes, compare_wishes);
    return CLUDI_OK;
}

static cludi_status read_any(void *user, const int64_t *rows, int64_t count, float *out, cludi_error *error)
{
    cludi_dataset *dataset = user;
    const int64_t cols = dataset->rows.cols;
    cludi_status status = sort_wishes(dataset, rows, count, error);
    for (int64_t i = 0; status == CLUDI_OK && i < count; i++) {
        const row_wish *wish = &dataset->wishes[i];
        float *to = out + wish->place * cols;
        if (i > 0 && wish[-1].row == wish->row)
            memcpy(to, out + wish[-1].place * cols, (size_t)cols * sizeof *out);
        else
            status = read_rows(dataset, wish->row, 1, to, error);
    }
    return status;
}

cludi_source *cludi_dataset_fill_source(cludi_dataset *dataset, cludi_source *source, size_t size)
{
    const cludi_source ours = {.rows = dataset->rows.rows,
                               .cols = dataset->rows.cols,
                               .read = read_rows,
                               .user = dataset,
                               .sequential = !dataset->rows.data && dataset_file_is_sequential(&dataset->file),
                               .read_rows = read_any};
    memset(source, 0, size);
    memcpy(source, &ours, size < sizeof ours ? size : sizeof ours);
    return source;
}

cludi_source_0_1(cludi_dataset_get_source)(cludi_dataset *dataset)
{
    cludi_source_0_1 source;
    cludi_dataset_fill_source(dataset, (cludi_source *)(void *)&source, sizeof source);
    return source;
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
    dataset_file_close(&dataset->file);
    alloc_free(dataset->allocator, dataset->wishes);
    strbuf_clear(&dataset->notes);
    column_names_clear(&dataset->columns, dataset->allocator);
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
    stop_request_begin(&context->stop);
    return dataset_file_read_labels(
        &(dataset_request){.path = path, .allocator = context_allocator(context), .stop = &context->stop}, labels,
        error);
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

cludi_status cludi_dataset_describe(const cludi_dataset *dataset, cludi_file_info *info, cludi_error *error)
{
    if (!dataset || !info)
        return refuse_null(dataset ? "info" : "dataset", error);
    if (dataset->rows.data)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "\"%s\" was read into memory; open it to describe it.",
                         dataset->path);
    dataset_file_get_info(&dataset->file, info);
    return CLUDI_OK;
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

cludi_status cludi_file_list_tensors(cludi_context *context, const char *path, cludi_tensor_fn visit, void *user,
                                     cludi_error *error)
{
    if (!context || !path || !visit)
        return refuse_null(!context ? "context" : !path ? "path" : "visit", error);
    return dataset_file_list_tensors(path, context_allocator(context), visit, user, error);
}
