/* The tiny Vision Transformer of vit.safetensors against PyTorch in double precision, on every backend, under every
   scheme of names and number type. vit.safetensors was written by

     tests/golden/make_vit.py PATH/TO/vit_reference.py tests/golden/vit.safetensors */
#include <stdlib.h>
#include <string.h>

#include <cludi/cludi.h>

#include "cmocka_all.h"
#include "counting_allocator.h"
#include "io_support.h"
#include "tensor_support.h"
#include "vit_file.h"

enum {
    MOST_PIXELS = VIT_FILE_IMAGES * 3 * VIT_FILE_OTHER * VIT_FILE_OTHER,
    MOST_FEATURES = VIT_FILE_IMAGES * VIT_FILE_WIDTH
};

static counting_allocator counter;

/* What a network is asked: a golden result. */
typedef struct question {
    const char *answer, *pixels; /* names in the golden file */
    int images, size;
    cludi_pool pool;
    bool full;
} question;

static const question QUESTIONS[] = {
    {"cls", "pixels", VIT_FILE_IMAGES, VIT_FILE_SIZE, CLUDI_POOL_CLS, false},
    {"mean", "pixels", VIT_FILE_IMAGES, VIT_FILE_SIZE, CLUDI_POOL_MEAN, false},
    {"cls_resized", "pixels_resized", VIT_FILE_OTHER_IMAGES, VIT_FILE_OTHER, CLUDI_POOL_CLS, false},
    {"full_cls", "pixels", VIT_FILE_IMAGES, VIT_FILE_SIZE, CLUDI_POOL_CLS, true},
    {"full_mean_resized", "pixels_resized", VIT_FILE_OTHER_IMAGES, VIT_FILE_OTHER, CLUDI_POOL_MEAN, true},
};
enum { QUESTION_COUNT = sizeof QUESTIONS / sizeof *QUESTIONS };

static cludi_context *open_context(const char *kind, int threads)
{
    const bool bf16 = strstr(kind, "bf16") != NULL;
    cludi_context_options options;
    cludi_context *context;
    cludi_context_options_init(&options);
    options.backend = bf16 ? "onednn" : kind;
    options.precision = bf16 ? "bf16" : "f32";
    options.threads = threads;
    options.allocator = counting_allocator_table(&counter);
    assert_int_equal(cludi_context_new(&options, &context, NULL), CLUDI_OK);
    return context;
}

static void read_pixels(const question *q, float *pixels)
{
    static double numbers[MOST_PIXELS];
    const long count = (long)q->images * 3 * q->size * q->size;
    vit_file_golden(q->pixels, numbers, count);
    for (long i = 0; i < count; i++)
        pixels[i] = (float)numbers[i];
}

