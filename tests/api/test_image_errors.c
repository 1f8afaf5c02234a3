/* Bad input to the public functions about images. */
#include <cludi/cludi.h>

#include "counting_allocator.h"
#include "expect_error.h"
#include "tiff_file.h"

static cludi_context *context;
static counting_allocator counter;

static int setup(void **state)
{
    cludi_context_options options;
    cludi_context_options_init(&options);
    options.allocator = counting_allocator_table(&counter);
    options.threads = 1;
    return io_setup(state) || cludi_context_new(&options, &context, NULL) != CLUDI_OK;
}

static int teardown(void **state)
{
    cludi_context_free(context);
    return io_teardown(state) || counter.live != 0;
}

static void test_read(void **state)
{
    float pixels[3 * 8 * 8];
    (void)state;
    EXPECT_ARGUMENT("context is NULL.", cludi_image_read, NULL, "a.png", 8, pixels);
    EXPECT_ARGUMENT("path is NULL.", cludi_image_read, context, NULL, 8, pixels);
    EXPECT_ARGUMENT("pixels is NULL.", cludi_image_read, context, "a.png", 8, NULL);
    EXPECT_ARGUMENT("image_size is 0; it must be between 1 and 2048.", cludi_image_read, context, "a.png", 0, pixels);
    EXPECT_ARGUMENT("image_size is 2049;", cludi_image_read, context, "a.png", 2049, pixels);
#ifdef CLUDI_WITH_VIPS
    EXPECT(CLUDI_ERROR_FILE, "No such file or directory", cludi_image_read, context, io_path("none.png"), 8, pixels);
    EXPECT(CLUDI_ERROR_FORMAT, "is no image that is read", cludi_image_read, context, io_put("a.png", "text", 4), 8,
           pixels);
    const unsigned char data[64] = {0};
    const char *path = tiff_put("a.tif", &(tiff_kind){8, 8, 1, 8, 1, 1}, data);
    assert_int_equal(cludi_image_read(context, path, 8, pixels, NULL), CLUDI_OK);
    for (int n = 1; n <= 8; n++) {
        counter.fail_at = counter.calls + n;
        assert_int_equal(cludi_image_read(context, path, 8, pixels, NULL), CLUDI_ERROR_MEMORY);
    }
    counter.fail_at = 0;
#else
    EXPECT(CLUDI_ERROR_UNSUPPORTED, "this build of cludi has no libvips", cludi_image_read, context, "a.png", 8,
           pixels);
#endif
}

static void test_list(void **state)
{
    cludi_image_list *list = NULL;
    (void)state;
    const char *paths[] = {io_put("b.png", "", 0), NULL};
    EXPECT_ARGUMENT("list is NULL.", cludi_image_list_new, context, paths, 1, NULL);
    EXPECT_ARGUMENT("context is NULL.", cludi_image_list_new, NULL, paths, 1, &list);
    EXPECT_ARGUMENT("paths is NULL.", cludi_image_list_new, context, NULL, 1, &list);
    EXPECT_ARGUMENT("paths[1] is NULL.", cludi_image_list_new, context, paths, 2, &list);
    EXPECT_ARGUMENT("count is -1;", cludi_image_list_new, context, paths, -1, &list);
    assert_null(list);
    paths[1] = io_path("none");
    EXPECT(CLUDI_ERROR_FILE, "No such file or directory", cludi_image_list_new, context, paths, 2, &list);
    assert_null(list);
    for (int n = 1; n <= 4; n++) {
        counter.fail_at = counter.calls + n;
        assert_int_equal(cludi_image_list_new(context, paths, 1, &list, NULL), CLUDI_ERROR_MEMORY);
    }
    counter.fail_at = 0;
    assert_int_equal(cludi_image_list_new(context, paths, 1, &list, NULL), CLUDI_OK);
    assert_int_equal(cludi_image_list_count(list), 1);
    assert_string_equal(cludi_image_list_path(list, 0), paths[0]);
    assert_null(cludi_image_list_path(list, 1));
    assert_null(cludi_image_list_path(list, -1));
    assert_int_equal(cludi_image_list_label(list, 0), -1);
    assert_int_equal(cludi_image_list_label(list, 1), -1);
    assert_int_equal(cludi_image_list_classes(list), 0);
    assert_null(cludi_image_list_class(list, 0));
    int64_t files = 7;
    assert_int_equal(cludi_image_list_passed(list), 0);
    assert_null(cludi_image_list_ending(list, 0, &files));
    assert_null(cludi_image_list_ending(list, -1, NULL));
    assert_int_equal(files, 7);
    cludi_image_list_free(list);
    paths[0] = io_folder;
    (void)io_put("film.MOV", "", 0);
    assert_int_equal(cludi_image_list_new(context, paths, 1, &list, NULL), CLUDI_OK);
    assert_int_equal(cludi_image_list_passed(list), 1);
    assert_string_equal(cludi_image_list_ending(list, 0, &files), ".mov");
    assert_int_equal(files, 1);
    assert_null(cludi_image_list_ending(list, 1, NULL));
    cludi_image_list_free(list);
    cludi_image_list_free(NULL);
}

static int take_nothing(void *user, int64_t image, const float *features, const cludi_error *failed)
{
    (void)user;
    (void)image;
    (void)features;
    (void)failed;
    return 0;
}

static void test_embed(void **state)
{
    cludi_embed_options options;
    cludi_image_list *list;
    (void)state;
    cludi_embed_options_init(&options);
    assert_int_equal(options.struct_size, sizeof options);
    assert_int_equal(cludi_image_list_new(context, NULL, 0, &list, NULL), CLUDI_OK);
    cludi_encoder *some = (cludi_encoder *)(void *)list; /* is not looked at before the others are */
    EXPECT_ARGUMENT("context is NULL.", cludi_images_embed, NULL, some, list, &options);
    EXPECT_ARGUMENT("encoder is NULL.", cludi_images_embed, context, NULL, list, &options);
    EXPECT_ARGUMENT("images is NULL.", cludi_images_embed, context, some, NULL, &options);
    EXPECT_ARGUMENT("options is NULL.", cludi_images_embed, context, some, list, NULL);
    EXPECT_ARGUMENT("options->take is NULL.", cludi_images_embed, context, some, list, &options);
    options.take = take_nothing;
    options.batch = 1025;
    EXPECT_ARGUMENT("batch is 1025; it must be between 0 and 1024.", cludi_images_embed, context, some, list, &options);
    options.batch = 0;
    options.first = 1;
    EXPECT_ARGUMENT("first is 1; there are 0 images.", cludi_images_embed, context, some, list, &options);
    options.struct_size = 3;
    EXPECT_ARGUMENT("options has struct_size 3;", cludi_images_embed, context, some, list, &options);
    cludi_image_list_free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_read), cmocka_unit_test(test_list),
                                       cmocka_unit_test(test_embed)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
