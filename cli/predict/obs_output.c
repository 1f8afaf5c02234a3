#include "answers.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <cludi/cludi.h>

#include "child_process.h"
#include "complain.h"
#include "facts.h"
#include "json_out.h"
#include "outputs.h"

bool obs_output_is_meant(const char *path)
{
    return out_ending_is(path, ".h5ad");
}

/* As scanpy keeps its own: what the model was trained with under params. NULL without memory. */
static char *write_parameters(const obs_origin *origin)
{
    const cludi_config *config = &origin->model->config;
    const cludi_predict_options *settings = origin->settings;
    json_t *params = file_facts_parameters(config);
    json_out_add(&params, "clusters", json_integer(origin->model->clusters));
    json_out_add(&params, "seed", json_out_unsigned(origin->model->seed));
    json_t *predict =
        json_pack("{s:i, s:i, s:b, s:o}", "draws", (int)(settings->draws ? settings->draws : config->draws),
                  "denoise_steps", (int)(settings->denoise_steps ? settings->denoise_steps : config->denoise_steps),
                  "adaptive", (int)settings->adaptive, "seed", json_out_unsigned(origin->seed));
    json_t *root = json_pack("{s:s}", "version", cludi_version());
    json_out_add(&root, "params", params);
    json_out_add(&root, "predict", predict);
    char *text = root ? json_dumps(root, JSON_COMPACT) : NULL;
    json_decref(root);
    return text;
}

static cludi_h5ad_columns get_columns(const obs_output *output)
{
    return (cludi_h5ad_columns){.labels = output->labels,
                                .confidence = output->confidence,
                                .rows = output->capacity,
                                .clusters = output->clusters,
                                .name = output->names.obs,
                                .obsm = output->names.obsm,
                                .probabilities = output->probabilities,
                                .parameters = output->parameters};
}

static int make_room(obs_output *output, int64_t rows, const obs_names *names, const obs_origin *origin)
{
    const size_t clusters = (size_t)origin->model->clusters;
    *output = (obs_output){.capacity = rows, .clusters = origin->model->clusters, .names = *names};
    output->labels = calloc((size_t)rows, sizeof *output->labels);
    output->confidence = calloc((size_t)rows, sizeof *output->confidence);
    output->parameters = write_parameters(origin);
    if (names->obsm && (size_t)rows <= SIZE_MAX / sizeof(float) / clusters)
        output->probabilities = calloc((size_t)rows * clusters, sizeof(float));
    bool complete = output->labels && output->confidence && output->parameters;
    if (complete && (output->probabilities || !names->obsm))
        return EXIT_DONE;
    return complain("Out of memory for the labels of %" PRId64 " rows.", rows);
}

int obs_output_begin(obs_output *output, cludi_context *context, const char *source, int64_t rows,
                     const obs_names *names, const obs_origin *origin)
{
    cludi_error error;
    int code = make_room(output, rows, names, origin);
    const cludi_h5ad_columns columns = get_columns(output);
    if (code == EXIT_DONE && cludi_h5ad_check(context, source, &columns, &error) != CLUDI_OK)
        return complain_error(&error);
    return code;
}

void obs_output_append(obs_output *output, const cludi_prediction *block, int64_t rows)
{
    const size_t clusters = (size_t)output->clusters;
    for (int64_t i = 0; i < rows && output->rows < output->capacity; i++) {
        const float *from = block->probabilities + (size_t)i * clusters;
        output->labels[output->rows] = block->labels[i];
        output->confidence[output->rows] = from[block->labels[i]];
        if (output->probabilities)
            memcpy(output->probabilities + (size_t)output->rows * clusters, from, clusters * sizeof *from);
        output->rows++;
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
    if (cludi_writer_open(request->context, request->path, &any, &writer, NULL) == CLUDI_OK)
        cludi_writer_free(writer);
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
    copy_request request = {.context = context, .source = source, .path = path, .columns = get_columns(output)};
    const int64_t numbers = output->probabilities ? output->clusters + 2 : 2;
    if (cludi_file_describe(context, source, &info, &error) != CLUDI_OK)
        return complain_error(&error);
    return write_apart(&request, info.bytes + 4 * numbers * output->rows);
}

void obs_output_clear(obs_output *output)
{
    free(output->probabilities);
    free(output->parameters);
    free(output->confidence);
    free(output->labels);
    *output = (obs_output){0};
}
