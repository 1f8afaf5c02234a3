/* Processor time of cludi_predict for one row at a time (n 384, K 50), with a model of one step: what a server pays for a
   question. One JSON object; each round is 1,000 calls.

   bench_one_row [--threads N] [--precision NAME] [--backend NAME] [--rows N] [--rounds N]   rows: of a call [1] */
#define _GNU_SOURCE /* CLOCK_PROCESS_CPUTIME_ID */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "rng.h"
#include "settings.h"

enum { MOST_ROUNDS = 64, TRAINING_ROWS = 256, CALLS = 1000 };

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static cludi_model *train(cludi_context *context, const float *data)
{
    cludi_model *model;
    cludi_error error = {0};
    cludi_config config;
    const cludi_matrix X = {data, TRAINING_ROWS, BENCH_FEATURES, BENCH_FEATURES};
    cludi_config_init(&config);
    config.method = CLUDI_METHOD_CLUDI;
    config.steps = 1;
    settings_must(cludi_fit(context, &X, BENCH_CLUSTERS, &config, &model, &error), &error);
    return model;
}

static void predict(cludi_context *context, const cludi_model *model, const float *data, int64_t rows)
{
    int32_t labels[TRAINING_ROWS];
    cludi_error error = {0};
    const cludi_matrix X = {data, rows, BENCH_FEATURES, BENCH_FEATURES};
    settings_must(cludi_predict(context, model, &X, NULL, &(cludi_prediction){.labels = labels}, &error), &error);
}

int main(int argc, char **argv)
{
    settings s = {.threads = 2, .rows = 1, .rounds = 5, .backend = "auto", .precision = "auto"};
    double seconds[MOST_ROUNDS];
    settings_read(&s, argc, argv);
    s.rounds = s.rounds < MOST_ROUNDS ? s.rounds : MOST_ROUNDS;
    const int64_t rows = s.rows < TRAINING_ROWS ? s.rows : TRAINING_ROWS;
    float *data = settings_memory(TRAINING_ROWS, BENCH_FEATURES * sizeof *data);
    for (int64_t i = 0; i < TRAINING_ROWS; i++)
        rng_normal((rng_stream){1, RNG_INIT, 0}, (uint64_t)i, data + i * BENCH_FEATURES, BENCH_FEATURES);
    cludi_context *context = settings_open_context(&s);
    cludi_model *model = train(context, data);
    predict(context, model, data, rows);
    for (int i = 0; i < s.rounds; i++) {
        const double before = processor_seconds();
        for (int64_t call = 0; call < CALLS; call++)
            predict(context, model, data + call % (TRAINING_ROWS - rows + 1) * BENCH_FEATURES, rows);
        seconds[i] = (processor_seconds() - before) / CALLS;
    }
    printf("{\"precision\": \"%s\", \"threads\": %d, \"rows\": %lld, ", cludi_context_precision(context), s.threads,
           (long long)rows);
    settings_print_list("processor_seconds", seconds, s.rounds);
    printf("}\n");
    cludi_model_free(model);
    cludi_context_free(context);
    free(data);
    return 0;
}
