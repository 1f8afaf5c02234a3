#include "safetensors.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "alloc.h"
#include "element.h"
#include "error.h"
#include "file_kind.h"
#include "int_safe.h"
#include "out_file.h"

enum { LENGTH_BYTES = 8, HEAD = 512 };

/* ---- writing ---- */

static cludi_status refuse_name(const char *path, const char *name, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_ARGUMENT,
                     "Cannot write \"%s\": the name or value \"%s\" is there twice, or is not UTF-8.", path, name);
}

/* Adds value (taken over) under a name that must be new. */
static bool add_new(json_t *object, const char *name, json_t *value)
{
    bool is_new = !json_object_get(object, name);
    return json_object_set_new(object, name, value) == 0 && is_new;
}

static cludi_status add_metadata(json_t *header, const char *path, const safetensors_content *content,
                                 cludi_error *error)
{
    if (content->pair_count == 0)
        return CLUDI_OK;
    json_t *metadata = json_object();
    if (json_object_set_new(header, SAFETENSORS_METADATA, metadata) != 0)
        return error_memory(error, "the header of a model file");
    for (int64_t i = 0; i < content->pair_count; i++)
        if (!add_new(metadata, content->pairs[i].key, json_string(content->pairs[i].value)))
            return refuse_name(path, content->pairs[i].key, error);
    return CLUDI_OK;
}

/* Elements of an array; false when its shape is out of bounds. */
static bool count_elements(const safetensors_array *array, int64_t *count)
{
    *count = 1;
    if (array->rank < 0 || array->rank > 2)
        return false;
    for (int32_t i = 0; i < array->rank; i++)
        if (!int64_product(*count, array->shape[i], count))
            return false;
    return *count <= INT64_MAX / (int64_t)sizeof(float);
}

/* Adds the entry of one array, whose bytes begin at *offset, and moves that on. */
static cludi_status add_array(json_t *header, const char *path, const safetensors_array *array, int64_t *offset,
                              cludi_error *error)
{
    int64_t count, begin = *offset;
    if (!count_elements(array, &count) || __builtin_add_overflow(begin, count * (int64_t)sizeof(float), offset))
        return error_set(error, CLUDI_ERROR_ARGUMENT, "Cannot write \"%s\": the shape of \"%s\" is out of bounds.",
                         path, array->name);
    json_t *entry = json_pack("{s:s, s:[], s:[I, I]}", "dtype", "F32", "shape", "data_offsets", (json_int_t)begin,
                              (json_int_t)*offset);
    if (!entry)
        return error_memory(error, "the header of a model file");
    int failed = strcmp(array->name, SAFETENSORS_METADATA) == 0;
    for (int32_t i = 0; i < array->rank; i++)
        failed |= json_array_append_new(json_object_get(entry, "shape"), json_integer(array->shape[i]));
    if (!add_new(header, array->name, entry) || failed)
        return refuse_name(path, array->name, error);
    return CLUDI_OK;
}

/* Where json_dump_callback writes. */
typedef struct dump_target {
    out_file *file;
    cludi_error *error;
    cludi_status status;
} dump_target;

static int dump_some(const char *text, size_t size, void *user)
{
    dump_target *target = user;
    target->status = out_file_write(target->file, text, size, target->error);
    return target->status ? -1 : 0;
}

/* Length, JSON, and spaces up to a multiple of 8. */
static cludi_status write_header(out_file *file, const json_t *header, cludi_error *error)
{
    static const char spaces[LENGTH_BYTES] = "        ";
    dump_target target = {file, error, CLUDI_OK};
    size_t length = json_dumpb(header, NULL, 0, JSON_COMPACT), pad = (0 - length) % LENGTH_BYTES;
    uint64_t padded = length + pad;
    if (length == 0)
        return error_memory(error, "the header of a model file");
    if (padded > SAFETENSORS_HEADER_MOST)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "Cannot write \"%s\": its names and metadata take over 1 MiB.",
                         file->path);
    cludi_status status = out_file_write(file, &padded, sizeof padded, error);
    if (!status && json_dump_callback(header, dump_some, &target, JSON_COMPACT) != 0)
        return target.status ? target.status : error_memory(error, "the header of a model file");
    return status ? status : out_file_write(file, spaces, pad, error);
}

