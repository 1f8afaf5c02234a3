/* Sizes of the transform as Python's int() and round() give them; whole files: levels, orientation, stopping, memory. */
#include <math.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "counting_allocator.h"
#include "image_prepare.h"
#include "io_support.h"
#include "tiff_file.h"

enum { SIZE = 32, SIDE = 37, NUMBERS = 3 * SIZE * SIZE };

static void test_crop(void **state)
{
    static const struct {
        int32_t width, height, size;
        image_crop wanted;
    } CASES[] = {
        {256, 256, 224, {256, 256, 16, 16}}, {400, 300, 224, {341, 256, 58, 16}},   {300, 400, 224, {256, 341, 16, 58}},
        {333, 217, 224, {392, 256, 84, 16}}, {4000, 3000, 224, {341, 256, 58, 16}}, {1, 50, 32, {37, 1850, 2, 909}},
        {101, 37, 32, {101, 37, 34, 2}},     {37, 101, 32, {37, 101, 2, 34}},       {640, 479, 96, {146, 110, 25, 7}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const image_crop found = image_crop_find(CASES[i].width, CASES[i].height, 1, CASES[i].size);
        assert_memory_equal(&found, &CASES[i].wanted, sizeof found);
    }
}

#ifdef CLUDI_WITH_VIPS
static void read_file(const char *path, float *pixels)
{
    const cludi_allocator allocator = alloc_system();
    image_reader reader;
    cludi_error error;
    assert_int_equal(image_reader_init(&reader, SIZE, NULL, &allocator, &error), CLUDI_OK);
    if (image_reader_read(&reader, path, pixels, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    image_reader_clear(&reader);
}

static int get_level(int x, int y, int c)
{
    return (x * 5 + y * 3 * (c + 1) + x * y) % 256;
}

/* Of the 37 pixels that need no resizing those from 2 on are taken. */
static void test_levels(void **state)
{
    static const float MEAN[] = {0.485F, 0.456F, 0.406F}, DEVIATION[] = {0.229F, 0.224F, 0.225F};
    static unsigned char data[SIDE * SIDE * 3];
    static float pixels[NUMBERS];
    (void)state;
    for (int i = 0; i < SIDE * SIDE * 3; i++)
        data[i] = (unsigned char)get_level(i / 3 % SIDE, i / 3 / SIDE, i % 3);
    read_file(tiff_put("a.tif", &(tiff_kind){SIDE, SIDE, 3, 8, 2, 1}, data), pixels);
    for (int i = 0; i < NUMBERS; i++) {
        const int c = i / (SIZE * SIZE), y = i / SIZE % SIZE, x = i % SIZE;
        const float wanted = ((float)get_level(x + 2, y + 2, c) / 255.0F - MEAN[c]) / DEVIATION[c];
        assert_true(pixels[i] == wanted);
    }
}

/* 4 corners of an image, by where they are when it is upright. */
static void test_orientation(void **state)
{
    /* EXIF 1..8: row 0 and column 0 of the file are at ... of the picture; here the file's corners (top left, top right, bottom
       left, bottom right) as they are seen. */
    static const int SEEN[8][4] = {{0, 1, 2, 3}, {1, 0, 3, 2}, {3, 2, 1, 0}, {2, 3, 0, 1},
                                   {0, 2, 1, 3}, {2, 0, 3, 1}, {3, 1, 2, 0}, {1, 3, 0, 2}};
    static unsigned char data[SIDE * SIDE];
    static float pixels[NUMBERS];
    (void)state;
    for (int i = 0; i < SIDE * SIDE; i++)
        data[i] = (unsigned char)(60 * (i % SIDE > SIDE / 2) + 120 * (i / SIDE > SIDE / 2));
    for (int o = 1; o <= 8; o++) {
        read_file(tiff_put("a.tif", &(tiff_kind){SIDE, SIDE, 1, 8, 1, o}, data), pixels);
        const float corners[] = {pixels[0], pixels[SIZE - 1], pixels[SIZE * (SIZE - 1)], pixels[SIZE * SIZE - 1]};
        for (int i = 0; i < 4; i++) {
            const float level = (corners[i] * 0.229F + 0.485F) * 255;
            assert_int_equal((int)(level + 0.5F), 60 * SEEN[o - 1][i]);
        }
    }
}

static void test_refusals(void **state)
{
    const cludi_allocator allocator = alloc_system();
    static unsigned char data[SIDE * SIDE];
    static float pixels[NUMBERS];
    atomic_bool stop;
    image_reader reader;
    cludi_error error;
    (void)state;
    atomic_init(&stop, true);
    const char *whole = tiff_put("a.tif", &(tiff_kind){SIDE, SIDE, 1, 8, 1, 1}, data);
    assert_int_equal(image_reader_init(&reader, SIZE, &stop, &allocator, &error), CLUDI_OK);
    io_expect_error(&error, image_reader_read(&reader, whole, pixels, &error), CLUDI_STOPPED, "Stopped while");
    io_expect_error(&error, image_reader_read(&reader, io_path("none"), pixels, &error), CLUDI_ERROR_FILE,
                    "No such file");
    io_expect_error(&error, image_reader_read(&reader, io_put("b", "text", 4), pixels, &error), CLUDI_ERROR_FORMAT,
                    "is no image that is read");
    image_reader_clear(&reader);
}
#endif

static void test_memory(void **state)
{
    counting_allocator counter = {0};
    const cludi_allocator allocator = counting_allocator_table(&counter);
    cludi_status status = CLUDI_ERROR_MEMORY;
    (void)state;
    for (int n = 1; status == CLUDI_ERROR_MEMORY; n++) {
        image_reader reader;
        counter.calls = 0;
        counter.fail_at = n;
        status = image_reader_init(&reader, SIZE, NULL, &allocator, NULL);
        image_reader_clear(&reader);
        assert_int_equal(counter.live, 0);
        assert_true(n < 20);
    }
    assert_int_equal(status, CLUDI_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crop),
#ifdef CLUDI_WITH_VIPS
        cmocka_unit_test(test_levels), cmocka_unit_test(test_orientation), cmocka_unit_test(test_refusals),
#endif
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
