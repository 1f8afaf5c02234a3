/* Training steps of the default configuration (n 384, K 50), each timed by phase, with the rates of their products alone
   measured between them. One JSON object on stdout; the numbers are raw, bench.py takes the medians.

   bench_step [--threads N] [--precision NAME] [--backend NAME] [--steps N] [--rounds N] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "product_rates.h"
#include "settings.h"
#include "step.h"

enum { WARM_UP = 3, MOST_ROUNDS = 64, BATCHES = 16 };

typedef struct bench {
    settings s;
    cludi_config config;
    backend be;
    train_step *step;
    phase_clock clock;
    float *rows; /* (BATCHES N, n) */
    step_product products[PRODUCT_RATES_MOST];
    int product_count, rounds; /* rounds done */
    double alone[PRODUCT_RATES_MOST][MOST_ROUNDS], plain[MOST_ROUNDS];
    double (*times)[STEP_PHASES]; /* (steps) seconds */
    int *coins;                   /* (steps) whether the student was conditioned on itself */
} bench;

static double step_flop(const cludi_config *config)
{
    double flop = 0;
    for (step_phase phase = 0; phase < STEP_PHASES; phase++)
        flop += step_cost_flop(config, BENCH_FEATURES, phase);
    return flop;
}

static void list_products(bench *b)
{
    double flop = 0;
    b->product_count = product_rates_list(b->products, &b->config, BENCH_FEATURES, b->step->teacher.block);
    for (int i = 0; i < b->product_count; i++)
        flop += b->products[i].flop;
    if (fabs(flop / step_flop(&b->config) - 1) > 1e-9)
        settings_must(CLUDI_ERROR_ARGUMENT, &(cludi_error){.message = "product_rates.c and cost.c disagree"});
}

static void begin(bench *b)
{
    cludi_error error = {0};
    param_spec specs[DENOISER_MAX_PARAMS];
    const int64_t numbers = (int64_t)BATCHES * b->config.batch_size * BENCH_FEATURES;
    const int count = denoiser_specs(specs, BENCH_FEATURES, BENCH_CLUSTERS, &b->config);
    const train_shape shape = {
        .n = BENCH_FEATURES, .K = BENCH_CLUSTERS, .specs = specs, .count = count, .clock = &b->clock};
    float *flat = settings_memory((size_t)param_specs_total(specs, count), sizeof *flat);
    b->step = settings_memory(1, sizeof *b->step);
    b->rows = settings_memory((size_t)numbers, sizeof *b->rows);
    b->times = settings_memory((size_t)b->s.steps + 1, sizeof *b->times);
    b->coins = settings_memory((size_t)b->s.steps + 1, sizeof *b->coins);
    settings_must(train_step_init(b->step, &b->be, &shape, &b->config, &error), &error);
    param_specs_initialize(&b->be, specs, count, 0, flat);
    param_set_copy_in(&b->step->params, HOST_F32, flat);
    rng_normal((rng_stream){0, RNG_INIT, 1000}, 0, b->rows, numbers);
    list_products(b);
    free(flat);
}

static void measure_products(bench *b)
{
    for (int i = 0; i < b->product_count; i++)
        b->alone[i][b->rounds] = product_rates_alone(&b->be, &b->products[i]);
    b->plain[b->rounds++] = product_rates_plain(&b->be);
}

/* As fit_loop.c does it, but for rows that a file would have to give. */
static void one_step(bench *b, int number)
{
    cludi_error error = {0};
    train_loss loss;
    double counts[BENCH_CLUSTERS];
    train_step *s = b->step;
    phase_clock_start(&b->clock, STEP_DATA);
    b->be.ops.copy_in(&b->be, s->x, HOST_F32, b->rows + (number % BATCHES) * s->N * BENCH_FEATURES);
    b->be.ops.unit_rows(&b->be, s->x, s->x, 1);
    train_step_same_views(s);
    train_noise_draw(s, 0, (uint32_t)number);
    settings_must(train_step_gradient(s, &loss, &error), &error);
    train_step_update(s, b->config.lr, number + 1);
    train_step_count(s, counts);
    phase_clock_stop(&b->clock);
}

/* A round of products before every few steps; the step that follows it meets a cold cache and does not count. */
static void measure(bench *b)
{
    const int every = b->s.rounds > 0 ? (b->s.steps + b->s.rounds - 1) / b->s.rounds : b->s.steps + 1;
    int number = 0;
    while (number < WARM_UP)
        one_step(b, number++);
    for (int i = 0; i < b->s.steps; i++) {
        if (b->s.rounds > 0 && i % every == 0) {
            measure_products(b);
            one_step(b, number++);
        }
        phase_clock before = b->clock;
        one_step(b, number++);
        b->coins[i] = b->step->noise.self_condition;
        for (int k = 0; k < STEP_PHASES; k++)
            b->times[i][k] = b->clock.total[k].wall - before.total[k].wall;
    }
}

static void print_products(const bench *b)
{
    printf("\"products\": [");
    for (int i = 0; i < b->product_count; i++) {
        const step_product *p = &b->products[i];
        printf("%s{\"kind\": \"%s\", \"rows\": %lld, \"in\": %lld, \"out\": %lld, \"flop\": %.0f, ", i ? ", " : "",
               product_rates_name(p->kind), (long long)p->rows, (long long)p->in, (long long)p->out, p->flop);
        settings_print_list("flop_per_second", b->alone[i], b->rounds);
        printf("}");
    }
    printf("], ");
    settings_print_list("plain_flop_per_second", b->plain, b->rounds);
}

static void print(const bench *b)
{
    printf("{\"backend\": \"%s\", \"precision\": \"%s\", \"threads\": %d, \"self_condition\": %g, \"phases\": {",
           b->be.ops.name, backend_precision(&b->be), b->s.threads, b->config.self_condition);
    for (step_phase k = 0; k < STEP_PHASES; k++)
        printf("%s\"%s\": %.0f", k ? ", " : "", step_phase_name(k), step_cost_flop(&b->config, BENCH_FEATURES, k));
    printf("}, ");
    print_products(b);
    printf(", \"coins\": [");
    for (int i = 0; i < b->s.steps; i++)
        printf("%s%d", i ? ", " : "", b->coins[i]);
    printf("], \"times\": [");
    for (int i = 0; i < b->s.steps; i++) {
        printf("%s", i ? ", " : "");
        settings_print_list(NULL, b->times[i], STEP_PHASES);
    }
    printf("]}\n");
}

int main(int argc, char **argv)
{
    static bench b = {.s = {.threads = 2, .steps = 60, .rounds = 5, .backend = "auto", .precision = "auto"}};
    settings_read(&b.s, argc, argv);
    b.s.rounds = b.s.rounds < MOST_ROUNDS ? b.s.rounds : MOST_ROUNDS;
    cludi_config_init(&b.config);
    b.config.method = CLUDI_METHOD_CLUDI;
    settings_open_backend(&b.s, &b.be);
    begin(&b);
    measure(&b);
    print(&b);
    train_step_clear(b.step);
    backend_close(&b.be);
    free(b.step);
    free(b.rows);
    free(b.times);
    free(b.coins);
    return 0;
}
