#include "embed.h"

#include <stdlib.h>
#include <string.h>

#include <cludi/dataset.h>

#include "complain.h"

/* What is written at once; NULL where it is not wanted. */
typedef struct writers {
    cludi_writer *paths;
    cludi_writer *labels;
    cludi_writer *classes;
    cludi_writer *features;
} writers;

static int say(cludi_status status, const cludi_error *error)
{
    return status == CLUDI_OK ? EXIT_DONE : complain("%s", error->message);
}

static int begin(cludi_context *context, const char *path, cludi_array array, cludi_writer **writer)
{
    cludi_error error;
    return path ? say(cludi_writer_open(context, path, &array, writer, &error), &error) : EXIT_DONE;
}

static int begin_all(writers *to, cludi_context *context, const embed_paths *paths, const embed_partial *partial)
{
    const int64_t rows = partial->images - partial->skipped;
    const cludi_array text = {CLUDI_ARRAY_TEXT, 0, 1};
    const cludi_array matrix = {CLUDI_ARRAY_MATRIX, rows, partial->features};
    TRY(begin(context, paths->paths, text, &to->paths));
    TRY(begin(context, paths->labels, (cludi_array){CLUDI_ARRAY_LABELS, rows, 1}, &to->labels));
    TRY(begin(context, paths->classes, text, &to->classes));
    return begin(context, paths->features, matrix, &to->features);
}

/* One line: what would break it is escaped. */
static int append_line(cludi_writer *writer, const char *text)
{
    cludi_error error;
    size_t capacity = 4 * strlen(text) + 2;
    char *line = malloc(capacity);
    if (!line)
        return complain("Out of memory.");
    size_t length = cludi_text_escape(line, capacity, text);
    line[length++] = '\n';
    int code = say(cludi_writer_append(writer, line, (int64_t)length, &error), &error);
    free(line);
    return code;
}

static int append_image(const writers *to, const cludi_image_list *images, int64_t at, const float *features)
{
    cludi_error error;
    int32_t label = cludi_image_list_label(images, at);
    TRY(append_line(to->paths, cludi_image_list_path(images, at)));
    if (to->labels)
        TRY(say(cludi_writer_append(to->labels, &label, 1, &error), &error));
    return say(cludi_writer_append(to->features, features, 1, &error), &error);
}

static int append_all(const writers *to, const cludi_image_list *images, embed_partial *partial)
{
    TRY(embed_partial_rewind(partial));
    for (int32_t k = 0; to->classes && k < cludi_image_list_classes(images); k++)
        TRY(append_line(to->classes, cludi_image_list_class(images, k)));
    for (int64_t i = 0; i < partial->images; i++) {
        const float *features = NULL;
        TRY(embed_partial_read(partial, &features));
        if (features)
            TRY(append_image(to, images, i, features));
    }
    return EXIT_DONE;
}

int embed_output_write(cludi_context *context, const embed_paths *paths, const cludi_image_list *images,
                       embed_partial *partial)
{
    writers to = {0};
    cludi_error error;
    int code = begin_all(&to, context, paths, partial);
    if (code == EXIT_DONE)
        code = append_all(&to, images, partial);
    cludi_writer *const all[] = {to.paths, to.labels, to.classes, to.features};
    for (size_t i = 0; i < sizeof all / sizeof *all && code == EXIT_DONE; i++)
        code = all[i] ? say(cludi_writer_commit(all[i], &error), &error) : EXIT_DONE;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        cludi_writer_free(all[i]);
    return code;
}
