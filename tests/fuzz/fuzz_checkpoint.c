/* checkpoint_file.c. An input is how many bytes of numbers there are (2 bytes, little-endian), the four bytes that they
   repeat, and the header without its length, in which @VERSION@ and @CONFIG@ stand for those of this cludi, and @DIGEST@ for that of
   what is in the file: so a change of the header leaves a whole file, and a seed outlives a version. */
#include "input_file.h"

#include <string.h>

#include <cludi/cludi.h>

#include "checkpoint_file.h"
#include "config_table.h"
#include "content_digest.h"
#include "stored_config.h"

enum { PREFIX = 6, LENGTH = 8, MOST_INPUT = 65536, MOST_DATA = 65535, MOST_TEXT = 65536, MOST_BYTES = 1 << 18 };

static const char ZEROS[] = "0000000000000000";

static uint8_t *append(uint8_t *to, const char *text)
{
    for (; *text; text++) {
        if (*text == '"')
            *to++ = '\\';
        *to++ = (uint8_t)*text;
    }
    return to;
}

/* Puts `value` where `token` stands first; returns the new end. */
static uint8_t *replace(uint8_t *start, uint8_t *end, const char *token, const char *value)
{
    static uint8_t rest[MOST_BYTES];
    uint8_t *at = memmem(start, (size_t)(end - start), token, strlen(token));
    if (!at)
        return end;
    const size_t left = (size_t)(end - at) - strlen(token);
    memcpy(rest, at + strlen(token), left);
    at = append(at, value);
    memcpy(at, rest, left);
    return at + left;
}

/* Writes the file's digest over the zeros that stand for it. */
static const char *sign(uint8_t *bytes, size_t size)
{
    const cludi_allocator allocator = alloc_system();
    const char *path = input_file_put(bytes, size);
    safetensors_file file;
    uint64_t digest = 0;
    char text[STORED_DIGEST];
    uint8_t *at = memmem(bytes, size, ZEROS, sizeof ZEROS - 1);
    if (!at || safetensors_open(path, &allocator, &file, NULL) != CLUDI_OK)
        return path;
    if (content_digest_read(&file, &digest, NULL) == CLUDI_OK) {
        stored_digest_write(text, digest);
        memcpy(at, text, sizeof ZEROS - 1);
    }
    safetensors_close(&file);
    return input_file_put(bytes, size);
}

static const char *put_checkpoint(const uint8_t *data, size_t size, const char *config)
{
    static uint8_t bytes[MOST_BYTES + MOST_TEXT];
    uint8_t *const start = bytes + LENGTH;
    const size_t numbers = (size_t)(data[0] | data[1] << 8);
    memcpy(start, data + PREFIX, size - PREFIX);
    uint8_t *end = replace(start, start + size - PREFIX, "@VERSION@", cludi_version());
    end = replace(start, end, "@CONFIG@", config);
    end = replace(start, end, "@DIGEST@", ZEROS);
    const uint64_t header = (uint64_t)(end - start);
    memcpy(bytes, &header, LENGTH);
    for (size_t i = 0; i < numbers; i++)
        *end++ = data[2 + i % 4];
    return sign(bytes, (size_t)(end - bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const cludi_allocator allocator = alloc_system();
    cludi_config config;
    strbuf text;
    backend be;
    checkpoint_state state;
    bool found;
    cludi_error error;
    if (size < PREFIX || size > MOST_INPUT)
        return 0;
    config_table_defaults(&config);
    strbuf_init(&text, &allocator);
    stored_config_write(&text, &config);
    input_must(!text.failed && strlen(text.text) < MOST_TEXT / 2, "config");
    input_must(backend_open(&be, "ref", "f32", 1, &allocator, NULL) == CLUDI_OK, "backend");
    const checkpoint_identity identity = {&be, 7, 3, 6, 2, &config};
    (void)checkpoint_file_load(put_checkpoint(data, size, text.text), &identity, &state, &found, &error);
    input_must(found, "the input is there");
    checkpoint_state_clear(&state);
    backend_close(&be);
    strbuf_clear(&text);
    return 0;
}
