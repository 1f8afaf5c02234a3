#include "row_input.h"

#include <inttypes.h>
#include <stdio.h>

#include <cludi/vision.h>

#include "complain.h"

/* Of the weights of an encoder another command makes rows. */
static int complain_file(const row_input *input, cludi_context *context, const cludi_error *error)
{
    cludi_encoder_info info = {.struct_size = sizeof info};
    if (error->status == CLUDI_ERROR_FORMAT && cludi_encoder_describe(context, input->path, &info, NULL) == CLUDI_OK) {
        return complain("\"%s\" holds the weights of an encoder, no rows; of images, 'cludi embed \"%s\" PATH... -o "
                        "features.npy' makes them.",
                        input->path, input->path);
    }
    return complain_error(error);
}

static int take(row_input *input, cludi_context *context, cludi_status status, const cludi_error *error)
{
    if (status != CLUDI_OK) {
        return complain_file(input, context, error);
    }
    input->rows = cludi_dataset_get_source(input->dataset);
    return EXIT_DONE;
}

static int open_rows(row_input *input, cludi_context *context, int in_memory)
{
    cludi_error error;
    cludi_dataset_options options;
    cludi_dataset_options_init(&options);
    options.in_memory = in_memory;
    options.id_column = input->id_column;
    return take(input, context, cludi_dataset_open_with(context, input->path, &options, &input->dataset, &error),
                &error);
}

int row_input_open(row_input *input, cludi_context *context, const char *path, const char *id_column)
{
    *input = (row_input){.path = path, .id_column = id_column};
    return open_rows(input, context, 0);
}

static int read_whole(row_input *input, cludi_context *context)
{
    row_input_close(input);
    return open_rows(input, context, 1);
}

int row_input_choose(const row_input *input, uint64_t memory, int *from_file)
{
    const cludi_source *rows = &input->rows;
    *from_file = (uint64_t)rows->rows > memory / sizeof(float) / (uint64_t)rows->cols;
    if (!*from_file || !rows->sequential) {
        return EXIT_DONE;
    }
    return complain(
        "\"%s\" has %" PRId64 " rows of %" PRId64 " numbers, which take more than the %" PRIu64
        " bytes of --memory, and cannot be read in random order: unpack it if it is a .gz or deflated, save it in "
        "C order if it is in Fortran order, or give a larger --memory.",
        input->path, rows->rows, rows->cols, memory);
}

int row_input_open_within(row_input *input, cludi_context *context, uint64_t memory, int *from_file)
{
    *from_file = 0;
    int code = row_input_open(input, context, input->path, input->id_column);
    if (code == EXIT_DONE) {
        code = row_input_choose(input, memory, from_file);
    }
    return code == EXIT_DONE && !*from_file ? read_whole(input, context) : code;
}

void row_input_close(row_input *input)
{
    cludi_dataset_free(input->dataset);
    input->dataset = NULL;
}
