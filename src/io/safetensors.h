/* Models on disk: safetensors files, which are a length, a JSON header with names, shapes and byte ranges, and the
   numbers. Format: https://huggingface.co/docs/safetensors/index#format */
#ifndef IO_SAFETENSORS_H
#define IO_SAFETENSORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cludi/context.h>
#include <cludi/status.h>

#include "in_file.h"

struct json_t;

/* The key of the header that is no tensor. */
#define SAFETENSORS_METADATA "__metadata__"

/* A float32 tensor to write. */
typedef struct safetensors_array {
    const char *name;  /* UTF-8; unlike every other name of the file and "__metadata__" */
    int32_t rank;      /* 0..2 */
    int64_t shape[2];  /* each >= 0; the first `rank` count */
    const float *data; /* product of the shape, row by row */
} safetensors_array;

typedef struct safetensors_meta {
    const char *key;   /* UTF-8, unlike every other key */
    const char *value; /* UTF-8 */
} safetensors_meta;

typedef struct safetensors_content {
    const safetensors_array *arrays; /* written in this order, without gaps */
    int64_t count;                   /* arrays */
    const safetensors_meta *pairs;   /* written in this order, before the arrays */
    int64_t pair_count;              /* pairs; 0: no metadata */
} safetensors_content;

enum {
    SAFETENSORS_MAX_RANK = 8,
    SAFETENSORS_PREFIX = 9,
    SAFETENSORS_HEADER_LIMIT = 100000000,
    SAFETENSORS_HEADER_MOST = 1048576
};

/* SAFETENSORS_HEADER_LIMIT is that of the format; jansson takes up to 40 bytes for one of the header, so that no more than
   SAFETENSORS_HEADER_MOST are read: some 10,000 tensors. */

/* A tensor in a file. */
typedef struct safetensors_entry {
    const char *name;  /* borrowed from the file */
    const char *dtype; /* "F32", ...; borrowed from the file */
    int32_t rank;      /* 0..8 */
    int64_t shape[SAFETENSORS_MAX_RANK];
    int64_t count; /* product of shape */
    int64_t begin; /* first byte, counted from the end of the header */
    int64_t end;   /* behind the last byte */
} safetensors_entry;

typedef struct safetensors_file {
    in_file file;
    const cludi_allocator *allocator;
    struct json_t *header;      /* jansson's; owns all names */
    safetensors_entry *entries; /* (count), in the order of their bytes; owned */
    int64_t count;              /* tensors */
    int64_t data_offset;        /* where the bytes of the tensors begin */
    bool borrows_file;          /* file is closed by somebody else */
} safetensors_file;

/* Writes a file, whole or not at all. Equal contents give equal bytes.
   Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_ARGUMENT (a name twice, not UTF-8, a shape out of bounds), CLUDI_ERROR_MEMORY. */
cludi_status safetensors_write(const char *path, const safetensors_content *content, cludi_error *error);

/* true for the first SAFETENSORS_PREFIX bytes of a safetensors file. */
bool safetensors_is_start(const unsigned char *bytes, size_t size);

/* Opens a file and checks its header wholly: every entry, and that the tensors fill the file without gap or overlap.
   path and allocator must outlive *out; safetensors_close is needed after CLUDI_OK and allowed after an error.
   Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT, CLUDI_ERROR_MEMORY. */
cludi_status safetensors_open(const char *path, const cludi_allocator *allocator, safetensors_file *out,
                              cludi_error *error);

/* The same for a file that is open, which stays the caller's and must outlive *out. Errors: the same. */
cludi_status safetensors_open_in(const in_file *file, const cludi_allocator *allocator, safetensors_file *out,
                                 cludi_error *error);

/* Bytes of one number of a type; 0 for a type that no safetensors file has. */
int64_t safetensors_type_size(const char *dtype);

/* The tensor of this name, or NULL. All of them: file->entries. */
const safetensors_entry *safetensors_find(const safetensors_file *file, const char *name);

/* The value of a metadata key, or NULL; borrowed from the file. */
const char *safetensors_metadata(const safetensors_file *file, const char *key);

/* Reads a float32 tensor into entry->count places.
   Errors: CLUDI_ERROR_FORMAT (another type, truncated meanwhile), CLUDI_ERROR_FILE. */
cludi_status safetensors_read(safetensors_file *file, const safetensors_entry *entry, float *out, cludi_error *error);

/* true for types that safetensors_read_wide() takes: F32, F16 and BF16. */
bool safetensors_is_real(const safetensors_entry *entry);

/* The same for a tensor of any of these types, which float32 has every number of. */
cludi_status safetensors_read_wide(safetensors_file *file, const safetensors_entry *entry, float *out,
                                   cludi_error *error);

/* Closes and frees; closed is allowed. */
void safetensors_close(safetensors_file *file);

#endif
