/* Files to rows of RGB. tests/cli/test_embed.sh has every format and what is refused; tests/long/pillow_pixels.py JPEGs that are decoded
   smaller. */
#include <fcntl.h>

#include "cmocka_all.h"
#include "image_file.h"
#include "io_support.h"
#include "tiff_file.h"

#ifdef CLUDI_WITH_VIPS
enum { WIDTH = 5, HEIGHT = 20 };

static unsigned char data[WIDTH * HEIGHT * 4 * 2];

static void fill(void)
{
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)(i * 37 + i / 7);
}

/* Every row, in strips of 1 to IMAGE_STRIP. */
static void expect_rows(const tiff_kind *kind, int (*wanted)(int pixel, int channel))
{
    image_file image;
    cludi_error error;
    uint8_t rgb[IMAGE_STRIP * WIDTH * 3];
    if (image_file_open(&image, tiff_put("a.tif", kind, data), 256, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    assert_int_equal(image.width, WIDTH);
    assert_int_equal(image.height, HEIGHT);
    assert_int_equal(image.shrink, 1);
    assert_int_equal(image.orientation, kind->orientation);
    for (int32_t first = 0, count = 1; first < HEIGHT; first += count, count = count % IMAGE_STRIP + 1) {
        count = count > HEIGHT - first ? HEIGHT - first : count;
        assert_int_equal(image_file_read(&image, first, count, rgb, &error), CLUDI_OK);
        for (int32_t i = 0; i < count * WIDTH * 3; i++)
            assert_int_equal(rgb[i], wanted(first * WIDTH + i / 3, i % 3));
    }
    image_file_close(&image);
}

static int from_rgb(int pixel, int channel)
{
    return data[pixel * 3 + channel];
}

static int from_gray(int pixel, int channel)
{
    (void)channel;
    return data[pixel];
}

static int from_wide(int pixel, int channel)
{
    return data[(pixel * 3 + channel) * 2 + 1];
}

static int from_alpha(int pixel, int channel)
{
    return data[pixel * 4 + channel];
}

static int from_cmyk(int pixel, int channel)
{
    return (int)((255 - data[pixel * 4 + channel]) * (255 - data[pixel * 4 + 3]) / 255.0 + 0.5);
}

static void test_kinds(void **state)
{
    (void)state;
    fill();
    expect_rows(&(tiff_kind){WIDTH, HEIGHT, 3, 8, 2, 1}, from_rgb);
    expect_rows(&(tiff_kind){WIDTH, HEIGHT, 1, 8, 1, 6}, from_gray);
    expect_rows(&(tiff_kind){WIDTH, HEIGHT, 3, 16, 2, 8}, from_wide);
    expect_rows(&(tiff_kind){WIDTH, HEIGHT, 4, 8, 2, 1}, from_alpha);
    expect_rows(&(tiff_kind){WIDTH, HEIGHT, 4, 8, 5, 1}, from_cmyk);
}

static void refuse(const char *path, cludi_status wanted, const char *words)
{
    image_file image;
    cludi_error error = {0};
    io_expect_error(&error, image_file_open(&image, path, 256, &error), wanted, words);
    assert_int_equal(image.file.descriptor, -1);
}

static void test_refusals(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(io_path("pipe"), 0600), 0);
    refuse(io_path("pipe"), CLUDI_ERROR_FILE, "it is not a regular file");
    refuse(io_folder, CLUDI_ERROR_FILE, "Is a directory");
    refuse("/dev/null", CLUDI_ERROR_FILE, "it is not a regular file");
    refuse(io_put("a", "", 0), CLUDI_ERROR_FORMAT, "is empty");
    refuse(io_put("a", "\xFF\xD8", 2), CLUDI_ERROR_FORMAT, "is no image that is read");
    refuse(io_put("a", "II*\0\x08\0\0", 7), CLUDI_ERROR_FORMAT, "cannot be decoded as TIFF");
}

/* Rows that are missing are found when they are read. Nothing stays open. */
static void test_cut(void **state)
{
    image_file image;
    cludi_error error = {0};
    uint8_t rgb[IMAGE_STRIP * WIDTH * 3];
    (void)state;
    const int before = open("/dev/null", O_RDONLY);
    close(before);
    for (int i = 0; i < 20; i++) {
        const tiff_kind kind = {WIDTH, HEIGHT, 3, 8, 2, 1};
        tiff_put("a.tif", &kind, data);
        cludi_status status = image_file_open(&image, io_path("a.tif"), 256, &error);
        assert_int_equal(status, CLUDI_OK);
        assert_int_equal(truncate(io_path("a.tif"), 30), 0);
        for (int32_t at = 0; at < HEIGHT && !status; at += 4)
            status = image_file_read(&image, at, 4, rgb, &error);
        image_file_close(&image);
    }
    const int after = open("/dev/null", O_RDONLY);
    close(after);
    assert_int_equal(before, after);
}

/* Each thread has its own words when it is alone. */
static void test_messages(void **state)
{
    cludi_error error = {0};
    (void)state;
    const char *path = io_put("a", "II*\0\x08\0\0", 7);
    char first[sizeof error.message] = "";
    for (int i = 0; i < 3; i++) {
        image_file image;
        image_file_begin(true);
        assert_int_equal(image_file_open(&image, path, 256, &error), CLUDI_ERROR_FORMAT);
        image_file_end();
        if (i > 0)
            assert_string_equal(error.message, first);
        memcpy(first, error.message, sizeof first);
    }
}
#else
static void test_absent(void **state)
{
    image_file image;
    cludi_error error = {0};
    (void)state;
    io_expect_error(&error, image_file_open(&image, "a.png", 256, &error), CLUDI_ERROR_UNSUPPORTED,
                    "this build of cludi has no libvips");
    image_file_close(&image);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef CLUDI_WITH_VIPS
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_messages),
#else
        cmocka_unit_test(test_absent),
#endif
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
