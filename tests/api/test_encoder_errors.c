/* Bad input to the encoder's public functions, and weight files with something wrong: the status, and the words of the
   message. */
#include <math.h>

#include <cludi/cludi.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "expect_error.h"
#include "vit_file.h"

static cludi_context *context;

static int setup(void **state)
{
    context = blobs_context("ref", 1, 1);
    return io_setup(state);
}

static int teardown(void **state)
{
    cludi_context_free(context);
    return io_teardown(state);
}

static const char *put(const vit_file *file)
{
    const char *path = io_path("weights");
    vit_file_write(path, file);
    return path;
}

static void expect_refused(const vit_file *file, const char *words)
{
    cludi_encoder *encoder = (cludi_encoder *)context;
    const char *path = put(file);
    EXPECT(CLUDI_ERROR_FORMAT, words, cludi_encoder_load, context, path, NULL, &encoder);
    assert_null(encoder);
}

static void test_files(void **state)
{
    (void)state;
    expect_refused(&(vit_file){.without = "blocks.1.attn.qkv.bias"},
                   "holds no Vision Transformer that cludi knows: it lacks blocks.1.attn.qkv.bias.");
    expect_refused(&(vit_file){.without = "blocks.1.attn.qkv.bias", .scheme = 1},
                   "it lacks encoder.layer.1.attention.attention.query.bias, "
                   "encoder.layer.1.attention.attention.key.bias, encoder.layer.1.attention.attention.value.bias.");
    expect_refused(&(vit_file){.without = "patch_embed.proj.weight"},
                   "it has neither \"patch_embed.proj.weight\" (timm");
    expect_refused(&(vit_file){.without = "cls_token", .more = "blocks.0.attn.q_norm.weight"},
                   "it lacks cls_token; it also has blocks.0.attn.q_norm.weight.");
    expect_refused(&(vit_file){.more = "blocks.3.norm1.weight"}, "it lacks blocks.2.norm1.weight, blocks.2.norm1.bias, "
                                                                 "blocks.2.attn.qkv.weight and 20 more; "
                                                                 "blocks.3.norm1.weight is F32 (0), wanted (24).");
    expect_refused(&(vit_file){.more = "blocks.1.ls1.gamma"}, "it also has blocks.1.ls1.gamma.");
    expect_refused(&(vit_file){.full = true, .without = "blocks.1.ls2.gamma"}, "it lacks blocks.1.ls2.gamma.");
    expect_refused(&(vit_file){.flat = "blocks.0.mlp.fc2.weight"},
                   "blocks.0.mlp.fc2.weight is F32 (2304), wanted (24, 96).");
    expect_refused(&(vit_file){.flat = "blocks.0.mlp.fc1.weight"},
                   "blocks.0.mlp.fc1.weight is F32 (2304), wanted (0, 24)");
    expect_refused(&(vit_file){.dtype = "I32"}, "cls_token is I32 (1, 1, 24), wanted (1, 1, 24)");
    expect_refused(&(vit_file){.nan = "norm.bias"}, "tensor \"norm.bias\" holds NaN or infinity.");
}

static void expect_option_fails(cludi_encoder_options options, const char *words)
{
    cludi_encoder *encoder = (cludi_encoder *)context;
    const char *path = put(&(vit_file){.heads = "none"});
    EXPECT_ARGUMENT(words, cludi_encoder_load, context, path, &options, &encoder);
    assert_null(encoder);
}

static void test_options(void **state)
{
    cludi_encoder_options good, options;
    (void)state;
    cludi_encoder_options_init(&good);
    good.heads = 3;
    options = good;
    options.struct_size = 3;
    expect_option_fails(options, "options has struct_size 3;");
    options = good;
    options.pool = (cludi_pool)2;
    expect_option_fails(options, "pool is 2;");
    options = good;
    options.heads = -1;
    expect_option_fails(options, "heads is -1;");
    options.heads = 5;
    expect_option_fails(options, "heads is 5; the width of");
    options.heads = 0;
    expect_option_fails(options, "heads is 0; the width of");
    options = good;
    options.image_size = 13;
    expect_option_fails(options, "image_size is 13; a multiple of the patch, 4, up to 16384 is wanted, or 0.");
    options.image_size = -4;
    expect_option_fails(options, "image_size is -4;");
    options.image_size = 1 << 20;
    expect_option_fails(options, "image_size is 1048576;");
}

