#include "dataset_file.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "advice.h"
#include "alloc.h"
#include "csv.h"
#include "error.h"
#include "file_kind.h"
#include "folder_kind.h"
#include "hdf5_file.h"
#include "idx.h"
#include "note.h"
#include "npy.h"
#include "npz.h"
#include "safetensors_array.h"
#include "unzip.h"

/* Every format that is read, in the order in which they are tried; any text is CSV. The length in front of a safetensors
   header is below 2^27, so that its bytes 4 to 7 are zero; an IDX file with a first dimension of 0 and '{' behind it is the
   only one taken for that. */
static const array_format *const FORMATS[] = {&NPY_FORMAT, &NPZ_FORMAT,  &SAFETENSORS_FORMAT,
                                              &IDX_FORMAT, &HDF5_FORMAT, &CSV_FORMAT};

static const char READABLE[] = ".npy, .npz, CSV, IDX, safetensors or HDF5";

void dataset_file_init(dataset_file *file)
{
    *file = (dataset_file){.array.file.descriptor = -1};
}

static void close_array(array_file *array)
{
    if (array->state && array->format->close)
        array->format->close(array);
    array->state = NULL;
    array->format = NULL;
    in_file_close(&array->file);
}

void dataset_file_close(dataset_file *file)
{
    close_array(&file->array);
}

/* The format of a file that begins so; NULL when it is none that is known. */
static const array_format *find_format(const unsigned char *head, size_t size)
{
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++)
        if (FORMATS[i]->is_start(head, size))
            return FORMATS[i];
    return NULL;
}

/* FILE:MEMBER, where no file is called that, is split at the last ':' that has a file before it. front: room for FILE.
   Returns the member, NULL when the path is that of a file or of nothing. */
static const char *split_path(const char *path, char front[PATH_MAX])
{
    struct stat found;
    size_t length = strlen(path);
    if (length >= PATH_MAX || lstat(path, &found) == 0)
        return NULL;
    memcpy(front, path, length + 1);
    for (char *colon = strrchr(front, ':'); colon && colon > front; colon = strrchr(front, ':')) {
        *colon = '\0';
        if (stat(front, &found) == 0)
            return path + (colon - front) + 1;
    }
    return NULL;
}

cludi_status dataset_file_open_whole(in_file *file, const char *path, char name[PATH_MAX], cludi_error *error)
{
    return in_file_open(file, split_path(path, name) ? name : path, error);
}

static cludi_status open_file(array_file *array, const dataset_request *request, cludi_error *error)
{
    char front[PATH_MAX];
    struct stat found;
    array->member = split_path(request->path, front);
    const char *name = array->member ? front : request->path;
    if (stat(name, &found) == 0 && S_ISDIR(found.st_mode))
        return folder_kind_refuse(name, error);
    cludi_status status = in_file_open(&array->file, name, error);
    array->bytes = array->file.size;
    array->file.path = request->path;
    array->file.stop = request->stop;
    return status ? status : unzip_attach(&array->file, error);
}

/* The path without the member. */
static void get_file_name(const array_file *array, char name[PATH_MAX])
{
    const size_t behind = array->member ? strlen(array->member) + 1 : 0;
    snprintf(name, PATH_MAX, "%.*s", (int)(strlen(array->file.path) - behind), array->file.path);
}

/* What a file is that no format takes, or that only looks like one of them. */
static const file_kind *find_other(const array_file *array, const char *name, const unsigned char *head, size_t size)
{
    const file_kind *kind = file_kind_find(head, size);
    const bool is_read = kind && kind->may_be_rows && array->options && array->options->header != CLUDI_HEADER_AUTO;
    if (kind || array->format)
        return kind && kind->advice && !is_read ? kind : NULL;
    return file_kind_of_ending(name);
}

static cludi_status refuse_gzipped(const array_file *array, const char *name, cludi_error *error)
{
    char what[ADVICE_WHAT];
    snprintf(what, sizeof what, "%s that is gzipped", array->format->title);
    return advice_refuse_gzipped(name, what, error);
}

/* The format of a file that is open. */
static cludi_status choose_format(array_file *array, cludi_error *error)
{
    const char *path = array->file.path;
    const bool is_gzipped = array->file.filter != NULL;
    char name[PATH_MAX];
    unsigned char head[ARRAY_FORMAT_HEAD];
    size_t size;
    TRY(in_file_peek(&array->file, head, sizeof head, &size, error));
    if (size == 0)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is empty.", path);
    array->format = find_format(head, size);
    get_file_name(array, name);
    const file_kind *other = find_other(array, name, head, size);
    if (other)
        return file_kind_refuse(other, name, is_gzipped, error);
    if (!array->format)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is not an array that cludi reads (%s).", path, READABLE);
    if (is_gzipped && array->format->by_itself)
        return refuse_gzipped(array, name, error);
    TRY(array->format->load ? array->format->load(array, error) : CLUDI_OK);
    if (array->member && !array->format->has_members)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" names a member \"%s\", but the file before the ':' is %s, which has no members.", path,
                         array->member, array->format->title);
    return CLUDI_OK;
}

