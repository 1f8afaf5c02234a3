/* A partition refined by the discriminant (src/discriminant): its labels, one a line, on stdout; rounds, scale and processor seconds on
   stderr. The rows are unit rows; the labels are the start.

   bench_discriminant --input ROWS --output START --clusters K [--threads N] [--backend NAME] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "discriminant.h"
#include "neighbors.h"
#include "rows.h"
#include "settings.h"

static cludi_error failure;

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
    settings s = {.backend = "auto", .precision = "f32", .threads = 1};
    backend be;
    cludi_dataset *data;
    cludi_labels start;
    neighbor_graph graph = {0};
    settings_read(&s, argc, argv);
    cludi_context *context = settings_open_context(&s);
    settings_open_backend(&s, &be);
    settings_must(cludi_dataset_read(context, s.input, &data, &failure), &failure);
    settings_must(cludi_labels_read(context, s.output, &start, &failure), &failure);
    const cludi_matrix X = cludi_dataset_get_matrix(data);
    const cludi_source rows = rows_of_matrix(&X);
    const neighbor_args wanted = {.be = &be, .X = &rows, .degree = 15, .exact_rows = NEIGHBOR_EXACT_ROWS};
    settings_must(neighbors_find(&wanted, &graph, &failure), &failure);
    const int64_t m = discriminant_landmarks(X.rows), K = s.clusters;
    float *values = settings_memory((size_t)(m * (X.cols + m + 1 + K) + K + 1), sizeof *values);
    const fitted_labels fitted = {1, settings_memory((size_t)X.rows, sizeof(int32_t)),
                                  settings_memory((size_t)X.rows, sizeof(float))};
    const double began = cpu_seconds();
    const discriminant_args args = {.be = &be, .X = &X, .graph = &graph, .clusters = s.clusters};
    settings_must(discriminant_fit(&args, start.data, &fitted, values, &failure), &failure);
    fprintf(stderr, "width %.4f, %.3f processor seconds\n",
            (double)*discriminant_bind(values, X.cols, m, s.clusters).width, cpu_seconds() - began);
    for (int64_t i = 0; i < X.rows; i++)
        printf("%d %.4f\n", fitted.cluster[i], (double)fitted.probability[i]);
    free(values);
    free(fitted.cluster);
    free(fitted.probability);
    neighbors_clear(&graph);
    backend_close(&be);
    cludi_dataset_free(data);
    cludi_labels_clear(context, &start);
    cludi_context_free(context);
    return 0;
}
