/* fit DATA K LABELS.npy [METHOD]: clusters the rows of a file and writes the cluster of each row.
 * Build: cc fit.c $(pkg-config --cflags --libs cludi) */
#include <cludi/cludi.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    cludi_context *context = NULL;
    cludi_dataset *data = NULL;
    cludi_model *model = NULL;
    cludi_config config;
    cludi_matrix X = {0};
    cludi_prediction out = {0};
    cludi_error error = {CLUDI_ERROR_ARGUMENT, "usage: fit DATA K LABELS.npy [METHOD]"};

    cludi_config_init(&config);
    if (argc < 4 || (argc == 5 && cludi_config_set(&config, "method", argv[4], &error)) ||
        cludi_context_new(NULL, &context, &error) || cludi_dataset_read(context, argv[1], &data, &error))
        goto done;
    X = cludi_dataset_get_matrix(data);
    out.labels = calloc((size_t)X.rows, sizeof *out.labels);
    if (!cludi_fit(context, &X, atoi(argv[2]), &config, &model, &error) &&
        !cludi_predict(context, model, &X, NULL, &out, &error))
        error.status = cludi_labels_write(argv[3], out.labels, X.rows, &error);
done:
    if (error.status)
        fprintf(stderr, "%s\n", error.message);
    free(out.labels);
    cludi_model_free(model);
    cludi_dataset_free(data);
    cludi_context_free(context);
    return error.status != CLUDI_OK;
}
