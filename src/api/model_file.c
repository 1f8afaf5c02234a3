#include "model_file.h"

#include <cludi/cludi.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "config_table.h"
#include "content_digest.h"
#include "error.h"
#include "number_text.h"
#include "row_hash.h"
#include "safetensors_array.h"
#include "stored_config.h"
#include "strbuf.h"

static const char FORMAT[] = SAFETENSORS_MODEL, FORMAT_VERSION[] = "3", OLD_FORMAT_VERSION[] = "2";

/* ---- saving ---- */

enum { PAIR_COUNT = 19, NAME_PAIRS = 2, SPACES_PAIR = 1 };

static const char *format_real(char text[NUMBER_TEXT], double value)
{
    number_text_format(text, value);
    return text;
}

static const char *format_int(char text[NUMBER_TEXT], int64_t value)
{
    snprintf(text, NUMBER_TEXT, "%" PRId64, value);
    return text;
}

static const char *format_digest(char text[NUMBER_TEXT], uint64_t digest)
{
    stored_digest_write(text, digest);
    return text;
}

/* Not the version that writes the file: equal rows, parameters and seeds give equal bytes until a version gives other numbers. That
 * one sets it to itself. */
static const char NUMBERS_SINCE[] = "0.1.0";

/* Of all values in their order. */
static uint64_t digest_weights(const cludi_model *model)
{
    return row_hash(model->values, model->total);
}

