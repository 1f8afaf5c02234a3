#include "model_edit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "cmocka_all.h"
#include "content_digest.h"
#include "row_hash.h"

static const char *const KEYS[] = {"format",        "format_version",  "cludi_version",  "generator",     "seed",
                                   "n_features",    "n_clusters",      "config",         "rows",          "steps",
                                   "loss",          "clusters_in_use", "largest_share",  "confidence",    "rows_digest",
                                   "labels_digest", "labels_checked",  "weights_digest", "content_digest"},
                         *const MAYBE_KEYS[] = {"feature_names", "dropped_columns", "spaces"};

static char *keep_text(model_edit *edit, const char *text)
{
    char *copy = malloc(strlen(text) + 1);
    assert_non_null(copy);
    strcpy(copy, text);
    return edit->owned[edit->owned_count++] = copy;
}

static void read_array(model_edit *edit, safetensors_file *file, const safetensors_entry *entry)
{
    const int64_t i = edit->count++;
    float *values = malloc((size_t)(entry->count + 1) * sizeof *values);
    assert_non_null(values);
    assert_true(i < EDIT_MOST_ARRAYS && entry->rank <= 2);
    assert_int_equal(safetensors_read(file, entry, values, NULL), CLUDI_OK);
    edit->values[i] = values;
    edit->arrays[i] = (safetensors_array){
        keep_text(edit, entry->name), entry->rank, {entry->shape[0], entry->rank > 1 ? entry->shape[1] : 0}, values};
}

void model_edit_read(model_edit *edit, const char *path)
{
    const cludi_allocator allocator = alloc_system();
    safetensors_file file;
    *edit = (model_edit){0};
    assert_int_equal(safetensors_open(path, &allocator, &file, NULL), CLUDI_OK);
    for (int64_t i = 0; i < file.count; i++)
        read_array(edit, &file, &file.entries[i]);
    const size_t keys = sizeof KEYS / sizeof *KEYS, maybe_keys = sizeof MAYBE_KEYS / sizeof *MAYBE_KEYS;
    for (size_t i = 0; i < keys + maybe_keys; i++) {
        const char *key = i < keys ? KEYS[i] : MAYBE_KEYS[i - keys];
        const char *value = safetensors_metadata(&file, key);
        if (!value && i < keys)
            fail_msg("the model has no %s", key);
        if (value)
            edit->pairs[edit->pair_count++] = (safetensors_meta){key, keep_text(edit, value)};
    }
    safetensors_close(&file);
}

void model_edit_write(const model_edit *edit, const char *path)
{
    const safetensors_content content = {edit->arrays, edit->count, edit->pairs, edit->pair_count};
    cludi_error error;
    if (safetensors_write(path, &content, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
}

/* Of the numbers and of all the rest, as whoever forges a model would. */
void model_edit_sign(model_edit *edit)
{
    int64_t total = 0;
    float *all = NULL;
    char text[17];
    for (int64_t i = 0; i < edit->count; i++) {
        const safetensors_array *array = &edit->arrays[i];
        const int64_t count = array->shape[0] * (array->rank > 1 ? array->shape[1] : 1);
        all = realloc(all, (size_t)(total + count) * sizeof *all);
        assert_non_null(all);
        memcpy(all + total, array->data, (size_t)count * sizeof *all);
        total += count;
    }
    snprintf(text, sizeof text, "%016" PRIx64, row_hash(all, total));
    model_edit_pair(edit, "weights_digest")->value = keep_text(edit, text);
    free(all);
    const safetensors_content content = {edit->arrays, edit->count, edit->pairs, edit->pair_count};
    snprintf(text, sizeof text, "%016" PRIx64, content_digest_of(&content));
    model_edit_pair(edit, CONTENT_DIGEST_KEY)->value = keep_text(edit, text);
}

void model_edit_clear(model_edit *edit)
{
    for (int i = 0; i < EDIT_MOST_ARRAYS; i++)
        free(edit->values[i]);
    for (int i = 0; i < edit->owned_count; i++)
        free(edit->owned[i]);
    *edit = (model_edit){0};
}

safetensors_array *model_edit_array(model_edit *edit, const char *name)
{
    int64_t i = 0;
    while (i < edit->count && strcmp(edit->arrays[i].name, name) != 0)
        i++;
    if (i == edit->count)
        fail_msg("the model has no tensor %s", name);
    return &edit->arrays[i];
}

safetensors_meta *model_edit_pair(model_edit *edit, const char *key)
{
    int64_t i = 0;
    while (i < edit->pair_count && strcmp(edit->pairs[i].key, key) != 0)
        i++;
    if (i == edit->pair_count)
        fail_msg("the model has no %s", key);
    return &edit->pairs[i];
}

void model_edit_drop_array(model_edit *edit, const char *name)
{
    safetensors_array *array = model_edit_array(edit, name), *last = &edit->arrays[--edit->count];
    memmove(array, array + 1, (size_t)(last - array) * sizeof *array);
}

void model_edit_drop_pair(model_edit *edit, const char *key)
{
    safetensors_meta *pair = model_edit_pair(edit, key), *last = &edit->pairs[--edit->pair_count];
    memmove(pair, pair + 1, (size_t)(last - pair) * sizeof *pair);
}

void model_edit_replace(model_edit *edit, const char *key, const char *from, const char *to)
{
    safetensors_meta *pair = model_edit_pair(edit, key);
    const char *place = strstr(pair->value, from);
    if (!place)
        fail_msg("%s is not in %s", from, pair->value);
    const size_t size = strlen(pair->value) + strlen(to) + 1;
    char *text = malloc(size);
    assert_non_null(text);
    snprintf(text, size, "%.*s%s%s", (int)(place - pair->value), pair->value, to, place + strlen(from));
    edit->owned[edit->owned_count++] = text;
    pair->value = text;
}