/* Opens a file and finds its format; close_array is allowed after an error. */
static cludi_status open_any(array_file *array, const dataset_request *request, cludi_error *error)
{
    *array = (array_file){.file.descriptor = -1,
                          .allocator = request->allocator,
                          .id_column = request->id_column,
                          .options = request->options,
                          .notes = request->notes};
    cludi_status status = open_file(array, request, error);
    return status ? status : choose_format(array, error);
}

/* What formats and libraries say of a read that was stopped is of no interest. */
static cludi_status tell_stop(const array_file *array, cludi_status status, cludi_error *error)
{
    if (status == CLUDI_OK || !stop_request_stopped(array->file.stop))
        return status;
    return error_set(error, CLUDI_STOPPED, "Reading \"%s\" was stopped.", array->file.path);
}

/* What is asked for that only a file with columns of text has. */
static const char *name_text_option(const cludi_dataset_options *options)
{
    if (!options)
        return NULL;
    return options->drop_count > 0                ? "columns to drop"
           : options->header != CLUDI_HEADER_AUTO ? "a header"
           : options->decimal_comma               ? "a decimal comma"
                                                  : NULL;
}

/* A file without names for a model that has some: nothing to go by but their number. */
static void note_order(const dataset_file *file)
{
    const array_file *array = &file->array;
    const cludi_columns *wanted = array->options ? array->options->columns : NULL;
    if (wanted && wanted->count > 0 && array->columns.count == 0 && file->cols == wanted->count)
        note_add(array->notes,
                 "\"%s\" has no names of columns, but the model has: they are taken in the model's order.",
                 array->file.path);
}

/* Opens an array that should hold what is wanted; close_array is allowed after an error. */
static cludi_status open_array(array_file *array, const dataset_request *request, const char *wanted,
                               cludi_error *error)
{
    cludi_status status = open_any(array, request, error);
    array->wanted = wanted;
    if (status)
        return status;
    if (request->id_column && !array->format->read_id)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is %s, which has no id column; \"%s\" was asked for.",
                         request->path, array->format->title, request->id_column);
    const char *option = array->format->has_columns ? NULL : name_text_option(request->options);
    if (option)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is %s; a CSV alone has %s.", request->path,
                         array->format->title, option);
    return tell_stop(array, array->format->open(array, error), error);
}

static cludi_status refuse_shape(const array_file *array, const char *wanted, cludi_error *error)
{
    char shape[ARRAY_SHAPE_TEXT];
    array_shape_text(&array->info, shape);
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has the shape %s; %s.", array->file.path, shape, wanted);
}

/* Rows and columns of feature vectors. */
static cludi_status flatten(dataset_file *file, cludi_error *error)
{
    const array_info *info = &file->array.info;
    if (element_is_text(info->type))
        return array_refuse_text(file->array.file.path, error);
    if (info->dimensions < 2 || (info->dimensions > 2 && !file->array.format->flattens))
        return refuse_shape(&file->array, "feature vectors have two dimensions, rows and columns", error);
    if (info->count == 0)
        return refuse_shape(&file->array, "at least one row and one column are wanted", error);
    file->rows = info->shape[0];
    file->cols = array_cols(info);
    return CLUDI_OK;
}

static cludi_status refuse_memory(const array_file *array, cludi_error *error)
{
    char shape[ARRAY_SHAPE_TEXT];
    array_shape_text(&array->info, shape);
    return error_set(error, CLUDI_ERROR_MEMORY, "There is not enough memory for \"%s\" of shape %s.", array->file.path,
                     shape);
}

cludi_status dataset_file_open(dataset_file *out, const dataset_request *request, cludi_error *error)
{
    dataset_file_init(out);
    cludi_status status = open_array(&out->array, request, "feature vectors", error);
    if (!status)
        status = flatten(out, error);
    if (!status)
        note_order(out);
    out->array.options = NULL;
    out->array.notes = NULL;
    return status;
}

cludi_status dataset_file_read(dataset_file *file, int64_t first, int64_t count, float *out, cludi_error *error)
{
    return tell_stop(&file->array, file->array.format->read_rows(&file->array, first, count, out, error), error);
}

cludi_status dataset_file_read_id(dataset_file *file, int64_t row, char *text, size_t size, cludi_error *error)
{
    const array_format *format = file->array.format;
    if (format && (file->array.id_column || format->names_rows))
        return format->read_id(&file->array, row, text, size, error);
    snprintf(text, size, "%" PRId64, row);
    return CLUDI_OK;
}

bool dataset_file_is_sequential(const dataset_file *file)
{
    return file->array.file.filter || file->array.format->is_sequential(&file->array);
}

cludi_status dataset_file_read_all(dataset_file *file, const cludi_allocator *allocator, dataset_rows *out,
                                   cludi_error *error)
{
    float *data = alloc_array(allocator, file->array.info.count, sizeof *data);
    *out = (dataset_rows){0};
    const cludi_status status =
        data ? dataset_file_read(file, 0, file->rows, data, error) : refuse_memory(&file->array, error);
    if (!status)
        *out = (dataset_rows){data, file->rows, file->cols};
    else
        alloc_free(allocator, data);
    return status;
}

