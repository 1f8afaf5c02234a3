#include "safetensors_array.h"

#include <string.h>

#include "alloc.h"
#include "byte_source.h"
#include "error.h"
#include "npy.h"

enum { NAMES_TEXT = 240 };

/* state */
typedef struct tensor_file {
    safetensors_file file;
    byte_source source;
} tensor_file;

const char *safetensors_array_own(const safetensors_file *file)
{
    const char *format = safetensors_metadata(file, "format");
    if (format && strcmp(format, SAFETENSORS_MODEL) == 0)
        return "a cludi model";
    return format && strcmp(format, SAFETENSORS_CHECKPOINT) == 0 ? "a checkpoint of cludi" : NULL;
}

/* false for types that are no rows: the float8 ones. */
static bool find_type(const char *dtype, element_type *type)
{
    const int32_t size = (int32_t)safetensors_type_size(dtype);
    const char order = size == 1 ? '|' : '<';
    const char kind = dtype[0] == 'F'              ? 'f'
                      : dtype[0] == 'I'            ? 'i'
                      : dtype[0] == 'U'            ? 'u'
                      : strcmp(dtype, "BOOL") == 0 ? 'b'
                                                   : 'B';
    *type = (element_type){kind, order, size};
    return kind != 'f' || size > 1;
}

static const safetensors_entry *find_only(const safetensors_file *file, int32_t rank)
{
    const safetensors_entry *only = NULL;
    for (int64_t i = 0; i < file->count; i++) {
        if (file->entries[i].rank != rank)
            continue;
        if (only)
            return NULL;
        only = &file->entries[i];
    }
    return only;
}

static bool has_rank(const safetensors_file *file, int32_t rank)
{
    bool found = false;
    for (int64_t i = 0; i < file->count; i++)
        found |= file->entries[i].rank == rank;
    return found;
}

const safetensors_entry *safetensors_array_choose(const safetensors_file *file, const char *name)
{
    if (name)
        return safetensors_find(file, name);
    if (file->count == 1)
        return &file->entries[0];
    return find_only(file, has_rank(file, 2) ? 2 : 1);
}

/* "a", "b", "c" as far as there is room. */
static void list_names(const safetensors_file *file, char text[NAMES_TEXT])
{
    size_t used = 0;
    text[0] = '\0';
    for (int64_t i = 0; i < file->count; i++) {
        const char *name = file->entries[i].name;
        if (strlen(name) + 12 > NAMES_TEXT - used) {
            snprintf(text + used, NAMES_TEXT - used, "%s...", used ? ", " : "");
            return;
        }
        used += (size_t)snprintf(text + used, NAMES_TEXT - used, "%s\"%s\"", used ? ", " : "", name);
    }
}

static cludi_status refuse_choice(const array_file *array, const safetensors_file *file, cludi_error *error)
{
    char names[NAMES_TEXT];
    list_names(file, names);
    if (file->count == 0)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is a safetensors file without tensors.", array->file.path);
    if (array->member)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": there is no such tensor; the file has %s.",
                         array->file.path, names);
    return error_set(error, CLUDI_ERROR_FORMAT,
                     "\"%s\" has %" PRId64 " tensors; name one as FILE:NAME, where NAME is one of %s.",
                     array->file.path, file->count, names);
}

static cludi_status take_tensor(array_file *array, const safetensors_file *file, const safetensors_entry *entry,
                                cludi_error *error)
{
    array_info *info = &array->info;
    int64_t bytes;
    if (!find_type(entry->dtype, &info->type))
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\": the tensor \"%s\" has the type %s; F64, F32, F16, BF16, whole numbers and BOOL are "
                         "read.",
                         array->file.path, entry->name, entry->dtype);
    info->dimensions = entry->rank;
    memcpy(info->shape, entry->shape, sizeof info->shape);
    info->data_offset = file->data_offset + entry->begin;
    return array_count(info, &bytes) ? CLUDI_OK : array_too_large(array->file.path, info, error);
}

static cludi_status open_array(array_file *array, cludi_error *error)
{
    tensor_file *tensors = alloc_zeroed(array->allocator, 1, sizeof *tensors);
    if (!tensors)
        return error_memory(error, "a safetensors file");
    array->state = tensors;
    TRY(safetensors_open_in(&array->file, array->allocator, &tensors->file, error));
    const char *own = safetensors_array_own(&tensors->file);
    if (own)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is %s, not an array%s%s.", array->file.path, own,
                         array->wanted ? " of " : "", array->wanted ? array->wanted : "");
    tensors->source = byte_source_of(&array->file);
    const safetensors_entry *entry = safetensors_array_choose(&tensors->file, array->member);
    return entry ? take_tensor(array, &tensors->file, entry, error) : refuse_choice(array, &tensors->file, error);
}

static cludi_status read_rows(array_file *array, int64_t first, int64_t count, float *out, cludi_error *error)
{
    tensor_file *tensors = array->state;
    return npy_read_rows(&tensors->source, &array->info, first, count, out, error);
}

static cludi_status read_labels(array_file *array, int32_t *out, cludi_error *error)
{
    tensor_file *tensors = array->state;
    return npy_read_labels(&tensors->source, &array->info, array->allocator, out, error);
}

static bool is_sequential(const array_file *array)
{
    (void)array;
    return false;
}

static const char *get_name(const array_file *array)
{
    (void)array;
    return "safetensors";
}

static void close_array(array_file *array)
{
    tensor_file *tensors = array->state;
    if (tensors->file.allocator)
        safetensors_close(&tensors->file);
    alloc_free(array->allocator, tensors);
}

const array_format SAFETENSORS_FORMAT = {.title = "a safetensors file",
                                         .has_members = true,
                                         .is_start = safetensors_is_start,
                                         .open = open_array,
                                         .read_rows = read_rows,
                                         .read_labels = read_labels,
                                         .is_sequential = is_sequential,
                                         .name = get_name,
                                         .close = close_array};
