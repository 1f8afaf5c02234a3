#include "vit_file.h"

#include <math.h>

#include "cmocka_all.h"
#include "golden_file.h"

enum { MOST_BYTES = 1 << 20, MOST_HEADER = 1 << 16, MOST_NAME = 256 };

/* A file being written. */
typedef struct draft {
    const vit_file *file;
    char header[MOST_HEADER];
    size_t header_size;
    unsigned char bytes[MOST_BYTES];
    size_t size;
} draft;

/* The timm name's end, and that in the other schemes. */
static const struct {
    const char *names[4];
} RENAMED[] = {
    {{"cls_token", "embeddings.cls_token", "embeddings.cls_token", "cls_token"}},
    {{"reg_token", "embeddings.register_tokens", "embeddings.register_tokens", "register_tokens"}},
    {{"pos_embed", "embeddings.position_embeddings", "embeddings.position_embeddings", "pos_embed"}},
    {{"patch_embed.proj", "embeddings.patch_embeddings.projection", "embeddings.patch_embeddings.projection",
      "patch_embed.proj"}},
    {{"norm1", "layernorm_before", "norm1", "norm1"}},
    {{"norm2", "layernorm_after", "norm2", "norm2"}},
    {{"norm", "layernorm", "layernorm", "norm"}},
    {{"attn.qkv", "attention.attention.", "attention.attention.", "attn.qkv"}},
    {{"attn.proj", "attention.output.dense", "attention.output.dense", "attn.proj"}},
    {{"mlp.fc1", "intermediate.dense", "mlp.fc1", "mlp.fc1"}},
    {{"mlp.fc2", "output.dense", "mlp.fc2", "mlp.fc2"}},
    {{"ls1.gamma", "layer_scale1.lambda1", "layer_scale1.lambda1", "ls1.gamma"}},
    {{"ls2.gamma", "layer_scale2.lambda1", "layer_scale2.lambda1", "ls2.gamma"}},
};

/* The name in the file's scheme; part: "query" and so on for the thirds of qkv, or "". */
static void rename_tensor(const vit_file *file, const char *timm, const char *part, char out[MOST_NAME])
{
    const bool face = file->scheme == 1 || file->scheme == 2;
    int block = -1, used = 0;
    if (sscanf(timm, "blocks.%d.%n", &block, &used) == 1)
        timm += used;
    for (size_t i = 0; i < sizeof RENAMED / sizeof *RENAMED; i++) {
        const char *from = RENAMED[i].names[0];
        const size_t length = strlen(from);
        if (strncmp(timm, from, length) != 0 || (timm[length] != '\0' && timm[length] != '.'))
            continue;
        char start[MOST_NAME / 2] = "";
        if (block >= 0)
            snprintf(start, sizeof start, "%s.%d.", face ? "encoder.layer" : "blocks", block);
        snprintf(out, MOST_NAME, "%s%s%s%s%s", file->prefix ? file->prefix : "", start, RENAMED[i].names[file->scheme],
                 face ? part : "", timm + length);
        return;
    }
    fail_msg("no other name for %s", timm);
}

/* Cut towards zero: the upper half of float32; half precision without denormal numbers. */
static uint32_t cut_bits(float number, const char *type)
{
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    if (strcmp(type, "BF16") == 0)
        return bits & 0xffff0000U;
    if (strcmp(type, "F16") == 0)
        return fabsf(number) < 0x1p-14F ? 0 : bits & 0xffffe000U;
    return bits;
}

static void put_number(draft *d, double number)
{
    const char *type = d->file->dtype ? d->file->dtype : "F32";
    uint32_t bits = cut_bits((float)number, d->file->cut ? d->file->cut : type);
    size_t size = 4;
    if (strcmp(type, "BF16") == 0) {
        bits >>= 16;
        size = 2;
    } else if (strcmp(type, "F16") == 0) {
        bits = bits == 0 ? 0 : (bits >> 16 & 0x8000U) | ((bits >> 13 & 0x3ffffU) - (112U << 10));
        size = 2;
    }
    assert_true(d->size + size <= sizeof d->bytes);
    memcpy(d->bytes + d->size, &bits, size);
    d->size += size;
}