cludi_status dataset_file_read_rows(const dataset_request *request, dataset_rows *out, cludi_error *error)
{
    dataset_file file;
    *out = (dataset_rows){0};
    cludi_status status = dataset_file_open(&file, request, error);
    if (!status)
        status = dataset_file_read_all(&file, request->allocator, out, error);
    dataset_file_close(&file);
    return status;
}

static cludi_status check_labels(const array_file *array, cludi_error *error)
{
    const array_info *info = &array->info;
    bool column = info->dimensions == 2 && info->shape[1] == 1;
    if (info->dimensions != 1 && !column)
        return refuse_shape(array,
                            array->format->has_members && !array->member
                                ? "labels have one dimension; FILE:NAME names one column or array"
                                : "labels have one dimension",
                            error);
    return info->count > 0 ? CLUDI_OK : refuse_shape(array, "at least one label is wanted", error);
}

cludi_status dataset_file_read_labels(const dataset_request *request, cludi_labels *out, cludi_error *error)
{
    const cludi_allocator *allocator = request->allocator;
    array_file array;
    int32_t *data = NULL;
    cludi_status status = open_array(&array, request, "labels", error);
    *out = (cludi_labels){0};
    if (!status)
        status = check_labels(&array, error);
    if (status)
        goto done;
    data = alloc_array(allocator, array.info.count, sizeof *data);
    status =
        data ? tell_stop(&array, array.format->read_labels(&array, data, error), error) : refuse_memory(&array, error);
    if (!status)
        *out = (cludi_labels){data, array.info.count};
    else
        alloc_free(allocator, data);
done:
    close_array(&array);
    return status;
}

/* NumPy's name, and that of what NumPy has not. */
static void describe_type(element_type type, char *text, size_t size)
{
    if (type.kind == 'B')
        snprintf(text, size, "bf16");
    else
        snprintf(text, size, "%c%c%d", type.order, type.kind, (int)(type.kind == 'U' ? type.size / 4 : type.size));
}

static void describe_array(const array_file *array, cludi_file_info *info)
{
    snprintf(info->format, sizeof info->format, "%s%s", array->format->name(array), array->file.filter ? ".gz" : "");
    describe_type(array->info.type, info->dtype, sizeof info->dtype);
    info->dimensions = array->info.dimensions;
    info->fortran = array->info.fortran;
    memcpy(info->shape, array->info.shape, sizeof info->shape);
}

void dataset_file_get_info(const dataset_file *file, cludi_file_info *info)
{
    *info = (cludi_file_info){.bytes = file->array.bytes};
    describe_array(&file->array, info);
}

/* A safetensors file as a whole: a model, or any tensors. Checks the header. */
static cludi_status describe_tensors(const array_file *array, cludi_file_info *info, cludi_error *error)
{
    safetensors_file file;
    TRY(safetensors_open_in(&array->file, array->allocator, &file, error));
    const char *format = safetensors_metadata(&file, "format");
    bool is_model = format && strcmp(format, SAFETENSORS_MODEL) == 0;
    snprintf(info->format, sizeof info->format, "%s",
             is_model             ? "model"
             : array->file.filter ? "safetensors.gz"
                                  : "safetensors");
    safetensors_close(&file);
    return CLUDI_OK;
}

cludi_status dataset_file_describe(const char *path, const cludi_allocator *allocator, cludi_file_info *info,
                                   cludi_error *error)
{
    array_file array;
    *info = (cludi_file_info){0};
    cludi_status status = open_any(&array, &(dataset_request){.path = path, .allocator = allocator}, error);
    bool is_whole = !status && array.format == &SAFETENSORS_FORMAT && !array.member;
    info->bytes = status ? 0 : array.bytes;
    if (is_whole)
        status = describe_tensors(&array, info, error);
    else if (!status)
        status = array.format->open(&array, error);
    if (!status && !is_whole)
        describe_array(&array, info);
    close_array(&array);
    return status;
}

static cludi_status list_tensors(const array_file *array, cludi_tensor_fn visit, void *user, cludi_error *error)
{
    safetensors_file file;
    TRY(safetensors_open_in(&array->file, array->allocator, &file, error));
    for (int64_t i = 0; i < file.count; i++) {
        const safetensors_entry *entry = &file.entries[i];
        visit(user, &(cludi_tensor_info){entry->name, entry->dtype, entry->shape, entry->rank});
    }
    safetensors_close(&file);
    return CLUDI_OK;
}

cludi_status dataset_file_list_tensors(const char *path, const cludi_allocator *allocator, cludi_tensor_fn visit,
                                       void *user, cludi_error *error)
{
    array_file array;
    cludi_status status = open_any(&array, &(dataset_request){.path = path, .allocator = allocator}, error);
    if (!status && array.format != &SAFETENSORS_FORMAT)
        status =
            error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is %s, not a safetensors file.", path, array.format->title);
    if (!status)
        status = list_tensors(&array, visit, user, error);
    close_array(&array);
    return status;
}
