#include "stored_config.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "column_names.h"
#include "config_table.h"
#include "error.h"
#include "number_text.h"

void stored_digest_write(char text[STORED_DIGEST], uint64_t digest)
{
    snprintf(text, STORED_DIGEST, "%016" PRIx64, digest);
}

bool stored_digest_read(const char *text, uint64_t *digest)
{
    const size_t letters = STORED_DIGEST - 1;
    if (!text || strlen(text) != letters || strspn(text, "0123456789abcdef") != letters)
        return false;
    *digest = strtoull(text, NULL, 16);
    return true;
}

void stored_config_write(strbuf *text, const cludi_config *config)
{
    for (int32_t i = 0; i < config_table_count(); i++) {
        const cludi_param *param = config_table_get(i);
        const char *quote = param->type == CLUDI_PARAM_CHOICE ? "\"" : "";
        char value[NUMBER_TEXT];
        if (config_table_format(config, param, value, sizeof value) != CLUDI_OK)
            text->failed = true;
        strbuf_printf(text, "%s\"%s\":%s%s%s", i ? "," : "{", param->name, quote, value, quote);
    }
    strbuf_printf(text, "}");
}

static cludi_status read_param(const cludi_param *param, const json_t *value, cludi_config *config, cludi_error *error)
{
    char number[NUMBER_TEXT];
    const char *text = json_string_value(value);
    if (!value)
        return error_set(error, CLUDI_ERROR_FORMAT, "its config lacks %s", param->name);
    if (json_is_number(value)) {
        number_text_format(number, json_number_value(value));
        text = number;
    }
    if (!text || config_table_set(config, param->name, text, NULL) != CLUDI_OK)
        return error_set(error, CLUDI_ERROR_FORMAT, "its config has no valid %s", param->name);
    return CLUDI_OK;
}

/* By its name, or by the one that it had in 0.1.0. */
static const json_t *find_value(const json_t *object, const cludi_param *param)
{
    const json_t *value = json_object_get(object, param->name);
    return value || !param->old_name ? value : json_object_get(object, param->old_name);
}

static cludi_status read_object(const json_t *object, cludi_config *config, cludi_error *error)
{
    cludi_error why = {0};
    if (!json_is_object(object))
        return error_set(error, CLUDI_ERROR_FORMAT, "its metadata has no valid config");
    for (int32_t i = 0; i < config_table_count(); i++) {
        const cludi_param *param = config_table_get(i);
        TRY(read_param(param, find_value(object, param), config, error));
    }
    if (json_object_size(object) != (size_t)config_table_count())
        return error_set(error, CLUDI_ERROR_FORMAT, "its config has parameters that this version does not know");
    return config_table_check(config, &why) == CLUDI_OK ? CLUDI_OK
                                                        : error_set(error, CLUDI_ERROR_FORMAT, "%s", why.message);
}

cludi_status stored_config_read(const char *text, cludi_config *config, cludi_error *error)
{
    json_t *object = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    config_table_defaults(config);
    const cludi_status status = read_object(object, config, error);
    json_decref(object);
    return status;
}

static int append_text(const char *text, size_t size, void *user)
{
    strbuf *to = user;
    strbuf_printf(to, "%.*s", (int)size, text);
    return to->failed ? -1 : 0;
}

void stored_names_write(strbuf *text, const char *const *names, int64_t count)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < count && array; i++)
        text->failed |= json_array_append_new(array, json_string(names[i])) != 0;
    text->failed |= !array || json_dump_callback(array, append_text, text, JSON_COMPACT) != 0;
    json_decref(array);
}

static bool has_texts(const json_t *array)
{
    bool all = json_is_array(array);
    for (size_t i = 0; i < json_array_size(array) && all; i++)
        all = json_is_string(json_array_get(array, i));
    return all;
}

static cludi_status copy_columns(const json_t *names, const json_t *dropped, const cludi_allocator *allocator,
                                 cludi_columns *out, cludi_error *error)
{
    const size_t count = json_array_size(names), others = json_array_size(dropped);
    const char **list = alloc_array(allocator, (int64_t)(count + others), sizeof *list);
    if (!list)
        return error_memory(error, "the names of the columns");
    for (size_t i = 0; i < count + others; i++)
        list[i] = json_string_value(i < count ? json_array_get(names, i) : json_array_get(dropped, i - count));
    const cludi_columns columns = {list, (int64_t)count, list + count, (int64_t)others};
    const cludi_status status = column_names_copy(out, allocator, &columns, error);
    alloc_free(allocator, list);
    return status;
}

cludi_status stored_columns_read(const char *names, const char *dropped, const cludi_allocator *allocator,
                                 cludi_columns *out, cludi_error *error)
{
    *out = (cludi_columns){0};
    if (!names)
        return CLUDI_OK;
    json_t *first = json_loads(names, 0, NULL), *second = dropped ? json_loads(dropped, 0, NULL) : json_array();
    const cludi_status status =
        has_texts(first) && has_texts(second)
            ? copy_columns(first, second, allocator, out, error)
            : error_set(error, CLUDI_ERROR_FORMAT, "its metadata has no valid feature_names and dropped_columns");
    json_decref(second);
    json_decref(first);
    return status;
}
