/* Rows per second of cludi_predict on random rows in memory (n 384, K 50), with a model of one step. One JSON object.

   bench_predict [--threads N] [--precision NAME] [--backend NAME] [--rows N] [--rounds N] [--samples N]
                 [--denoise-steps N] */
#include <stdio.h>
#include <stdlib.h>

#include "message.h"
#include "rng.h"
#include "settings.h"

enum { MOST_ROUNDS = 64, TRAINING_ROWS = 256 };

typedef struct bench {
    settings s;
    cludi_context *context;
    cludi_model *model;
    cludi_matrix X;
    int32_t *labels;
} bench;

static double seconds_of(const bench *b, int64_t rows)
{
    cludi_error error = {0};
    cludi_predict_options options;
    const cludi_matrix part = {b->X.data, rows, b->X.cols, b->X.stride};
    cludi_predict_options_init(&options);
    if (b->s.draws > 0)
        options.draws = b->s.draws;
    if (b->s.denoise_steps > 0)
        options.denoise_steps = b->s.denoise_steps;
    const double started = message_seconds();
    settings_must(
        cludi_predict(b->context, b->model, &part, &options, &(cludi_prediction){.labels = b->labels}, &error), &error);
    return message_seconds() - started;
}

static float *random_rows(int64_t rows)
{
    float *data = settings_memory((size_t)rows, BENCH_FEATURES * sizeof *data);
    for (int64_t i = 0; i < rows; i++)
        rng_normal((rng_stream){1, RNG_INIT, 0}, (uint64_t)i, data + i * BENCH_FEATURES, BENCH_FEATURES);
    return data;
}

static cludi_model *train(const bench *b)
{
    cludi_model *model;
    cludi_error error = {0};
    cludi_config config;
    const cludi_matrix X = {b->X.data, TRAINING_ROWS, b->X.cols, b->X.stride};
    cludi_config_init(&config);
    config.method = CLUDI_METHOD_CLUDI;
    config.steps = 1;
    settings_must(cludi_fit(b->context, &X, BENCH_CLUSTERS, &config, &model, &error), &error);
    return model;
}

int main(int argc, char **argv)
{
    bench b = {.s = {.threads = 2, .rows = 65536, .rounds = 1, .backend = "auto", .precision = "auto"}};
    double seconds[MOST_ROUNDS];
    settings_read(&b.s, argc, argv);
    const int64_t rows = b.s.rows > TRAINING_ROWS ? b.s.rows : TRAINING_ROWS;
    float *data = random_rows(rows);
    b.context = settings_open_context(&b.s);
    b.X = (cludi_matrix){data, rows, BENCH_FEATURES, BENCH_FEATURES};
    b.labels = settings_memory((size_t)rows, sizeof *b.labels);
    b.model = train(&b);
    b.s.rounds = b.s.rounds < MOST_ROUNDS ? b.s.rounds : MOST_ROUNDS;
    (void)seconds_of(&b, TRAINING_ROWS);
    for (int i = 0; i < b.s.rounds; i++)
        seconds[i] = seconds_of(&b, rows);
    printf("{\"precision\": \"%s\", \"threads\": %d, \"rows\": %lld, ", cludi_context_precision(b.context), b.s.threads,
           (long long)rows);
    settings_print_list("seconds", seconds, b.s.rounds);
    printf("}\n");
    cludi_model_free(b.model);
    cludi_context_free(b.context);
    free(b.labels);
    free(data);
    return 0;
}
