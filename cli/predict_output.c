#include "predict_output.h"

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

int predict_output_open(predict_output *output, cludi_context *context, const predict_paths *paths, int64_t rows,
                        const cludi_model_info *info)
{
    *output = (predict_output){.context = context, .paths = paths};
    int code = begin(&output->proba, context, paths->proba, (cludi_array){CLUDI_ARRAY_MATRIX, rows, info->clusters});
    if (code == EXIT_DONE) {
        code = begin(&output->embedding, context, paths->embedding,
                     (cludi_array){CLUDI_ARRAY_MATRIX, rows, info->config.d});
    }
    if (code == EXIT_DONE && obs_output_is_meant(paths->labels)) {
        return obs_output_begin(&output->obs, rows, info->clusters);
    }
    if (code == EXIT_DONE) {
        code = begin(&output->labels, context, paths->labels, (cludi_array){CLUDI_ARRAY_LABELS, rows, 1});
    }
    return code;
}

static int append(cludi_writer *writer, const void *data, int64_t rows)
{
    cludi_error error;
    return writer ? say(cludi_writer_append(writer, data, rows, &error), &error) : EXIT_DONE;
}

int predict_output_append(predict_output *output, const cludi_prediction *block, int64_t rows)
{
    int code = append(output->proba, block->probabilities, rows);
    obs_output_append(&output->obs, block, rows);
    if (code == EXIT_DONE) {
        code = append(output->embedding, block->embedding, rows);
    }
    return code == EXIT_DONE ? append(output->labels, block->labels, rows) : code;
}

int predict_output_commit(predict_output *output)
{
    cludi_error error;
    cludi_writer *const writers[] = {output->proba, output->embedding, output->labels};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        if (writers[i] && cludi_writer_commit(writers[i], &error) != CLUDI_OK) {
            return complain("%s", error.message);
        }
    }
    const predict_paths *paths = output->paths;
    return output->obs.labels ? obs_output_commit(&output->obs, output->context, paths->source, paths->labels)
                              : EXIT_DONE;
}

void predict_output_close(predict_output *output)
{
    obs_output_clear(&output->obs);
    cludi_writer_free(output->labels);
    cludi_writer_free(output->embedding);
    cludi_writer_free(output->proba);
    *output = (predict_output){0};
}