static cludi_status write_file(const char *path, const json_t *header, const safetensors_content *content,
                               cludi_error *error)
{
    out_file file;
    cludi_status status = out_file_open(&file, path, error);
    if (!status)
        status = write_header(&file, header, error);
    for (int64_t i = 0; i < content->count && !status; i++) {
        int64_t count = 0;
        (void)count_elements(&content->arrays[i], &count);
        status = out_file_write(&file, content->arrays[i].data, (size_t)count * sizeof(float), error);
    }
    if (!status)
        status = out_file_commit(&file, error);
    out_file_discard(&file);
    return status;
}

cludi_status safetensors_write(const char *path, const safetensors_content *content, cludi_error *error)
{
    int64_t offset = 0;
    json_t *header = json_object();
    if (!header)
        return error_memory(error, "the header of a model file");
    cludi_status status = add_metadata(header, path, content, error);
    for (int64_t i = 0; i < content->count && !status; i++)
        status = add_array(header, path, &content->arrays[i], &offset, error);
    if (!status)
        status = write_file(path, header, content, error);
    json_decref(header);
    return status;
}

/* ---- reading ---- */

bool safetensors_is_start(const unsigned char *bytes, size_t size)
{
    const element_type length = {'u', '<', LENGTH_BYTES};
    return size >= SAFETENSORS_PREFIX && bytes[LENGTH_BYTES] == '{' &&
           element_bits(length, bytes) <= SAFETENSORS_HEADER_LIMIT;
}

int64_t safetensors_type_size(const char *dtype)
{
    static const struct {
        const char *name;
        int64_t size;
    } types[] = {{"F64", 8},     {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"F8_E4M3", 1},
                 {"F8_E5M2", 1}, {"I64", 8}, {"I32", 4}, {"I16", 2},  {"I8", 1},
                 {"U64", 8},     {"U32", 4}, {"U16", 2}, {"U8", 1},   {"BOOL", 1}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(dtype, types[i].name) == 0)
            return types[i].size;
    return 0;
}

static cludi_status refuse(const safetensors_file *file, const char *problem, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is not a safetensors file: %s.", file->file.path, problem);
}

static cludi_status refuse_tensor(const safetensors_file *file, const char *name, const char *problem,
                                  cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is damaged: tensor \"%s\" %s.", file->file.path, name, problem);
}

static cludi_status parse_header(safetensors_file *file, const char *text, size_t length, cludi_error *error)
{
    json_error_t problem;
    if (text[0] != '{')
        return refuse(file, "its header does not begin with {", error);
    file->header = json_loadb(text, length, JSON_REJECT_DUPLICATES, &problem);
    if (file->header)
        return CLUDI_OK;
    switch (json_error_code(&problem)) {
    case json_error_out_of_memory:
        return error_memory(error, "the header of a model file");
    case json_error_duplicate_key:
        return refuse(file, "its header has a name twice", error);
    default:
        return refuse(file, "its header is not valid JSON", error);
    }
}

static cludi_status read_header(safetensors_file *file, cludi_error *error)
{
    uint64_t length;
    cludi_status status = in_file_read(&file->file, &length, sizeof length, error);
    if (status)
        return status;
    if (length < 2 || length > SAFETENSORS_HEADER_LIMIT)
        return refuse(file, "the length of its header is not within 2 and 100000000 bytes", error);
    status = in_file_require(&file->file, LENGTH_BYTES, (int64_t)length, error);
    if (status)
        return status;
    if (length > SAFETENSORS_HEADER_MOST)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" has a header of %" PRIu64 " bytes; cludi reads safetensors files with at most %d.",
                         file->file.path, length, SAFETENSORS_HEADER_MOST);
    char *text = alloc_array(file->allocator, (int64_t)length, 1);
    if (!text)
        return error_memory(error, "the header of a model file");
    status = in_file_read(&file->file, text, (size_t)length, error);
    if (!status)
        status = parse_header(file, text, (size_t)length, error);
    alloc_free(file->allocator, text);
    file->data_offset = file->file.offset;
    return status;
}

