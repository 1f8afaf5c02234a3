/* What the harnesses of formats share: everything that an array_format offers, done with one file. */
#ifndef TESTS_FUZZ_INPUT_ARRAY_H
#define TESTS_FUZZ_INPUT_ARRAY_H

#include "input_file.h"

#include <string.h>

#include "alloc.h"
#include "array_format.h"
#include "unzip.h"

/* Rows read by halves are those read at once. */
static inline void input_array_rows(array_file *array)
{
    const int64_t rows = array->info.shape[0], cols = array_cols(&array->info), half = rows / 2;
    float *all = input_memory(array->info.count, sizeof *all), *part = input_memory(array->info.count, sizeof *part);
    const bool whole = array->format->read_rows(array, 0, rows, all, NULL) == CLUDI_OK;
    bool parts = array->format->read_rows(array, half, rows - half, part + half * cols, NULL) == CLUDI_OK;
    if (half > 0)
        parts &= array->format->read_rows(array, 0, half, part, NULL) == CLUDI_OK;
    input_must(parts || !whole, "rows are read at once, but not in two halves");
    if (whole)
        input_must(memcmp(all, part, (size_t)array->info.count * sizeof *all) == 0, "rows differ by halves");
    free(part);
    free(all);
}

static inline void input_array_labels(array_file *array)
{
    const bool column = array->info.dimensions == 2 && array->info.shape[1] == 1;
    if (array->info.dimensions != 1 && !column)
        return;
    int32_t *labels = input_memory(array->info.count, sizeof *labels);
    (void)array->format->read_labels(array, labels, NULL);
    free(labels);
}

static inline void input_array_ids(array_file *array)
{
    enum { ROOM = 32 };
    for (int64_t row = array->info.shape[0] - 1; array->id_column && row >= 0; row -= row / 4 + 1) {
        char *text = input_memory(ROOM, 1);
        if (array->format->read_id(array, row, text, ROOM, NULL) == CLUDI_OK)
            input_must(memchr(text, '\0', ROOM) != NULL, "an id without an end");
        free(text);
    }
}

/* Names are as many as features, and each is a text. */
static inline void input_array_names(const array_file *array)
{
    const cludi_columns *columns = &array->columns;
    input_must(columns->count == 0 || columns->count == array_cols(&array->info), "another number of names");
    for (int64_t i = 0; i < columns->count; i++)
        input_must(strlen(columns->names[i]) < 2 * 512, "a name without an end");
    for (int64_t i = 0; i < columns->dropped_count; i++)
        input_must(strlen(columns->dropped[i]) < 2 * 512, "a name without an end");
}

/* Opens the file with a member and an id column, or NULL, and with options, or NULL, and reads all of it, unless it says
   that it is large. */
static inline void input_array_run_with(const array_format *format, const char *path, const char *member,
                                        const char *id, const cludi_dataset_options *options)
{
    const cludi_allocator allocator = alloc_system();
    strbuf notes;
    strbuf_init(&notes, &allocator);
    array_file array = {.member = member,
                        .id_column = id,
                        .allocator = &allocator,
                        .format = format,
                        .options = options,
                        .notes = options ? &notes : NULL};
    cludi_error error;
    if (in_file_open(&array.file, path, &error) != CLUDI_OK)
        return;
    if (!format->by_itself && unzip_attach(&array.file, &error) != CLUDI_OK) {
        in_file_close(&array.file);
        return;
    }
    if (format->open(&array, &error) == CLUDI_OK && array.info.dimensions > 0 && array.info.count > 0 &&
        array.info.count <= INPUT_MOST_NUMBERS) {
        input_array_labels(&array);
        if (!array.info.fortran || array.info.dimensions <= 2)
            input_array_rows(&array);
        input_array_ids(&array);
        input_array_names(&array);
        (void)format->is_sequential(&array);
        (void)format->name(&array);
    }
    if (array.state)
        format->close(&array);
    in_file_close(&array.file);
    strbuf_clear(&notes);
}

static inline void input_array_run(const array_format *format, const char *path, const char *member, const char *id)
{
    input_array_run_with(format, path, member, id, NULL);
}

#endif