static void test_load(void **state)
{
    cludi_encoder *encoder = (cludi_encoder *)context;
    (void)state;
    EXPECT_ARGUMENT("context is NULL.", cludi_encoder_load, NULL, "x", NULL, &encoder);
    assert_null(encoder);
    EXPECT_ARGUMENT("path is NULL.", cludi_encoder_load, context, NULL, NULL, &encoder);
    EXPECT_ARGUMENT("encoder is NULL.", cludi_encoder_load, context, "x", NULL, NULL);
    const char *path = io_path("nowhere");
    EXPECT(CLUDI_ERROR_FILE, "nowhere", cludi_encoder_load, context, path, NULL, &encoder);
    path = io_put("text", "not a safetensors file at all", 29);
    EXPECT(CLUDI_ERROR_FORMAT, "not a safetensors file", cludi_encoder_load, context, path, NULL, &encoder);
    cludi_encoder_info info = {.struct_size = sizeof info};
    EXPECT(CLUDI_ERROR_FORMAT, "text\" is text, such as CSV, not a safetensors file.", cludi_encoder_describe, context,
           path, &info);
    assert_int_equal(cludi_encoder_describe(context, put(&(vit_file){0}), &info, NULL), CLUDI_OK);
    assert_int_equal(info.features, VIT_FILE_WIDTH);
    assert_int_equal(info.image_size, VIT_FILE_SIZE);
    cludi_encoder_free(NULL);
}

static void test_embed(void **state)
{
    static float pixels[2 * 3 * VIT_FILE_SIZE * VIT_FILE_SIZE], features[2 * VIT_FILE_WIDTH];
    cludi_encoder *encoder;
    cludi_encoder_info info = {.struct_size = 1};
    (void)state;
    assert_int_equal(cludi_encoder_load(context, put(&(vit_file){0}), NULL, &encoder, NULL), CLUDI_OK);
    EXPECT_ARGUMENT("encoder is NULL.", cludi_encoder_embed, NULL, pixels, 1, features);
    EXPECT_ARGUMENT("pixels is NULL.", cludi_encoder_embed, encoder, NULL, 1, features);
    EXPECT_ARGUMENT("features is NULL.", cludi_encoder_embed, encoder, pixels, 1, NULL);
    EXPECT_ARGUMENT("images is -1;", cludi_encoder_embed, encoder, pixels, -1, features);
    pixels[3 * VIT_FILE_SIZE * VIT_FILE_SIZE + 7] = INFINITY;
    EXPECT(CLUDI_ERROR_DATA, "pixels has NaN or infinity in image 1 ", cludi_encoder_embed, encoder, pixels, 2,
           features);
    assert_int_equal(cludi_encoder_embed(encoder, pixels, 1, features, NULL), CLUDI_OK);
    assert_int_equal(cludi_encoder_embed(encoder, pixels, 0, features, NULL), CLUDI_OK);
    EXPECT_ARGUMENT("info has struct_size 1;", cludi_encoder_get_info, encoder, &info);
    EXPECT_ARGUMENT("info has struct_size 1;", cludi_encoder_describe, context, "x", &info);
    EXPECT_ARGUMENT("context is NULL.", cludi_encoder_describe, NULL, "x", &info);
    EXPECT_ARGUMENT("path is NULL.", cludi_encoder_describe, context, NULL, &info);
    EXPECT_ARGUMENT("info is NULL.", cludi_encoder_describe, context, "x", NULL);
    EXPECT_ARGUMENT("encoder is NULL.", cludi_encoder_get_info, NULL, &info);
    EXPECT_ARGUMENT("info is NULL.", cludi_encoder_get_info, encoder, NULL);
    cludi_encoder_free(encoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_files), cmocka_unit_test(test_options),
                                       cmocka_unit_test(test_load), cmocka_unit_test(test_embed)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