static cludi_status check_metadata(const safetensors_file *file, json_t *metadata, cludi_error *error)
{
    const char *key;
    json_t *value;
    if (!json_is_object(metadata))
        return refuse(file, "its metadata is not an object", error);
    json_object_foreach(metadata, key, value)
    {
        if (!json_is_string(value))
            return refuse(file, "its metadata has a value that is not a string", error);
    }
    return CLUDI_OK;
}

/* Fills in rank, shape and count; false if they are not lengths or there are too many. */
static bool take_shape(const json_t *shape, safetensors_entry *entry)
{
    size_t rank = json_array_size(shape);
    if (!json_is_array(shape) || rank > SAFETENSORS_MAX_RANK)
        return false;
    entry->rank = (int32_t)rank;
    entry->count = 1;
    for (size_t i = 0; i < rank; i++) {
        const json_t *length = json_array_get(shape, i);
        entry->shape[i] = json_integer_value(length);
        if (!json_is_integer(length) || !int64_product(entry->count, entry->shape[i], &entry->count))
            return false;
    }
    return true;
}

static cludi_status take_entry(const safetensors_file *file, json_t *value, safetensors_entry *entry,
                               cludi_error *error)
{
    json_t *shape;
    json_int_t begin, end;
    int64_t bytes, room = file->file.size - file->data_offset;
    if (json_unpack_ex(value, NULL, JSON_STRICT, "{s:s, s:o, s:[I, I]}", "dtype", &entry->dtype, "shape", &shape,
                       "data_offsets", &begin, &end) != 0)
        return refuse_tensor(file, entry->name, "does not have just dtype, shape and data_offsets", error);
    if (safetensors_type_size(entry->dtype) == 0)
        return refuse_tensor(file, entry->name, "has an unknown dtype", error);
    if (!take_shape(shape, entry) || !int64_product(entry->count, safetensors_type_size(entry->dtype), &bytes))
        return refuse_tensor(file, entry->name, "has a shape that is not one", error);
    if (begin < 0 || end < begin || end - begin != bytes)
        return refuse_tensor(file, entry->name, "has data_offsets that do not fit its dtype and shape", error);
    entry->begin = begin;
    entry->end = end;
    return end <= room ? CLUDI_OK : in_file_require(&file->file, file->data_offset + begin, end - begin, error);
}

static cludi_status take_entries(safetensors_file *file, cludi_error *error)
{
    const char *name;
    json_t *value;
    cludi_status status = CLUDI_OK;
    file->entries = alloc_array(file->allocator, (int64_t)json_object_size(file->header), sizeof *file->entries);
    if (!file->entries)
        return error_memory(error, "the table of tensors");
    json_object_foreach(file->header, name, value)
    {
        if (strcmp(name, SAFETENSORS_METADATA) == 0) {
            status = check_metadata(file, value, error);
        } else {
            safetensors_entry *entry = &file->entries[file->count++];
            *entry = (safetensors_entry){.name = name};
            status = take_entry(file, value, entry, error);
        }
        if (status)
            return status;
    }
    return CLUDI_OK;
}

static int compare_places(const void *left, const void *right)
{
    const safetensors_entry *a = left, *b = right;
    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    return (a->end > b->end) - (a->end < b->end);
}

/* The tensors, in the order of their bytes, fill the file from the header to the end. */
static cludi_status check_places(const safetensors_file *file, cludi_error *error)
{
    int64_t at = 0;
    for (int64_t i = 0; i < file->count; i++) {
        if (file->entries[i].begin != at)
            return refuse_tensor(file, file->entries[i].name, "leaves a gap before it or overlaps another", error);
        at = file->entries[i].end;
    }
    if (at != file->file.size - file->data_offset)
        return refuse(file, "bytes follow its last tensor", error);
    return CLUDI_OK;
}

