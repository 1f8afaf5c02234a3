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

static const char FORMAT[] = SAFETENSORS_CHECKPOINT, FORMAT_VERSION[] = "2";

enum { IDENTITY = 10, ARRAYS = 7, PAIRS = IDENTITY + 2 + STATE_NUMBERS + 1 };
static const double COARSE = 0x1p20; /* counts are kept as multiples of this and the rest: both exact in float32 */

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

typedef struct staging {
    const cludi_allocator *allocator;
    float *start, *probe, *counts[2];
} staging;

static float *widen(const cludi_allocator *allocator, const int32_t *from, int64_t count)
{
    float *to = alloc_array(allocator, count, sizeof *to);
    for (int64_t i = 0; to && i < count; i++)
        to[i] = (float)from[i];
    return to;
}

static float *split(const cludi_allocator *allocator, const double *counts, int64_t K)
{
    float *to = alloc_array(allocator, 2 * K, sizeof *to);
    for (int64_t k = 0; to && k < K; k++) {
        const double coarse = floor(counts[k] / COARSE);
        to[k] = (float)coarse;
        to[K + k] = (float)(counts[k] - coarse * COARSE);
    }
    return to;
}

static bool stage(staging *s, const checkpoint_state *state)
{
    s->allocator = state->allocator;
    s->start = state->start ? widen(s->allocator, state->start, state->start_rows) : NULL;
    s->probe = widen(s->allocator, state->probe, state->probe_rows);
    s->counts[0] = split(s->allocator, state->counts, state->clusters);
    s->counts[1] = split(s->allocator, state->last_counts, state->clusters);
    return (s->start || !state->start) && s->probe && s->counts[0] && s->counts[1];
}

static void unstage(staging *s)
{
    float *const arrays[] = {s->start, s->probe, s->counts[0], s->counts[1]};
    for (int i = 0; i < 4; i++)
        alloc_free(s->allocator, arrays[i]);
}

static cludi_status write_state(const char *path, const checkpoint_identity *is, const checkpoint_state *state,
                                const staging *s, const char *config, cludi_error *error)
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
    const safetensors_array arrays[ARRAYS] = {
        {"values", 1, {state->total, 0}, state->values},
        {"m", 1, {state->total, 0}, state->m},
        {"v", 1, {state->total, 0}, state->v},
        {"probe", 1, {state->probe_rows, 0}, s->probe},
        {"counts", 2, {2, state->clusters}, s->counts[0]},
        {"last_counts", 2, {2, state->clusters}, s->counts[1]},
        {"start", 1, {state->start_rows, 0}, s->start},
    };
    const safetensors_content content = {arrays, ARRAYS - (s->start == NULL), pairs, PAIRS};
    pairs[PAIRS - 1] = (safetensors_meta){CONTENT_DIGEST_KEY, whole};
    stored_digest_write(whole, content_digest_of(&content));
    return safetensors_write(path, &content, error);
}

