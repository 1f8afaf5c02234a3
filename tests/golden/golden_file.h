/* Reads the oracle's safetensors file: arrays of float32, float64 or int64 become doubles. Failures end the test. */
#ifndef GOLDEN_GOLDEN_FILE_H
#define GOLDEN_GOLDEN_FILE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "safetensors.h"

typedef struct golden_file {
    cludi_allocator allocator;
    safetensors_file index;
    FILE *bytes;
} golden_file;

static inline void golden_open(golden_file *g, const char *path)
{
    cludi_error error;
    g->allocator = alloc_system();
    g->bytes = fopen(path, "rb");
    if (!g->bytes || safetensors_open(path, &g->allocator, &g->index, &error) != CLUDI_OK) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(1);
    }
}

static inline void golden_close(golden_file *g)
{
    safetensors_close(&g->index);
    fclose(g->bytes);
}

static inline void golden_number(double *out, const char *dtype, const char *bytes)
{
    float f32;
    int64_t i64;
    memcpy(&f32, bytes, sizeof f32);
    if (strcmp(dtype, "F32") == 0) {
        *out = (double)f32;
    } else if (strcmp(dtype, "F64") == 0) {
        memcpy(out, bytes, sizeof *out);
    } else {
        memcpy(&i64, bytes, sizeof i64);
        *out = (double)i64;
    }
}

/* out[0..count): the array called name, which must have exactly count numbers. */
static inline void golden_read(golden_file *g, const char *name, double *out, int64_t count)
{
    const safetensors_entry *entry = safetensors_find(&g->index, name);
    if (!entry || entry->count != count)
        fail_msg("the oracle's file has no array %s of %lld numbers", name, (long long)count);
    const size_t size = strcmp(entry->dtype, "F32") == 0 ? 4 : 8;
    char bytes[8] = {0};
    fseek(g->bytes, (long)(g->index.data_offset + entry->begin), SEEK_SET);
    for (int64_t i = 0; i < count; i++) {
        if (fread(bytes, size, 1, g->bytes) != 1)
            fail_msg("the oracle's file ends inside %s", name);
        golden_number(&out[i], entry->dtype, bytes);
    }
}

#endif
