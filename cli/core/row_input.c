#include "rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cludi/vision.h>

#include "complain.h"
#include "words.h"

/* Of the weights of an encoder another command makes rows. */
static int complain_file(const row_input *input, cludi_context *context, const cludi_error *error)
{
    cludi_encoder_info info = {.struct_size = sizeof info};
    if (error->status == CLUDI_ERROR_FORMAT && cludi_encoder_describe(context, input->path, &info, NULL) == CLUDI_OK) {
        return complain("\"%s\" holds the weights of an encoder, not rows; 'cludi embed \"%s\" PATH... -o "
                        "features.npy' makes rows from images.",
                        input->path, input->path);
    }
    return complain_error(error);
}

static void set_options(const row_input *input, cludi_dataset_options *options)
{
    cludi_dataset_options_init(options);
    options->id_column = input->options.id_column;
    options->drop = input->options.drop;
    options->drop_count = input->options.drop_count;
    options->header = input->options.header;
    options->decimal_comma = input->options.decimal_comma;
    options->find_ids = !input->model;
}

/* The name of a column that somebody may have meant by what is not there; NULL: none, or it is there. */
static const char *find_near(const cludi_columns *columns, const char *name)
{
    const char *near = near_word_find(name, columns->names, (size_t)columns->count);
    return near && strcmp(near, name) != 0 ? near : NULL;
}

/* A file that could not be opened: opened again with all its columns, to see what a name was meant for.
   Returns 1 after a sentence. */
static int suggest(const row_input *input, cludi_context *context)
{
    cludi_dataset_options options;
    cludi_dataset *dataset = NULL;
    bool is_said = false;
    set_options(input, &options);
    options.id_column = NULL;
    options.drop_count = 0;
    options.find_ids = 0;
    if (cludi_dataset_open_with(context, input->path, &options, &dataset, NULL) != CLUDI_OK)
        return 0;
    const cludi_columns columns = cludi_dataset_get_columns(dataset);
    for (int i = -1; i < input->options.drop_count && !is_said; i++) {
        const char *name = i < 0 ? input->options.id_column : input->options.drop[i];
        const char *near = name ? find_near(&columns, name) : NULL;
        if (near) {
            complain("\"%s\" has no column \"%s\"; did you mean \"%s\"?", input->path, name, near);
            is_said = 1;
        }
    }
    cludi_dataset_free(dataset);
    return is_said;
}

static int refuse(const row_input *input, cludi_context *context, const cludi_error *error)
{
    bool names_columns = input->options.id_column || input->options.drop_count > 0;
    return error->status == CLUDI_ERROR_FORMAT && names_columns && strstr(error->message, "has no column \"") &&
                   suggest(input, context)
               ? EXIT_FAILED
               : complain_file(input, context, error);
}

static int join(row_input *input, cludi_context *context, bool in_memory)
{
    input->joined = (joined_rows){.first = input->path, .parts = {input->rows}};
    TRY(joined_rows_open(&input->joined, context, &input->options, in_memory));
    input->rows = joined_rows_source(&input->joined);
    return EXIT_DONE;
}

static int open_rows(row_input *input, cludi_context *context, bool in_memory)
{
    cludi_error error;
    cludi_dataset_options options;
    const cludi_columns columns = input->model ? cludi_model_get_columns(input->model) : (cludi_columns){0};
    set_options(input, &options);
    options.in_memory = in_memory;
    options.columns = &columns;
    if (cludi_dataset_open_with(context, input->path, &options, &input->dataset, &error) != CLUDI_OK)
        return refuse(input, context, &error);
    input->rows = cludi_dataset_get_source(input->dataset);
    return input->options.also_count > 0 ? join(input, context, in_memory) : EXIT_DONE;
}

static void print_notes(const row_input *input)
{
    const char *note = cludi_dataset_get_notes(input->dataset);
    for (size_t length; note && *note; note += length + 1) {
        length = strcspn(note, "\n");
        tell("%.*s", (int)length, note);
    }
}

int row_input_open(row_input *input, cludi_context *context)
{
    TRY(open_rows(input, context, false));
    print_notes(input);
    return EXIT_DONE;
}

/* With the notes that were printed. */
static int read_whole(row_input *input, cludi_context *context)
{
    row_input_close(input);
    return open_rows(input, context, 1);
}

int row_input_choose(const row_input *input, uint64_t memory, bool *from_file)
{
    const cludi_source *rows = &input->rows;
    *from_file = (uint64_t)rows->rows > memory / sizeof(float) / (uint64_t)rows->cols;
    if (!*from_file || !rows->sequential)
        return EXIT_DONE;
    return complain(
        "\"%s\" has %" PRId64 " rows of %" PRId64 " numbers, which take more than the %" PRIu64
        " bytes of --memory, and cannot be read in random order: unpack it if it is a .gz or deflated, save it in "
        "C order if it is in Fortran order, or give a larger --memory.",
        input->path, rows->rows, rows->cols, memory);
}

int row_input_open_within(row_input *input, cludi_context *context, uint64_t memory, bool *from_file)
{
    *from_file = false;
    TRY(row_input_open(input, context));
    TRY(row_input_choose(input, memory, from_file));
    return *from_file ? EXIT_DONE : read_whole(input, context);
}

void row_input_close(row_input *input)
{
    joined_rows_close(&input->joined);
    cludi_dataset_free(input->dataset);
    input->dataset = NULL;
}
