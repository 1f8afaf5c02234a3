#include "content_digest.h"

#include <string.h>

#include <jansson.h>

#include "alloc.h"
#include "error.h"
#include "row_hash.h"

enum { BLOCK = 1 << 16 };

const char CONTENT_DIGEST_KEY[] = "content_digest";

static uint64_t add_text(uint64_t digest, const char *text)
{
    return row_hash_bytes(digest, text, (int64_t)strlen(text));
}

static uint64_t add_pair(uint64_t digest, const char *key, const char *value)
{
    return strcmp(key, CONTENT_DIGEST_KEY) == 0 ? digest : add_text(add_text(digest, key), value);
}

static uint64_t add_shape(uint64_t digest, const char *name, const char *dtype, int32_t rank, const int64_t *shape)
{
    digest = row_hash_add(add_text(add_text(digest, name), dtype), (uint64_t)rank);
    for (int32_t i = 0; i < rank; i++)
        digest = row_hash_add(digest, (uint64_t)shape[i]);
    return digest;
}

static int64_t block_at(int64_t at, int64_t size)
{
    return size - at < BLOCK ? size - at : BLOCK;
}

uint64_t content_digest_of(const safetensors_content *content)
{
    uint64_t digest = row_hash_begin(content->count);
    for (int64_t i = 0; i < content->pair_count; i++)
        digest = add_pair(digest, content->pairs[i].key, content->pairs[i].value);
    for (int64_t i = 0; i < content->count; i++) {
        const safetensors_array *array = &content->arrays[i];
        const char *bytes = (const char *)array->data;
        int64_t size = sizeof *array->data;
        for (int32_t j = 0; j < array->rank; j++)
            size *= array->shape[j];
        digest = add_shape(digest, array->name, "F32", array->rank, array->shape);
        for (int64_t at = 0; at < size; at += BLOCK)
            digest = row_hash_bytes(digest, bytes + at, block_at(at, size));
    }
    return digest;
}

static cludi_status add_tensor(safetensors_file *file, const safetensors_entry *entry, unsigned char *block,
                               uint64_t *digest, cludi_error *error)
{
    const int64_t size = entry->end - entry->begin;
    cludi_status status = CLUDI_OK;
    *digest = add_shape(*digest, entry->name, entry->dtype, entry->rank, entry->shape);
    file->file.offset = file->data_offset + entry->begin;
    for (int64_t at = 0; at < size && status == CLUDI_OK; at += BLOCK) {
        status = in_file_read(&file->file, block, (size_t)block_at(at, size), error);
        if (status == CLUDI_OK)
            *digest = row_hash_bytes(*digest, block, block_at(at, size));
    }
    return status;
}

cludi_status content_digest_read(safetensors_file *file, uint64_t *digest, cludi_error *error)
{
    const char *key;
    json_t *value;
    unsigned char *block = alloc_array(file->allocator, BLOCK, 1);
    cludi_status status = block ? CLUDI_OK : error_memory(error, "the digest of a file");
    *digest = row_hash_begin(file->count);
    json_object_foreach(json_object_get(file->header, SAFETENSORS_METADATA), key, value) *digest =
        add_pair(*digest, key, json_string_value(value));
    for (int64_t i = 0; i < file->count && status == CLUDI_OK; i++)
        status = add_tensor(file, &file->entries[i], block, digest, error);
    alloc_free(file->allocator, block);
    return status;
}