/* "384,768" */
static const char *format_spaces(char *text, size_t size, const feature_spaces *spaces)
{
    size_t used = 0;
    for (int32_t i = 0; i < spaces->count && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%" PRId64, i ? "," : "", spaces->width[i]);
    return text;
}

/* What of the metadata is text of any length. */
typedef struct long_values {
    strbuf config, names, dropped;
} long_values;

static cludi_status write_file(const cludi_model *model, const char *path, const long_values *texts,
                               safetensors_array *arrays, cludi_error *error)
{
    const cludi_model_info *info = &model->info;
    char number[13][NUMBER_TEXT], whole[STORED_DIGEST] = "";
    snprintf(number[0], NUMBER_TEXT, "%" PRIu64, info->seed);
    char spaces[INPUT_MOST_SPACES * NUMBER_TEXT] = "";
    safetensors_meta pairs[PAIR_COUNT + NAME_PAIRS + SPACES_PAIR] = {
        {"format", FORMAT},
        {"format_version", FORMAT_VERSION},
        {"cludi_version", NUMBERS_SINCE},
        {"generator", STORED_GENERATOR},
        {"seed", number[0]},
        {"n_features", format_int(number[1], info->features)},
        {"n_clusters", format_int(number[2], info->clusters)},
        {"config", texts->config.text},
        {"rows", format_int(number[3], info->rows)},
        {"steps", format_int(number[4], info->steps)},
        {"loss", format_real(number[5], info->loss)},
        {"clusters_in_use", format_int(number[6], info->clusters_in_use)},
        {"largest_share", format_real(number[7], info->largest_share)},
        {"confidence", format_real(number[8], info->confidence)},
        {"rows_digest", format_digest(number[9], model->check.rows)},
        {"labels_digest", format_digest(number[10], model->check.labels)},
        {"labels_checked", format_int(number[11], model->check.checked)},
        {"weights_digest", format_digest(number[12], digest_weights(model))},
        {CONTENT_DIGEST_KEY, whole},
        {"feature_names", texts->names.text},
        {"dropped_columns", texts->dropped.text},
    };
    const float *values = model->values;
    for (int i = 0; i < model->spec_count; i++) {
        const param_spec *spec = &model->specs[i];
        arrays[i] = spec->matrix ? (safetensors_array){spec->name, 2, {spec->rows, spec->cols}, values}
                                 : (safetensors_array){spec->name, 1, {spec->cols, 0}, values};
        values += spec->rows * spec->cols;
    }
    int pair_count = PAIR_COUNT + (model->columns.count > 0 ? NAME_PAIRS : 0);
    if (model->spaces.count > 1)
        pairs[pair_count++] = (safetensors_meta){"spaces", format_spaces(spaces, sizeof spaces, &model->spaces)};
    const safetensors_content content = {arrays, model->spec_count, pairs, pair_count};
    stored_digest_write(whole, content_digest_of(&content));
    return safetensors_write(path, &content, error);
}

cludi_status model_file_save(const cludi_model *model, const char *path, cludi_error *error)
{
    long_values texts;
    strbuf_init(&texts.config, &model->allocator);
    strbuf_init(&texts.names, &model->allocator);
    strbuf_init(&texts.dropped, &model->allocator);
    stored_config_write(&texts.config, &model->info.config);
    stored_names_write(&texts.names, model->columns.names, model->columns.count);
    stored_names_write(&texts.dropped, model->columns.dropped, model->columns.dropped_count);
    safetensors_array *arrays = alloc_array(&model->allocator, model->spec_count, sizeof *arrays);
    const bool failed = texts.config.failed || texts.names.failed || texts.dropped.failed;
    cludi_status status = arrays && !failed ? write_file(model, path, &texts, arrays, error)
                                            : error_memory(error, "the header of the model file");
    alloc_free(&model->allocator, arrays);
    strbuf_clear(&texts.dropped);
    strbuf_clear(&texts.names);
    strbuf_clear(&texts.config);
    return status;
}

/* ---- loading ---- */

typedef struct reader {
    safetensors_file file;
    const char *path;
    cludi_error *error;
} reader;

static cludi_status refuse(const reader *r, const char *what, const char *detail)
{
    return error_set(r->error, CLUDI_ERROR_FORMAT, "\"%s\" is not a model that this cludi can read: %s%s.", r->path,
                     what, detail);
}

/* A whole number between min >= 0 and max from the metadata: digits alone. */
static cludi_status read_int(const reader *r, const char *key, int64_t min, int64_t max, int64_t *out)
{
    const char *text = safetensors_metadata(&r->file, key);
    char *end = NULL;
    errno = 0;
    *out = text ? strtoll(text, &end, 10) : 0;
    if (!text || *text < '0' || *text > '9' || *end || errno || *out < min || *out > max)
        return refuse(r, "its metadata has no valid ", key);
    return CLUDI_OK;
}

/* The key of format version 3, or the one of version 2. */
static const char *pick_key(const reader *r, const char *key, const char *old_key)
{
    return safetensors_metadata(&r->file, key) || !safetensors_metadata(&r->file, old_key) ? key : old_key;
}

static cludi_status read_real(const reader *r, const char *key, double *out)
{
    const char *text = safetensors_metadata(&r->file, key);
    return text && number_text_parse(text, out) && isfinite(*out) ? CLUDI_OK
                                                                  : refuse(r, "its metadata has no valid ", key);
}

static cludi_status read_seed(const reader *r, uint64_t *out)
{
    const char *text = safetensors_metadata(&r->file, "seed");
    char *end = NULL;
    errno = 0;
    *out = text ? strtoull(text, &end, 10) : 0;
    return text && *text >= '0' && *text <= '9' && !*end && !errno ? CLUDI_OK
                                                                   : refuse(r, "its metadata has no valid ", "seed");
}

static cludi_status read_config(const reader *r, cludi_config *config)
{
    cludi_error why = {0};
    if (stored_config_read(safetensors_metadata(&r->file, "config"), config, &why) != CLUDI_OK)
        return refuse(r, why.message, "");
    return config->preprocessing == CLUDI_PREPROCESSING_AUTO ? refuse(r, "its preprocessing is \"auto\"", "")
                                                             : CLUDI_OK;
}

static cludi_status check_format(const reader *r)
{
    const char *format = safetensors_metadata(&r->file, "format");
    const char *version = safetensors_metadata(&r->file, "format_version");
    const char *generator = safetensors_metadata(&r->file, "generator");
    const char *own = safetensors_array_own(&r->file);
    if (!format || strcmp(format, FORMAT) != 0)
        return refuse(r, "it is ", own ? own : "a safetensors file of something else");
    if (!version || (strcmp(version, FORMAT_VERSION) != 0 && strcmp(version, OLD_FORMAT_VERSION) != 0))
        return refuse(r, "its format version is ", version ? version : "missing");
    if (!generator || strcmp(generator, STORED_GENERATOR) != 0)
        return refuse(r, "its random number generator is ", generator ? generator : "missing");
    return CLUDI_OK;
}

static cludi_status read_digest(const reader *r, const char *key, uint64_t *out)
{
    return stored_digest_read(safetensors_metadata(&r->file, key), out) ? CLUDI_OK
                                                                        : refuse(r, "its metadata has no valid ", key);
}

/* Names are not in every file. */
static cludi_status read_columns(const reader *r, cludi_model *model)
{
    cludi_error why = {0};
    const cludi_status status = stored_columns_read(safetensors_metadata(&r->file, "feature_names"),
                                                    safetensors_metadata(&r->file, "dropped_columns"),
                                                    &model->allocator, &model->columns, &why);
    if (status == CLUDI_ERROR_FORMAT)
        return refuse(r, why.message, "");
    if (status != CLUDI_OK)
        return error_set(r->error, status, "%s", why.message);
    const int64_t count = model->columns.count;
    return count == 0 || count == model->info.features ? CLUDI_OK
                                                       : refuse(r, "it has another number of feature_names", "");
}

static cludi_status read_check(const reader *r, model_check *check)
{
    TRY(read_digest(r, "rows_digest", &check->rows));
    TRY(read_digest(r, "labels_digest", &check->labels));
    return read_int(r, "labels_checked", 0, INT64_MAX, &check->checked);
}

static cludi_status check_weights(const reader *r, const cludi_model *model)
{
    uint64_t digest = 0;
    TRY(read_digest(r, "weights_digest", &digest));
    if (digest != digest_weights(model))
        return refuse(r, "its numbers are not those that were saved (weights_digest)", "");
    return CLUDI_OK;
}

/* Files of before have none. */
static cludi_status check_content(reader *r)
{
    uint64_t digest = 0, wanted = 0;
    const char *text = safetensors_metadata(&r->file, CONTENT_DIGEST_KEY);
    if (!text)
        return CLUDI_OK;
    TRY(content_digest_read(&r->file, &digest, r->error));
    if (!stored_digest_read(text, &wanted))
        return refuse(r, "its metadata has no valid ", CONTENT_DIGEST_KEY);
    return digest == wanted ? CLUDI_OK : refuse(r, "it is damaged, not what was saved (content_digest)", "");
}

static cludi_status read_facts(const reader *r, cludi_model_info *info)
{
    int64_t used = 0;
    cludi_status status = read_seed(r, &info->seed);
    if (status == CLUDI_OK)
        status = read_int(r, "steps", 0, INT64_MAX, &info->steps);
    if (status == CLUDI_OK)
        status = read_real(r, "loss", &info->loss);
    if (status == CLUDI_OK)
        status = read_int(r, "clusters_in_use", 0, info->clusters, &used);
    info->clusters_in_use = (int32_t)used;
    if (status == CLUDI_OK)
        status = read_real(r, "largest_share", &info->largest_share);
    if (status == CLUDI_OK && (info->largest_share < 0 || info->largest_share > 1))
        status = refuse(r, "its metadata has no valid ", "largest_share");
    if (status == CLUDI_OK)
        status = read_real(r, "confidence", &info->confidence);
    if (status == CLUDI_OK && (info->confidence < 0 || info->confidence > 1))
        status = refuse(r, "its metadata has no valid ", "confidence");
    return status;
}

static cludi_status check_tensor(const reader *r, const param_spec *spec, const safetensors_entry *entry)
{
    const int32_t rank = spec->matrix ? 2 : 1;
    if (!entry)
        return refuse(r, "it lacks the tensor ", spec->name);
    if (entry->rank != rank || entry->shape[0] != (spec->matrix ? spec->rows : spec->cols) ||
        entry->shape[rank - 1] != spec->cols)
        return refuse(r, "another shape is wanted for the tensor ", spec->name);
    return CLUDI_OK;
}

static cludi_status read_tensors(reader *r, cludi_model *model)
{
    float *values = model->values;
    for (int i = 0; i < model->spec_count; i++) {
        const param_spec *spec = &model->specs[i];
        const safetensors_entry *entry = safetensors_find(&r->file, spec->name);
        cludi_status status = check_tensor(r, spec, entry);
        if (status == CLUDI_OK)
            status = safetensors_read(&r->file, entry, values, r->error);
        if (status != CLUDI_OK)
            return status;
        values += spec->rows * spec->cols;
    }
    for (int64_t i = 0; i < model->total; i++)
        if (!isfinite(model->values[i]))
            return refuse(r, "its tensors hold NaN or infinity", "");
    return r->file.count == model->spec_count ? CLUDI_OK : refuse(r, "it has tensors that do not belong to it", "");
}

/* Not in every file: columns that are several spaces, which a method takes and the map keeps apart. */
static cludi_status read_spaces(const reader *r, const model_shape *shape, feature_spaces *spaces)
{
    const char *text = safetensors_metadata(&r->file, "spaces");
    char again[INPUT_MOST_SPACES * NUMBER_TEXT];
    int64_t columns = 0;
    for (const char *at = text; at && spaces->count < INPUT_MOST_SPACES; at = *at == ',' ? at + 1 : NULL) {
        char *end;
        const int64_t width = strtoll(at, &end, 10);
        at = end;
        columns += width > 0 && width <= shape->n ? width : shape->n + 1;
        spaces->width[spaces->count++] = width;
    }
    if (!text)
        return CLUDI_OK;
    const bool fits = spaces->count > 1 && columns == shape->n && method_of(shape->config)->has_spaces &&
                      shape->config->preprocessing != CLUDI_PREPROCESSING_COORDINATES &&
                      strcmp(format_spaces(again, sizeof again, spaces), text) == 0;
    return fits ? CLUDI_OK : refuse(r, "its metadata has no valid ", "spaces");
}

/* Shape first: nothing is allocated before the tensors are known to fit the file. */
static cludi_status read_model(reader *r, const cludi_allocator *allocator, cludi_model **model)
{
    cludi_config config;
    int64_t n = 0, K = 0;
    param_spec specs[MODEL_MOST_SPECS];
    cludi_status status = check_format(r);
    if (status == CLUDI_OK)
        status = read_config(r, &config);
    if (status == CLUDI_OK)
        status = read_int(r, pick_key(r, "n_features", "n"), 1, INT32_MAX, &n);
    if (status == CLUDI_OK)
        status = read_int(r, pick_key(r, "n_clusters", "K"), 2, 65536, &K);
    if (status != CLUDI_OK)
        return status;
    model_shape shape = {.n = n, .K = (int32_t)K, .config = &config};
    TRY(read_int(r, "rows", 1, INT64_MAX, &shape.rows));
    TRY(read_spaces(r, &shape, &shape.spaces));
    const int count = model_specs(specs, &shape);
    for (int i = 0; status == CLUDI_OK && i < count; i++)
        status = check_tensor(r, &specs[i], safetensors_find(&r->file, specs[i].name));
    if (status == CLUDI_OK)
        status = model_new(model, allocator, &shape, r->error);
    if (status == CLUDI_OK)
        (*model)->from_file = true;
    if (status == CLUDI_OK)
        status = read_facts(r, &(*model)->info);
    if (status == CLUDI_OK)
        status = read_check(r, &(*model)->check);
    if (status == CLUDI_OK)
        status = read_columns(r, *model);
    if (status == CLUDI_OK)
        status = read_tensors(r, *model);
    if (status == CLUDI_OK)
        status = check_weights(r, *model);
    return status == CLUDI_OK ? check_content(r) : status;
}

cludi_status model_file_load(cludi_model **model, const cludi_allocator *allocator, const char *path,
                             cludi_error *error)
{
    reader r = {.path = path, .error = error};
    *model = NULL;
    cludi_status status = safetensors_open(path, allocator, &r.file, error);
    if (status == CLUDI_OK)
        status = read_model(&r, allocator, model);
    safetensors_close(&r.file);
    if (status != CLUDI_OK) {
        model_free(*model);
        *model = NULL;
    }
    return status;
}
