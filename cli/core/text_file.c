#define _GNU_SOURCE /* asprintf() */
#include "outputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cludi/dataset.h>

#include "complain.h"

enum { INDENT = 2 };

int text_file_write(cludi_context *context, const char *path, const char *text)
{
    cludi_error error;
    cludi_writer *writer = NULL;
    if (!text)
        return complain("Out of memory for \"%s\".", path);
    const cludi_array array = {.type = CLUDI_ARRAY_TEXT, .cols = 1};
    cludi_status status = cludi_writer_open(context, path, &array, &writer, &error);
    if (status == CLUDI_OK)
        status = cludi_writer_append(writer, text, (int64_t)strlen(text), &error);
    if (status == CLUDI_OK)
        status = cludi_writer_commit(writer, &error);
    cludi_writer_free(writer);
    return status == CLUDI_OK ? EXIT_DONE : complain_error(&error);
}

int text_file_write_json(cludi_context *context, const char *path, const json_t *value, int digits)
{
    char *dumped = value ? json_dumps(value, JSON_INDENT(INDENT) | JSON_REAL_PRECISION((size_t)digits)) : NULL;
    char *text = NULL;
    if (dumped && asprintf(&text, "%s\n", dumped) < 0)
        text = NULL;
    int code = text_file_write(context, path, text);
    free(text);
    free(dumped);
    return code;
}