static cludi_encoder *load(cludi_context *context, const char *path, const question *q)
{
    cludi_encoder_options options;
    cludi_encoder *encoder;
    cludi_error error = {0};
    cludi_encoder_options_init(&options);
    options.image_size = q->size == VIT_FILE_SIZE ? 0 : q->size;
    options.pool = q->pool;
    if (cludi_encoder_load(context, path, &options, &encoder, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    return encoder;
}

static void ask(const char *kind, int threads, const char *path, const question *q, float *features)
{
    static float pixels[MOST_PIXELS];
    cludi_context *context = open_context(kind, threads);
    cludi_encoder *encoder = load(context, path, q);
    read_pixels(q, pixels);
    const int64_t calls = counter.calls;
    assert_int_equal(cludi_encoder_embed(encoder, pixels, q->images, features, NULL), CLUDI_OK);
    assert_int_equal(counter.calls, calls); /* nothing is allocated behind load */
    cludi_encoder_free(encoder);
    cludi_context_free(context);
    assert_int_equal(counter.live, 0);
}

static void expect_answer(const char *kind, const question *q, const float *features)
{
    double wanted[MOST_FEATURES], got[MOST_FEATURES];
    const double most = strstr(kind, "bf16") ? 2e-2 : 5e-6;
    vit_file_golden(q->answer, wanted, q->images * VIT_FILE_WIDTH);
    for (int i = 0; i < q->images * VIT_FILE_WIDTH; i++)
        got[i] = (double)features[i];
    for (int i = 0; i < q->images; i++) {
        const double error = relative_error(got + i * VIT_FILE_WIDTH, wanted + i * VIT_FILE_WIDTH, VIT_FILE_WIDTH);
        if (!(error <= most))
            fail_msg("%s: %s, image %d is %g from the oracle's", kind, q->answer, i, error);
    }
}

static void test_oracle(void **state)
{
    static float features[MOST_FEATURES];
    (void)state;
    for (int i = 0; i < QUESTION_COUNT; i++) {
        const char *path = io_path("weights");
        vit_file_write(path, &(vit_file){.full = QUESTIONS[i].full});
        for (int n = 0; float_backend(n); n++) {
            ask(float_backend(n), 2, path, &QUESTIONS[i], features);
            expect_answer(float_backend(n), &QUESTIONS[i], features);
        }
    }
}

/* Two files that hold the same network give the same bytes. */
static void expect_same(const vit_file *a, const vit_file *b)
{
    const question *q = &QUESTIONS[b->full ? 3 : 0];
    float left[MOST_FEATURES] = {0}, right[MOST_FEATURES] = {0};
    vit_file_write(io_path("left"), a);
    ask("ref", 1, io_path("left"), q, left);
    vit_file_write(io_path("right"), b);
    ask("ref", 1, io_path("right"), q, right);
    if (memcmp(left, right, sizeof left) != 0)
        fail_msg("scheme %d, prefix %s, %s: other features", b->scheme, b->prefix ? b->prefix : "",
                 b->dtype ? b->dtype : "F32");
}

static void test_names(void **state)
{
    (void)state;
    for (int scheme = 0; scheme < 4; scheme++)
        for (int full = 0; full < (scheme == 1 ? 1 : 2); full++)
            expect_same(&(vit_file){.full = full}, &(vit_file){.scheme = scheme, .full = full});
    expect_same(&(vit_file){0}, &(vit_file){.prefix = "module.backbone."});
    expect_same(&(vit_file){0}, &(vit_file){.scheme = 1, .prefix = "vit.", .more = "classifier.weight"});
    expect_same(&(vit_file){0}, &(vit_file){.scheme = 2, .more = "embeddings.mask_token"});
    expect_same(&(vit_file){0}, &(vit_file){.prefix = "backbone.", .more = "head.mlp.0.weight"});
}

static void test_number_types(void **state)
{
    (void)state;
    for (int scheme = 0; scheme < 2; scheme++) {
        expect_same(&(vit_file){.cut = "F16"}, &(vit_file){.dtype = "F16", .scheme = scheme});
        expect_same(&(vit_file){.cut = "BF16"}, &(vit_file){.dtype = "BF16", .scheme = scheme});
    }
}

/* A row is the same alone, among others, and on any number of threads. */
static void test_company(void **state)
{
    static float pixels[MOST_PIXELS];
    const question *q = &QUESTIONS[3];
    float all[MOST_FEATURES], more[MOST_FEATURES], one[VIT_FILE_WIDTH];
    const int64_t image = 3 * VIT_FILE_SIZE * VIT_FILE_SIZE;
    (void)state;
    vit_file_write(io_path("weights"), &(vit_file){.full = true});
    read_pixels(q, pixels);
    for (int n = 0; float_backend(n); n++) {
        ask(float_backend(n), 1, io_path("weights"), q, all);
        ask(float_backend(n), 3, io_path("weights"), q, more);
        assert_memory_equal(all, more, sizeof all);
        cludi_context *context = open_context(float_backend(n), 2);
        cludi_encoder *encoder = load(context, io_path("weights"), q);
        for (int i = q->images - 1; i >= 0; i--) {
            assert_int_equal(cludi_encoder_embed(encoder, pixels + i * image, 1, one, NULL), CLUDI_OK);
            assert_memory_equal(one, all + i * VIT_FILE_WIDTH, sizeof one);
        }
        cludi_encoder_free(encoder);
        cludi_context_free(context);
    }
}

static void test_info(void **state)
{
    cludi_encoder_info info = {.struct_size = sizeof info};
    (void)state;
    cludi_context *context = open_context("ref", 1);
    vit_file_write(io_path("weights"), &(vit_file){.full = true});
    cludi_encoder *encoder = load(context, io_path("weights"), &QUESTIONS[4]);
    assert_int_equal(cludi_encoder_get_info(encoder, &info, NULL), CLUDI_OK);
    const int32_t wanted[] = {24, 2, 3, 4, 20, 2};
    const int32_t got[] = {info.features, info.depth, info.heads, info.patch, info.image_size, info.registers};
    assert_memory_equal(got, wanted, sizeof wanted);
    cludi_encoder_free(encoder);
    cludi_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_oracle), cmocka_unit_test(test_names),
                                       cmocka_unit_test(test_number_types), cmocka_unit_test(test_company),
                                       cmocka_unit_test(test_info)};
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
