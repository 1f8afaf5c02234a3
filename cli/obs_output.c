#include "obs_output.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <cludi/dataset.h>

#include "child_process.h"
#include "complain.h"
#include "out_ending.h"

int obs_output_is_meant(const char *path)
{
    return out_ending_is(path, ".h5ad");
}

int obs_output_begin(obs_output *output, int64_t rows, int32_t clusters)
{
    *output = (obs_output){.capacity = rows, .clusters = clusters};
    output->labels = calloc((size_t)rows, sizeof *output->labels);
    output->confidence = calloc((size_t)rows, sizeof *output->confidence);
    if (output->labels && output->confidence) {
        return EXIT_DONE;
    }
    return complain("Out of memory for the labels of %" PRId64 " rows.", rows);
}

void obs_output_append(obs_output *output, const cludi_prediction *block, int64_t rows)
{
    for (int64_t i = 0; i < rows && output->rows < output->capacity; i++) {
        output->labels[output->rows] = block->labels[i];
        output->confidence[output->rows++] = block->probabilities[i * output->clusters + block->labels[i]];
    }
}

typedef struct copy_request {
    cludi_context *context;
    const char *source;
    const char *path;
    cludi_h5ad_columns columns;
} copy_request;

static cludi_status write_copy(void *user, cludi_error *error)
{
    const copy_request *request = user;
    return cludi_h5ad_write(request->context, request->source, request->path, &request->columns, error);
}

/* A writer begins with removing the temporary files that dead ones left. */
static void remove_unfinished(const copy_request *request)
{
    cludi_writer *writer;
    const cludi_array any = {CLUDI_ARRAY_LABELS, 1, 1};
    if (cludi_writer_open(request->context, request->path, &any, &writer, NULL) == CLUDI_OK) {
        cludi_writer_free(writer);
    }
}

/* libhdf5 1.10 can crash or go in circles when it edits a damaged file. */
static int write_apart(copy_request *request, int64_t bytes)
{
    cludi_error error;
    switch (child_process_run(write_copy, request, bytes, &error)) {
    case CHILD_DONE:
        return EXIT_DONE;
    case CHILD_FAILED:
        return complain_error(&error);
    case CHILD_CRASHED:
        remove_unfinished(request);
        return complain("\"%s\" is damaged: libhdf5 could not edit a copy of it.", request->source);
    case CHILD_KILLED:
        break;
    }
    remove_unfinished(request);
    return complain("Cannot write \"%s\": the process that wrote it was killed.", request->path);
}

int obs_output_commit(const obs_output *output, cludi_context *context, const char *source, const char *path)
{
    cludi_error error;
    cludi_file_info info;
    copy_request request = {
        context, source, path, {output->labels, output->confidence, output->rows, output->clusters}};
    if (cludi_file_describe(context, source, &info, &error) != CLUDI_OK) {
        return complain_error(&error);
    }
    return write_apart(&request, info.bytes + 8 * output->rows);
}

void obs_output_clear(obs_output *output)
{
    free(output->confidence);
    free(output->labels);
    *output = (obs_output){0};
}
