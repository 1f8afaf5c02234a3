/* Seconds per training step and rows per second of prediction, at the shapes of the oracle's own bench (n 384, K 50,
   defaults; prediction 8 samples x 25 steps), on random unit rows. One line per measurement: name value.

   bench_step [--threads N] [--backend NAME] [--steps N] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cludi/cludi.h>

#include "alloc.h"
#include "message.h"
#include "train_step.h"

enum { FEATURES = 384, CLUSTERS = 50, PREDICT_ROWS = 2048 };

typedef struct options {
    int threads, steps;
    const char *backend, *precision;
} options;

/* The ceiling of the same run: products of 1024 rows with a w x w weight that was prepared, nothing else. */
static double product_gflop_per_second(const options *o, const cludi_config *config)
{
    enum { ROUNDS = 5, REPEATS = 40 };
    const int64_t rows = (int64_t)config->N * config->B, w = config->w;
    cludi_allocator allocator = alloc_system();
    backend be;
    double best = 0;
    if (backend_open(&be, o->backend, o->precision, o->threads, &allocator, NULL) != CLUDI_OK)
        exit(1);
    tensor x = {be.ops.allocate(&be, (size_t)(rows * w) * be.ops.real_size), rows, w, false};
    tensor y = {be.ops.allocate(&be, (size_t)(rows * w) * be.ops.real_size), rows, w, false};
    tensor W = {be.ops.allocate(&be, (size_t)(w * w) * be.ops.real_size), w, w, false};
    if (!x.data || !y.data || !W.data)
        exit(1);
    be.ops.fill_normal(&be, x, (rng_stream){0, RNG_INIT, 1}, 0);
    be.ops.fill_normal(&be, W, (rng_stream){0, RNG_INIT, 2}, 0);
    be.ops.prepare(&be, &W, 1);
    for (int round = 0; round < ROUNDS; round++) {
        const double started = message_seconds();
        for (int i = 0; i < REPEATS; i++)
            be.ops.linear(&be, y, x, W, (tensor){0});
        const double rate = 2e-9 * REPEATS * (double)(rows * w * w) / (message_seconds() - started);
        best = rate > best ? rate : best;
    }
    be.ops.forget(&be, &W, 1);
    be.ops.release(&be, x.data);
    be.ops.release(&be, y.data);
    be.ops.release(&be, W.data);
    backend_close(&be);
    return best;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double seconds_per_step(const options *o, const cludi_config *config)
{
    cludi_allocator allocator = alloc_system();
    backend be;
    train_step *step = calloc(1, sizeof *step);
    param_spec specs[DENOISER_MAX_PARAMS];
    const int count = denoiser_specs(specs, FEATURES, CLUSTERS, config);
    phase_clock clock = {.running = 0};
    const train_shape shape = {.n = FEATURES, .K = CLUSTERS, .specs = specs, .count = count, .clock = &clock};
    float *flat = malloc((size_t)param_specs_total(specs, count) * sizeof *flat);
    train_loss loss;
    double seen[STEP_PHASES] = {0}, least[STEP_PHASES];
    for (int k = 0; k < STEP_PHASES; k++)
        least[k] = 1e9;
    double *times = calloc((size_t)o->steps, sizeof *times);
    if (!times || !step || !flat ||
        backend_open(&be, o->backend, o->precision, o->threads, &allocator, NULL) != CLUDI_OK ||
        train_step_init(step, &be, &shape, config, NULL) != CLUDI_OK)
        exit(1);
    param_specs_initialize(specs, count, 0, flat);
    param_set_copy_in(&step->params, HOST_F32, flat);
    be.ops.fill_normal(&be, step->x, (rng_stream){0, RNG_INIT, 1000}, 0);
    be.ops.unit_rows(&be, step->x, step->x, 1);
    for (int i = -3; i < o->steps; i++) {
        const double started = message_seconds();
        phase_clock_stop(&clock);
        for (int k = 0; k < STEP_PHASES; k++) {
            const double now = clock.total[k].wall - seen[k];
            if (i > 0 && now < least[k])
                least[k] = now;
            seen[k] = clock.total[k].wall;
        }
        train_noise_draw(step, 0, (uint32_t)(i + 3));
        if (train_step_gradient(step, &loss, NULL) != CLUDI_OK)
            exit(1);
        train_step_update(step, config->lr, i + 4);
        if (i >= 0)
            times[i] = message_seconds() - started;
    }
    qsort(times, (size_t)o->steps, sizeof *times, compare);
    const double seconds = times[o->steps / 2];
    fprintf(stderr, "least %.4f\n", times[0]);
    free(times);
    phase_clock_stop(&clock);
    for (step_phase phase = 0; phase < STEP_PHASES; phase++)
        fprintf(stderr, "%-9s least %7.3f ms %6.0f GF/s\n", step_cost_name(phase), 1e3 * least[phase],
                1e-9 * step_cost_flop(config, FEATURES, phase) / least[phase]);
    train_step_clear(step);
    backend_close(&be);
    free(step);
    free(flat);
    return seconds;
}

static double predicted_rows_per_second(const options *o, const cludi_config *config)
{
    cludi_context_options settings;
    cludi_context *context;
    cludi_model *model;
    cludi_predict_options predict;
    static float rows[PREDICT_ROWS * FEATURES];
    static int32_t labels[PREDICT_ROWS];
    const cludi_matrix X = {rows, PREDICT_ROWS, FEATURES, FEATURES};
    cludi_config short_fit = *config;
    short_fit.steps = 1;
    cludi_context_options_init(&settings);
    settings.threads = o->threads;
    settings.backend = o->backend;
    settings.precision = o->precision;
    cludi_predict_options_init(&predict);
    predict.samples = 8;
    predict.denoise_steps = 25;
    for (int i = 0; i < PREDICT_ROWS; i++)
        rng_normal((rng_stream){1, RNG_INIT, 0}, (uint64_t)i, rows + (size_t)i * FEATURES, FEATURES);
    if (cludi_context_new(&settings, &context, NULL) != CLUDI_OK ||
        cludi_fit(context, &X, CLUSTERS, &short_fit, &model, NULL) != CLUDI_OK)
        exit(1);
    const double started = message_seconds();
    if (cludi_predict(context, model, &X, &predict, &(cludi_prediction){.labels = labels}, NULL) != CLUDI_OK)
        exit(1);
    const double seconds = message_seconds() - started;
    cludi_model_free(model);
    cludi_context_free(context);
    return PREDICT_ROWS / seconds;
}

static double step_gflop(const cludi_config *config)
{
    double flop = 0;
    for (step_phase phase = 0; phase < STEP_PHASES; phase++)
        flop += step_cost_flop(config, FEATURES, phase);
    return 1e-9 * flop;
}

int main(int argc, char **argv)
{
    options o = {.threads = 2, .steps = 10, .backend = "auto", .precision = "auto"};
    cludi_config config;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--threads") == 0)
            o.threads = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--steps") == 0)
            o.steps = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--backend") == 0)
            o.backend = argv[i + 1];
        else if (strcmp(argv[i], "--precision") == 0)
            o.precision = argv[i + 1];
    }
    cludi_config_init(&config);
    const double ceiling = product_gflop_per_second(&o, &config), seconds = seconds_per_step(&o, &config);
    const double gflop = step_gflop(&config);
    printf("product_gflop_per_second %.0f\n", ceiling);
    printf("train_step_seconds %.4f\n", seconds);
    printf("train_step_gflop %.1f\n", gflop);
    printf("train_step_gflop_per_second %.0f\n", gflop / seconds);
    printf("train_step_over_ceiling %.2f\n", seconds * ceiling / gflop);
    printf("predict_rows_per_second %.1f\n", predicted_rows_per_second(&o, &config));
    return 0;
}