cludi_status checkpoint_file_save(const char *path, const checkpoint_identity *identity, const checkpoint_state *state,
                                  cludi_error *error)
{
    staging s = {0};
    strbuf config;
    strbuf_init(&config, state->allocator);
    stored_config_write(&config, identity->config);
    const cludi_status status = stage(&s, state) && !config.failed
                                    ? write_state(path, identity, state, &s, config.text, error)
                                    : error_memory(error, "a checkpoint");
    unstage(&s);
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
    return error_set(
        r->error, CLUDI_ERROR_FORMAT,
        "\"%s\" is a checkpoint of format version %s, by cludi %s; this cludi, %s, goes on from version %s "
        "alone.",
        r->path, version ? version : "unknown", writer ? writer : "unknown", cludi_version(), FORMAT_VERSION);
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

/* The count of a tensor of this rank; -1 where there is none. */
static int64_t size_of(const reader *r, const char *name, int32_t rank)
{
    const safetensors_entry *entry = safetensors_find(&r->file, name);
    return entry && entry->rank == rank ? entry->count : -1;
}

static cludi_status read_sizes(const reader *r)
{
    checkpoint_state *s = r->state;
    const bool has_start = safetensors_find(&r->file, "start") != NULL;
    s->total = size_of(r, "values", 1);
    s->probe_rows = size_of(r, "probe", 1);
    s->clusters = r->is->clusters;
    s->start_rows = has_start ? size_of(r, "start", 1) : 0;
    if (s->total < 1 || size_of(r, "m", 1) != s->total || size_of(r, "v", 1) != s->total || s->probe_rows < 1 ||
        size_of(r, "counts", 2) != 2 * s->clusters || size_of(r, "last_counts", 2) != 2 * s->clusters ||
        (has_start && s->start_rows < 1) || r->file.count != ARRAYS - !has_start)
        return refuse(r, "its tensors are not those of a checkpoint", "");
    return CLUDI_OK;
}

static cludi_status read_tensor(reader *r, const char *name, float *out)
{
    return safetensors_read(&r->file, safetensors_find(&r->file, name), out, r->error);
}

static cludi_status read_floats(reader *r, const char *name, float *out)
{
    const cludi_status status = read_tensor(r, name, out);
    for (int64_t i = 0; status == CLUDI_OK && i < r->state->total; i++)
        if (!isfinite(out[i]))
            return refuse(r, "NaN or infinity is in ", name);
    return status;
}

/* Clusters, which were whole numbers. */
static cludi_status read_clusters(reader *r, const char *name, int32_t *out, int64_t count)
{
    float *room = alloc_array(r->state->allocator, count, sizeof *room);
    cludi_status status = room ? read_tensor(r, name, room) : error_memory(r->error, "a checkpoint");
    for (int64_t i = 0; status == CLUDI_OK && i < count; i++)
        if (room[i] >= 0 && room[i] < (float)r->state->clusters && floorf(room[i]) == room[i])
            out[i] = (int32_t)room[i];
        else
            status = refuse(r, "no cluster is in ", name);
    alloc_free(r->state->allocator, room);
    return status;
}

static cludi_status read_counts(reader *r, const char *name, double *out)
{
    const int64_t K = r->state->clusters;
    float *room = alloc_array(r->state->allocator, 2 * K, sizeof *room);
    const cludi_status status = room ? read_tensor(r, name, room) : error_memory(r->error, "a checkpoint");
    for (int64_t k = 0; status == CLUDI_OK && k < K; k++)
        out[k] = COARSE * (double)room[k] + (double)room[K + k];
    alloc_free(r->state->allocator, room);
    return status;
}

static cludi_status read_state(reader *r, const cludi_allocator *allocator)
{
    checkpoint_state *s = r->state;
    cludi_status status = check_format(r);
    if (status == CLUDI_OK)
        status = check_content(r);
    if (status == CLUDI_OK)
        status = check_identity(r);
    if (status == CLUDI_OK)
        status = read_numbers(r);
    if (status == CLUDI_OK)
        status = read_sizes(r);
    if (status == CLUDI_OK)
        status = checkpoint_state_allocate(s, allocator, r->error);
    if (status == CLUDI_OK)
        status = read_floats(r, "values", s->values);
    if (status == CLUDI_OK)
        status = read_floats(r, "m", s->m);
    if (status == CLUDI_OK)
        status = read_floats(r, "v", s->v);
    if (status == CLUDI_OK)
        status = read_clusters(r, "probe", s->probe, s->probe_rows);
    if (status == CLUDI_OK && s->start_rows > 0)
        status = read_clusters(r, "start", s->start, s->start_rows);
    if (status == CLUDI_OK)
        status = read_counts(r, "counts", s->counts);
    return status == CLUDI_OK ? read_counts(r, "last_counts", s->last_counts) : status;
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
