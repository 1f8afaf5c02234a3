#include "obs_output.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <cludi/dataset.h>

#include "complain.h"

int obs_output_is_meant(const char *path)
{
    static const char ENDING[] = ".h5ad";
    size_t length = strlen(path);
    return length >= sizeof ENDING - 1 && strcmp(path + length - (sizeof ENDING - 1), ENDING) == 0;
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

int obs_output_commit(const obs_output *output, cludi_context *context, const char *source, const char *path)
{
    cludi_error error;
    const cludi_h5ad_columns columns = {output->labels, output->confidence, output->rows, output->clusters};
    return cludi_h5ad_write(context, source, path, &columns, &error) == CLUDI_OK ? EXIT_DONE
                                                                                 : complain("%s", error.message);
}

void obs_output_clear(obs_output *output)
{
    free(output->confidence);
    free(output->labels);
    *output = (obs_output){0};
}
