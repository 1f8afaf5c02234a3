#include "checkpoint_file.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cludi/cludi.h>

#include "config_table.h"
#include "content_digest.h"
#include "error.h"
#include "number_text.h"
#include "safetensors_array.h"
#include "stored_config.h"

static const char FORMAT[] = SAFETENSORS_CHECKPOINT, FORMAT_VERSION[] = "3";

enum { IDENTITY = 10, PAIRS = IDENTITY + 2 + STATE_NUMBERS + 1 };

/* ---- what a training is ---- */

typedef struct identity_text {
    safetensors_meta pairs[IDENTITY];
    char seed[NUMBER_TEXT], features[NUMBER_TEXT], clusters[NUMBER_TEXT], rows[NUMBER_TEXT];
} identity_text;

static void write_identity(const checkpoint_identity *is, identity_text *text)
{
    snprintf(text->seed, NUMBER_TEXT, "%" PRIu64, is->seed);
    snprintf(text->features, NUMBER_TEXT, "%" PRId64, is->features);
    snprintf(text->clusters, NUMBER_TEXT, "%" PRId32, is->clusters);
    snprintf(text->rows, NUMBER_TEXT, "%" PRId64, is->rows);
    const safetensors_meta pairs[IDENTITY] = {
        {"format", FORMAT},
        {"format_version", FORMAT_VERSION},
        {"cludi_version", cludi_version()},
        {"generator", STORED_GENERATOR},
        {"backend", is->be->ops.name},
        {"precision", backend_precision(is->be)},
        {"n_features", text->features},
        {"rows", text->rows},
        {"n_clusters", text->clusters},
        {"seed", text->seed},
    };
    memcpy(text->pairs, pairs, sizeof pairs);
}

/* ---- saving ---- */

static cludi_status write_state(const char *path, const checkpoint_identity *is, const checkpoint_state *state,
                                const char *config, cludi_error *error)
{
    identity_text text;
    safetensors_meta pairs[PAIRS];
    char digest[STORED_DIGEST], whole[STORED_DIGEST], number[STATE_NUMBERS][NUMBER_TEXT];
    write_identity(is, &text);
    memcpy(pairs, text.pairs, sizeof text.pairs);
    stored_digest_write(digest, state->digest);
    pairs[IDENTITY] = (safetensors_meta){"config", config};
    pairs[IDENTITY + 1] = (safetensors_meta){"digest", digest};
    for (int i = 0; i < STATE_NUMBERS; i++) {
        snprintf(number[i], NUMBER_TEXT, "%" PRId64, state->number[i]);
        pairs[IDENTITY + 2 + i] = (safetensors_meta){checkpoint_state_name((checkpoint_state_number)i), number[i]};
    }
    safetensors_array arrays[CHECKPOINT_MOST_ARRAYS];
    for (int i = 0; i < state->count; i++) {
        const checkpoint_array *array = &state->array[i];
        arrays[i] = (safetensors_array){array->name, 2, {(int64_t)array->kind, array->count}, array->data};
    }
    const safetensors_content content = {arrays, state->count, pairs, PAIRS};
    pairs[PAIRS - 1] = (safetensors_meta){CONTENT_DIGEST_KEY, whole};
    stored_digest_write(whole, content_digest_of(&content));
    return safetensors_write(path, &content, error);
}

cludi_status checkpoint_file_save(const char *path, const checkpoint_identity *identity, const checkpoint_state *state,
                                  cludi_error *error)
{
    strbuf config;
    strbuf_init(&config, state->allocator);
    stored_config_write(&config, identity->config);
    const cludi_status status =
        !config.failed ? write_state(path, identity, state, config.text, error) : error_memory(error, "a checkpoint");
    strbuf_clear(&config);
    return status;
}

/* ---- loading ---- */

typedef struct reader {
    safetensors_file file;
    const char *path;
    const checkpoint_identity *is;
    checkpoint_state *state;
    cludi_error *error;
} reader;

static cludi_status refuse(const reader *r, const char *what, const char *detail)
{
    return error_set(r->error, CLUDI_ERROR_FORMAT, "\"%s\" is not a checkpoint that this cludi can read: %s%s.",
                     r->path, what, detail);
}

static cludi_status refuse_other(const reader *r, const char *what, const char *its, const char *wanted)
{
    return error_set(r->error, CLUDI_ERROR_ARGUMENT,
                     "\"%s\" is the checkpoint of another training: its %s is %s, now %s was given.", r->path, what,
                     its, wanted);
}

static cludi_status check_config(const reader *r)
{
    cludi_config config;
    cludi_error why = {0};
    if (stored_config_read(safetensors_metadata(&r->file, "config"), &config, &why) != CLUDI_OK)
        return refuse(r, why.message, "");
    for (int32_t i = 0; i < config_table_count(); i++) {
        const cludi_param *param = config_table_get(i);
        char its[NUMBER_TEXT] = "", wanted[NUMBER_TEXT] = "";
        if (config_table_format(&config, param, its, sizeof its) != CLUDI_OK ||
            config_table_format(r->is->config, param, wanted, sizeof wanted) != CLUDI_OK || strcmp(its, wanted) != 0)
            return refuse_other(r, param->name, its, wanted);
    }
    return CLUDI_OK;
}

