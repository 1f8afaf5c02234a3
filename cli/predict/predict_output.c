#include "answers.h"

#include "complain.h"

static int say(cludi_status status, const cludi_error *error)
{
    return status == CLUDI_OK ? EXIT_DONE : complain("%s", error->message);
}

static int begin(cludi_writer **writer, cludi_context *context, const char *path, cludi_array array)
{
    cludi_error error;
    return path ? say(cludi_writer_open(context, path, &array, writer, &error), &error) : EXIT_DONE;
}

bool predict_output_wants_proba(const predict_paths *paths)
{
    return paths->proba || csv_out_is_meant(paths->labels) || obs_output_is_meant(paths->labels);
}

static int begin_proba(predict_output *output, cludi_context *context, const char *path, int64_t rows, int32_t clusters)
{
    output->proba_csv = csv_out_is_meant(path);
    return output->proba_csv
               ? csv_out_open_proba(&output->proba, context, path, clusters)
               : begin(&output->proba.writer, context, path, (cludi_array){CLUDI_ARRAY_MATRIX, rows, clusters});
}

static int begin_labels(predict_output *output, cludi_context *context, const char *path, const row_input *input,
                        int32_t clusters)
{
    output->labels_csv = csv_out_is_meant(path);
    return output->labels_csv
               ? csv_out_open_labels(&output->labels, context, path, input->dataset, clusters)
               : begin(&output->labels.writer, context, path, (cludi_array){CLUDI_ARRAY_LABELS, input->rows.rows, 1});
}

int predict_output_open(predict_output *output, cludi_context *context, const predict_paths *paths,
                        const row_input *input, const obs_origin *origin)
{
    const cludi_model_info *info = origin->model;
    int64_t rows = input->rows.rows;
    *output = (predict_output){.context = context, .input = input, .path = paths->labels};
    TRY(begin_proba(output, context, paths->proba, rows, info->clusters));
    TRY(begin(&output->embedding, context, paths->embedding,
              (cludi_array){CLUDI_ARRAY_MATRIX, rows, info->config.embedding_dim}));
    if (obs_output_is_meant(paths->labels))
        return obs_output_begin(&output->obs, context, input->path, rows, &paths->names, origin);
    return begin_labels(output, context, paths->labels, input, info->clusters);
}

static int append(cludi_writer *writer, const void *data, int64_t rows)
{
    cludi_error error;
    return writer ? say(cludi_writer_append(writer, data, rows, &error), &error) : EXIT_DONE;
}

int predict_output_append(predict_output *output, const cludi_prediction *block, int64_t rows)
{
    int code = output->proba_csv ? csv_out_append_proba(&output->proba, block->probabilities, rows)
                                 : append(output->proba.writer, block->probabilities, rows);
    if (code == EXIT_DONE)
        code = append(output->embedding, block->embedding, rows);
    if (code != EXIT_DONE)
        return code;
    if (output->obs.labels) {
        obs_output_append(&output->obs, block, rows);
        return EXIT_DONE;
    }
    return output->labels_csv ? csv_out_append_labels(&output->labels, block, rows)
                              : append(output->labels.writer, block->labels, rows);
}

int predict_output_commit(predict_output *output)
{
    cludi_error error;
    cludi_writer *const writers[] = {output->proba.writer, output->embedding, output->labels.writer};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
        if (writers[i] && cludi_writer_commit(writers[i], &error) != CLUDI_OK)
            return complain_error(&error);
    return output->obs.labels ? obs_output_commit(&output->obs, output->context, output->input->path, output->path)
                              : EXIT_DONE;
}

void predict_output_close(predict_output *output)
{
    obs_output_clear(&output->obs);
    cludi_writer_free(output->labels.writer);
    cludi_writer_free(output->embedding);
    cludi_writer_free(output->proba.writer);
    *output = (predict_output){0};
}
