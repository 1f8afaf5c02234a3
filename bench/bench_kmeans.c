/* Seconds and result of k-means (src/kmeans) on the rows of a file, the same --rounds times. One JSON object.

   bench_kmeans --input FILE [--output LABELS.npy] [--clusters K] [--starts N] [--seed N] [--threads N] [--backend NAME]
                [--rounds N] */
#include <stdio.h>
#include <stdlib.h>

#include "kmeans.h"
#include "message.h"
#include "settings.h"

enum { MOST_ROUNDS = 64, LLOYD_ROUNDS = 300 };

static void write_labels(const settings *s, cludi_context *context, const kmeans_result *result, int64_t rows)
{
    const cludi_array array = {CLUDI_ARRAY_LABELS, rows, 1};
    cludi_error error = {0};
    cludi_writer *writer;
    settings_must(cludi_writer_open(context, s->output, &array, &writer, &error), &error);
    settings_must(cludi_writer_append(writer, result->labels, rows, &error), &error);
    settings_must(cludi_writer_commit(writer, &error), &error);
    cludi_writer_free(writer);
}

static void print_result(const kmeans_result *result, const double *seconds, int count)
{
    printf("{\"inertia\": %.9g, \"lloyd_rounds\": %d, \"empty_repaired\": %d, ", result->inertia, (int)result->rounds,
           (int)result->empty_repaired);
    settings_print_list("seconds", seconds, count);
    printf("}\n");
}

int main(int argc, char **argv)
{
    settings s = {
        .threads = 2, .rounds = 1, .backend = "auto", .precision = "f32", .clusters = BENCH_CLUSTERS, .starts = 10};
    double seconds[MOST_ROUNDS];
    backend be;
    cludi_error error = {0};
    cludi_dataset *data;
    kmeans_result result = {0};
    settings_read(&s, argc, argv);
    settings_open_backend(&s, &be);
    cludi_context *context = settings_open_context(&s);
    settings_must(cludi_dataset_read(context, s.input, &data, &error), &error);
    const cludi_source X = cludi_dataset_get_source(data);
    const kmeans_args args = {.be = &be,
                              .X = &X,
                              .clusters = s.clusters,
                              .starts = s.starts,
                              .rounds = LLOYD_ROUNDS,
                              .tolerance = 1e-4,
                              .seed = (uint64_t)s.seed};
    for (int i = 0; i < s.rounds && i < MOST_ROUNDS; i++) {
        kmeans_result_clear(&result);
        const double started = message_seconds();
        settings_must(kmeans_run(&args, &result, &error), &error);
        seconds[i] = message_seconds() - started;
    }
    print_result(&result, seconds, s.rounds < MOST_ROUNDS ? s.rounds : MOST_ROUNDS);
    if (s.output)
        write_labels(&s, context, &result, X.rows);
    kmeans_result_clear(&result);
    cludi_dataset_free(data);
    cludi_context_free(context);
    backend_close(&be);
    return 0;
}