static cludi_status check_format(const reader *r)
{
    const char *format = safetensors_metadata(&r->file, "format");
    const char *version = safetensors_metadata(&r->file, "format_version");
    const char *writer = safetensors_metadata(&r->file, "cludi_version");
    if (!format || strcmp(format, FORMAT) != 0)
        return refuse(r, "it is a safetensors file of something else", "");
    if (version && strcmp(version, FORMAT_VERSION) == 0)
        return CLUDI_OK;
    return error_set(r->error, CLUDI_ERROR_FORMAT,
                     "\"%s\" is a checkpoint of format version %s, by cludi %s; this cludi, %s, continues only from "
                     "version %s.",
                     r->path, version ? version : "unknown", writer ? writer : "unknown", cludi_version(),
                     FORMAT_VERSION);
}

/* Before anything of it is used: that a bit of it is another may show nowhere else. */
static cludi_status check_content(reader *r)
{
    uint64_t digest = 0, wanted = 0;
    TRY(content_digest_read(&r->file, &digest, r->error));
    if (!stored_digest_read(safetensors_metadata(&r->file, CONTENT_DIGEST_KEY), &wanted))
        return refuse(r, "its metadata has no valid ", CONTENT_DIGEST_KEY);
    return digest == wanted ? CLUDI_OK : refuse(r, "it is damaged, not what was written", "");
}

static cludi_status check_identity(const reader *r)
{
    identity_text wanted;
    write_identity(r->is, &wanted);
    for (int i = 0; i < IDENTITY; i++) {
        const char *its = safetensors_metadata(&r->file, wanted.pairs[i].key);
        if (!its)
            return refuse(r, "its metadata has no ", wanted.pairs[i].key);
        if (strcmp(its, wanted.pairs[i].value) != 0)
            return refuse_other(r, wanted.pairs[i].key, its, wanted.pairs[i].value);
    }
    return check_config(r);
}

static cludi_status read_numbers(const reader *r)
{
    char *end = NULL;
    if (!stored_digest_read(safetensors_metadata(&r->file, "digest"), &r->state->digest))
        return refuse(r, "its metadata has no valid ", "digest");
    for (int i = 0; i < STATE_NUMBERS; i++) {
        const char *name = checkpoint_state_name((checkpoint_state_number)i);
        const char *text = safetensors_metadata(&r->file, name);
        errno = 0;
        r->state->number[i] = text ? strtoll(text, &end, 10) : 0;
        if (!text || end == text || *end || errno)
            return refuse(r, "its metadata has no valid ", name);
    }
    return CLUDI_OK;
}

static cludi_status read_array(reader *r, const safetensors_entry *entry)
{
    const bool known = entry->rank == 2 && entry->shape[0] >= CHECKPOINT_FLOATS &&
                       entry->shape[0] <= CHECKPOINT_REALS && entry->shape[1] > 0 &&
                       strlen(entry->name) < CHECKPOINT_NAME;
    if (!known || r->file.count > CHECKPOINT_MOST_ARRAYS)
        return refuse(r, "its tensors are not those of a checkpoint", "");
    TRY(checkpoint_state_add(r->state, entry->name, (checkpoint_kind)entry->shape[0], entry->shape[1], r->error));
    float *data = r->state->array[r->state->count - 1].data;
    TRY(safetensors_read(&r->file, entry, data, r->error));
    for (int64_t i = 0; i < entry->count; i++)
        if (!isfinite(data[i]))
            return refuse(r, "NaN or infinity is in ", entry->name);
    return CLUDI_OK;
}

static cludi_status read_state(reader *r, const cludi_allocator *allocator)
{
    checkpoint_state *s = r->state;
    s->allocator = allocator;
    TRY(check_format(r));
    TRY(check_content(r));
    TRY(check_identity(r));
    TRY(read_numbers(r));
    for (int64_t i = 0; i < r->file.count; i++)
        TRY(read_array(r, &r->file.entries[i]));
    return CLUDI_OK;
}

cludi_status checkpoint_file_load(const char *path, const checkpoint_identity *identity, checkpoint_state *state,
                                  bool *found, cludi_error *error)
{
    struct stat there;
    reader r = {.path = path, .is = identity, .state = state, .error = error};
    *state = (checkpoint_state){0};
    *found = stat(path, &there) == 0 || errno != ENOENT;
    if (!*found)
        return CLUDI_OK;
    const cludi_allocator *allocator = &identity->be->allocator;
    cludi_status status = safetensors_open(path, allocator, &r.file, error);
    if (status == CLUDI_OK)
        status = read_state(&r, allocator);
    safetensors_close(&r.file);
    return status;
}
