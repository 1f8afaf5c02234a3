/* Images per second of cludi_encoder_embed on random pixels in memory, and in turn with it how fast each matrix product of
   the network is alone, as bench_step does it. One JSON object.

   bench_vit --input WEIGHTS.safetensors [--threads N] [--precision NAME] [--backend NAME] [--rows IMAGES] [--rounds N] */
#include <stdio.h>
#include <stdlib.h>

#include "message.h"
#include "product_rates.h"
#include "rng.h"
#include "settings.h"

enum { MOST_ROUNDS = 64, PRODUCTS = 5 };

typedef struct bench {
    settings s;
    cludi_encoder *encoder;
    cludi_encoder_info info;
    float *pixels, *features;
} bench;

/* Of one image; the hidden layer is four times as wide as the network. */
static void list_products(step_product list[PRODUCTS], const cludi_encoder_info *info)
{
    const int64_t w = info->features, side = info->image_size / info->patch, patches = side * side;
    const int64_t tokens = 1 + info->registers + patches, pixels = 3 * (int64_t)info->patch * info->patch;
    const int64_t sizes[PRODUCTS][3] = {
        {patches, pixels, w}, {tokens, w, 3 * w}, {tokens, w, w}, {tokens, w, 4 * w}, {tokens, 4 * w, w}};
    for (int i = 0; i < PRODUCTS; i++) {
        const double times = i ? info->depth : 1, one = 2 * (double)(sizes[i][0] * sizes[i][1] * sizes[i][2]);
        list[i] = (step_product){PRODUCT_OF_ROWS, sizes[i][0], sizes[i][1], sizes[i][2], times * one};
    }
}

/* Scores and mixtures of all heads. */
static double attention_flop(const cludi_encoder_info *info)
{
    const double side = info->image_size / info->patch, tokens = 1 + info->registers + side * side;
    return 4 * info->depth * tokens * tokens * info->features;
}

static double seconds_of(const bench *b, int64_t images)
{
    cludi_error error = {0};
    const double started = message_seconds();
    settings_must(cludi_encoder_embed(b->encoder, b->pixels, images, b->features, &error), &error);
    return message_seconds() - started;
}

static void open_encoder(bench *b, cludi_context *context)
{
    cludi_error error = {0};
    settings_must(cludi_encoder_load(context, b->s.input, NULL, &b->encoder, &error), &error);
    b->info.struct_size = sizeof b->info;
    settings_must(cludi_encoder_get_info(b->encoder, &b->info, &error), &error);
    const int64_t numbers = 3 * (int64_t)b->info.image_size * b->info.image_size;
    b->pixels = settings_memory((size_t)(b->s.rows * numbers), sizeof *b->pixels);
    b->features = settings_memory((size_t)b->s.rows, (size_t)b->info.features * sizeof *b->features);
    for (int i = 0; i < b->s.rows; i++)
        rng_normal((rng_stream){1, RNG_INIT, 0}, (uint64_t)i, b->pixels + i * numbers, numbers);
}

static void print_result(const bench *b, const step_product *list, double rates[PRODUCTS][MOST_ROUNDS],
                         const double *seconds)
{
    double flop = attention_flop(&b->info);
    for (int i = 0; i < PRODUCTS; i++)
        flop += list[i].flop;
    printf("{\"threads\": %d, \"images\": %d, \"flop\": %.6g, ", b->s.threads, b->s.rows, flop);
    settings_print_list("seconds", seconds, b->s.rounds);
    printf(", \"products\": [");
    for (int i = 0; i < PRODUCTS; i++) {
        printf("%s{\"rows\": %lld, \"in\": %lld, \"out\": %lld, \"flop\": %.6g, ", i ? ", " : "",
               (long long)list[i].rows, (long long)list[i].in, (long long)list[i].out, list[i].flop);
        settings_print_list("flop_per_second", rates[i], b->s.rounds);
        printf("}");
    }
    printf("]}\n");
}

int main(int argc, char **argv)
{
    bench b = {.s = {.threads = 2, .rows = 16, .rounds = 3, .backend = "auto", .precision = "auto"}};
    static double seconds[MOST_ROUNDS], rates[PRODUCTS][MOST_ROUNDS];
    step_product list[PRODUCTS];
    backend be;
    settings_read(&b.s, argc, argv);
    b.s.rounds = b.s.rounds < MOST_ROUNDS ? b.s.rounds : MOST_ROUNDS;
    if (!b.s.input)
        settings_must(CLUDI_ERROR_ARGUMENT, &(cludi_error){.message = "--input WEIGHTS.safetensors is wanted"});
    cludi_context *context = settings_open_context(&b.s);
    settings_open_backend(&b.s, &be);
    open_encoder(&b, context);
    list_products(list, &b.info);
    (void)seconds_of(&b, b.s.rows);
    for (int round = 0; round < b.s.rounds; round++) {
        seconds[round] = seconds_of(&b, b.s.rows);
        for (int i = 0; i < PRODUCTS; i++)
            rates[i][round] = product_rates_alone(&be, &list[i]);
    }
    print_result(&b, list, rates, seconds);
    cludi_encoder_free(b.encoder);
    cludi_context_free(context);
    backend_close(&be);
    free(b.features);
    free(b.pixels);
    return 0;
}