/* A file of another kind gets a sentence about that. */
static cludi_status check_kind(const safetensors_file *file, cludi_error *error)
{
    unsigned char head[HEAD];
    size_t size;
    cludi_status status = in_file_peek(&file->file, head, sizeof head, &size, error);
    const file_kind *kind = status || safetensors_is_start(head, size) ? NULL : file_kind_find(head, size);
    return kind ? error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is %s, not a safetensors file.", file->file.path,
                            kind->name)
                : status;
}

/* out->file is open. */
static cludi_status open_content(safetensors_file *out, cludi_error *error)
{
    cludi_status status = check_kind(out, error);
    if (!status)
        status = read_header(out, error);
    if (!status)
        status = take_entries(out, error);
    if (!status) {
        qsort(out->entries, (size_t)out->count, sizeof *out->entries, compare_places);
        status = check_places(out, error);
    }
    if (status)
        safetensors_close(out);
    return status;
}

cludi_status safetensors_open(const char *path, const cludi_allocator *allocator, safetensors_file *out,
                              cludi_error *error)
{
    *out = (safetensors_file){.allocator = allocator};
    cludi_status status = in_file_open(&out->file, path, error);
    return status ? status : open_content(out, error);
}

cludi_status safetensors_open_in(const in_file *file, const cludi_allocator *allocator, safetensors_file *out,
                                 cludi_error *error)
{
    *out = (safetensors_file){.file = *file, .allocator = allocator, .borrows_file = true};
    out->file.offset = 0;
    return open_content(out, error);
}

const safetensors_entry *safetensors_find(const safetensors_file *file, const char *name)
{
    for (int64_t i = 0; i < file->count; i++)
        if (strcmp(file->entries[i].name, name) == 0)
            return &file->entries[i];
    return NULL;
}

const char *safetensors_metadata(const safetensors_file *file, const char *key)
{
    return json_string_value(json_object_get(json_object_get(file->header, SAFETENSORS_METADATA), key));
}

cludi_status safetensors_read(safetensors_file *file, const safetensors_entry *entry, float *out, cludi_error *error)
{
    if (strcmp(entry->dtype, "F32") != 0)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\": tensor \"%s\" is of type %s; F32 is wanted.",
                         file->file.path, entry->name, entry->dtype);
    file->file.offset = file->data_offset + entry->begin;
    return in_file_read(&file->file, out, (size_t)entry->count * sizeof *out, error);
}

static bool is_half(const safetensors_entry *entry)
{
    return strcmp(entry->dtype, "F16") == 0 || strcmp(entry->dtype, "BF16") == 0;
}

bool safetensors_is_real(const safetensors_entry *entry)
{
    return strcmp(entry->dtype, "F32") == 0 || is_half(entry);
}

/* The halves are read into the second half of out: a number is never written where one is still to be read. */
cludi_status safetensors_read_wide(safetensors_file *file, const safetensors_entry *entry, float *out,
                                   cludi_error *error)
{
    uint16_t half;
    const size_t count = (size_t)entry->count;
    const bool brain = strcmp(entry->dtype, "BF16") == 0;
    const unsigned char *halves = (const unsigned char *)out + count * sizeof half;
    if (!is_half(entry))
        return safetensors_read(file, entry, out, error);
    file->file.offset = file->data_offset + entry->begin;
    const cludi_status status = in_file_read(&file->file, (void *)halves, count * sizeof half, error);
    for (size_t i = 0; i < count && status == CLUDI_OK; i++) {
        memcpy(&half, halves + i * sizeof half, sizeof half);
        const float number = brain ? element_from_bits((uint32_t)half << 16) : element_half(half);
        memcpy(out + i, &number, sizeof number);
    }
    return status;
}

void safetensors_close(safetensors_file *file)
{
    alloc_free(file->allocator, file->entries);
    json_decref(file->header);
    if (!file->borrows_file)
        in_file_close(&file->file);
    file->entries = NULL;
    file->header = NULL;
    file->count = 0;
}