__attribute__((format(printf, 2, 3))) static void put_header(draft *d, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    d->header_size += (size_t)vsnprintf(d->header + d->header_size, MOST_HEADER - d->header_size, format, arguments);
    va_end(arguments);
    assert_true(d->header_size < MOST_HEADER);
}

/* A tensor, its first dimension divided by `parts`. */
static void put_tensor(draft *d, const char *name, const safetensors_entry *entry, const double *numbers, int parts)
{
    const size_t begin = d->size;
    const int64_t count = entry->count / parts;
    const char *own = entry->name + strlen("weights.");
    for (int64_t i = 0; i < count; i++)
        put_number(d, numbers[i]);
    put_header(d, ",\"%s\":{\"dtype\":\"%s\",\"shape\":[", name, d->file->dtype ? d->file->dtype : "F32");
    if (d->file->flat && strcmp(own, d->file->flat) == 0)
        put_header(d, "%lld", (long long)count);
    else
        for (int32_t i = 0; i < entry->rank; i++)
            put_header(d, "%s%lld", i ? "," : "", (long long)(i ? entry->shape[i] : entry->shape[0] / parts));
    put_header(d, "],\"data_offsets\":[%zu,%zu]}", begin, d->size);
}

static void put_entry(draft *d, golden_file *g, const safetensors_entry *entry)
{
    static const char *const THIRDS[] = {"query", "key", "value"};
    const char *timm = entry->name + strlen("weights.");
    char name[MOST_NAME];
    double *numbers = malloc((size_t)entry->count * sizeof *numbers);
    assert_non_null(numbers);
    golden_read(g, entry->name, numbers, entry->count);
    if (d->file->nan && strcmp(timm, d->file->nan) == 0)
        numbers[0] = NAN;
    const bool thirds = strstr(timm, "qkv") && (d->file->scheme == 1 || d->file->scheme == 2);
    for (int i = 0; i < (thirds ? 3 : 1); i++) {
        rename_tensor(d->file, timm, thirds ? THIRDS[i] : "", name);
        put_tensor(d, name, entry, numbers + i * (entry->count / 3), thirds ? 3 : 1);
    }
    free(numbers);
}

static bool is_wanted(const vit_file *file, const char *name)
{
    if (strncmp(name, "weights.", 8) != 0 || (file->without && strcmp(name + 8, file->without) == 0))
        return false;
    return file->full || (!strstr(name, "reg_token") && !strstr(name, "gamma"));
}

void vit_file_write(const char *path, const vit_file *file)
{
    golden_file g;
    static draft d;
    d = (draft){.file = file};
    golden_open(&g, GOLDEN_VIT);
    put_header(&d, "{\"__metadata__\":{\"heads\":\"%s\"}", file->heads ? file->heads : "3");
    for (int64_t i = 0; i < g.index.count; i++)
        if (is_wanted(file, g.index.entries[i].name))
            put_entry(&d, &g, &g.index.entries[i]);
    if (file->more)
        put_header(&d, ",\"%s\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[%zu,%zu]}", file->more, d.size,
                   d.size);
    put_header(&d, "}");
    const uint64_t length = d.header_size;
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(&length, sizeof length, 1, out), 1);
    assert_int_equal(fwrite(d.header, 1, d.header_size, out), d.header_size);
    assert_int_equal(fwrite(d.bytes, 1, d.size, out), d.size);
    assert_int_equal(fclose(out), 0);
    golden_close(&g);
}

void vit_file_golden(const char *name, double *out, long count)
{
    golden_file g;
    golden_open(&g, GOLDEN_VIT);
    golden_read(&g, name, out, count);
    golden_close(&g);
}
