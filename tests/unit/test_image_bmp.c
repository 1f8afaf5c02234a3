/* image_bmp.c: pixels of a bitmap by hand, and headers of which every byte is wrong. tests/cli/test_embed.sh has the kinds. */
#include "cmocka_all.h"
#include "image_bmp.h"
#include "io_support.h"

enum {
    WIDTH = 9,
    HEIGHT = 3,
    PALETTE_AT = 54,
    PIXELS_AT = PALETTE_AT + 16 * 4,
    ROW = 8,
    SIZE = PIXELS_AT + HEIGHT * ROW
};

/* 4 bits a pixel, 16 grays; pixel x of row y from the top is (x + 5 y) % 16. */
static void make(unsigned char file[SIZE])
{
    static const unsigned char HEAD[] = {'B', 'M', 0, 0,     0, 0, 0, 0,      0, 0, PIXELS_AT, 0, 0, 0, 40,
                                         0,   0,   0, WIDTH, 0, 0, 0, HEIGHT, 0, 0, 0,         1, 0, 4};
    memset(file, 0, SIZE);
    memcpy(file, HEAD, sizeof HEAD);
    for (int v = 0; v < 16; v++)
        memset(file + PALETTE_AT + (ptrdiff_t)4 * v, 17 * v, 3);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            file[PIXELS_AT + (HEIGHT - 1 - y) * ROW + x / 2] |= (unsigned char)((x + 5 * y) % 16 << (x % 2 ? 0 : 4));
}

static cludi_status open_file(image_bmp *bmp, in_file *file, const unsigned char bytes[SIZE], size_t size)
{
    cludi_error error;
    assert_int_equal(in_file_open(file, io_put("a.bmp", (const char *)bytes, size), &error), CLUDI_OK);
    cludi_status status = image_bmp_open(bmp, file, &error);
    return status ? status : image_bmp_check(bmp, file, &error);
}

static void test_pixels(void **state)
{
    unsigned char bytes[SIZE];
    uint8_t rgb[HEIGHT * WIDTH * 3];
    image_bmp bmp;
    in_file file;
    (void)state;
    make(bytes);
    assert_int_equal(open_file(&bmp, &file, bytes, SIZE), CLUDI_OK);
    assert_true(bmp.width == WIDTH && bmp.height == HEIGHT);
    assert_int_equal(image_bmp_read(&bmp, &file, 0, 1, rgb, NULL), CLUDI_OK);
    assert_int_equal(image_bmp_read(&bmp, &file, 1, HEIGHT - 1, rgb + (ptrdiff_t)WIDTH * 3, NULL), CLUDI_OK);
    for (int i = 0; i < HEIGHT * WIDTH * 3; i++)
        assert_int_equal(rgb[i], 17 * ((i / 3 % WIDTH + 5 * (i / 3 / WIDTH)) % 16));
    in_file_close(&file);
}

/* Nothing is read or written beyond its place: the sanitizers look on. */
static void test_wrong_headers(void **state)
{
    static const unsigned char WRONG[] = {0, 1, 2, 8, 12, 16, 24, 32, 39, 0x7F, 0x80, 0xFF};
    unsigned char bytes[SIZE];
    uint8_t rgb[1 << 16];
    int taken = 0;
    (void)state;
    for (int at = 10; at < PALETTE_AT; at++)
        for (size_t w = 0; w < sizeof WRONG; w++) {
            image_bmp bmp;
            in_file file;
            make(bytes);
            bytes[at] = WRONG[w];
            if (open_file(&bmp, &file, bytes, SIZE) == CLUDI_OK) {
                taken++;
                assert_true(bmp.width > 0 && bmp.height > 0 && bmp.width < 1000);
                for (int32_t y = 0; y < bmp.height; y++)
                    assert_int_equal(image_bmp_read(&bmp, &file, y, 1, rgb, NULL), CLUDI_OK);
            }
            in_file_close(&file);
        }
    assert_true(taken > 100);
}

static void test_cut(void **state)
{
    unsigned char bytes[SIZE];
    (void)state;
    make(bytes);
    for (size_t size = 0; size < SIZE - 3; size++) { /* what fills up the last row may lack */
        image_bmp bmp;
        in_file file;
        assert_int_equal(open_file(&bmp, &file, bytes, size), CLUDI_ERROR_FORMAT);
        in_file_close(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pixels), cmocka_unit_test(test_wrong_headers),
                                       cmocka_unit_test(test_cut)};
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
