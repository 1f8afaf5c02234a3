/* As test_out_of_memory.c: encoders and images. */
#include <string.h>

#include <cludi/cludi.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "failing_memory.h"
#include "io_support.h"
#include "tensor_support.h"
#include "tiff_file.h"
#include "vit_file.h"

struct scene {
    counting_allocator counter;
    cludi_context *context; /* with that allocator */
};

static cludi_status load_encoder(scene *s, cludi_error *error)
{
    cludi_encoder *encoder;
    vit_file_write(io_path("encoder"), &(vit_file){.full = true});
    const cludi_status status = cludi_encoder_load(s->context, io_path("encoder"), NULL, &encoder, error);
    assert_true(status == CLUDI_OK ? encoder != NULL : encoder == NULL);
    cludi_encoder_free(encoder);
    return status;
}

static int ignore_features(void *user, int64_t image, const float *features, const cludi_error *failed)
{
    (void)user;
    (void)image;
    assert_true(features && !failed);
    return 0;
}

static cludi_status embed_listed(scene *s, cludi_encoder *encoder, cludi_error *error)
{
    const char *const paths[] = {io_path("gray.tif"), io_path("color.tif")};
    cludi_image_list *list;
    cludi_status status = cludi_image_list_new(s->context, paths, 2, &list, error);
    cludi_embed_options options;
    cludi_embed_options_init(&options);
    options.take = ignore_features;
    if (status == CLUDI_OK)
        status = cludi_images_embed(s->context, encoder, list, &options, error);
    cludi_image_list_free(list);
    return status;
}

static cludi_status embed_images(scene *s, cludi_error *error)
{
    static const unsigned char PIXELS[20 * 30 * 3];
    cludi_encoder *encoder;
    vit_file_write(io_path("encoder"), &(vit_file){.full = true});
    tiff_put("gray.tif", &(tiff_kind){20, 30, 1, 8, 1, 1}, PIXELS);
    tiff_put("color.tif", &(tiff_kind){20, 30, 3, 8, 2, 6}, PIXELS);
    cludi_status status = cludi_encoder_load(s->context, io_path("encoder"), NULL, &encoder, error);
    if (status == CLUDI_OK)
        status = embed_listed(s, encoder, error);
    cludi_encoder_free(encoder);
    return status;
}

static void begin(scene *s, const char *backend_name)
{
    cludi_context_options options;
    *s = (scene){0};
    cludi_context_options_init(&options);
    blobs_choose(&options, backend_name);
    options.threads = 1;
    options.allocator = counting_allocator_table(&s->counter);
    assert_int_equal(cludi_context_new(&options, &s->context, NULL), CLUDI_OK);
}

static void test_images(void **state)
{
    (void)state;
    for (int n = 0; float_backend(n); n++) {
        scene s;
        begin(&s, float_backend(n));
        fail_calls(&s.counter, &s, load_encoder, "cludi_encoder_load", 10);
#ifdef CLUDI_WITH_VIPS
        fail_calls(&s.counter, &s, embed_images, "cludi_images_embed", 20);
#endif
        cludi_context_free(s.context);
        assert_int_equal(s.counter.live, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_images)};
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
