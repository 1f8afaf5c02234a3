/* Rows of every layout to RGB. */
#include "cmocka_all.h"
#include "image_pixels.h"

static void expect(const pixel_layout *layout, const void *row, const uint8_t wanted[6])
{
    uint8_t rgb[6];
    pixels_to_rgb(layout, row, 2, rgb);
    assert_memory_equal(rgb, wanted, sizeof rgb);
}

static void test_bands(void **state)
{
    static const uint8_t row[] = {10, 20, 30, 40, 50, 60, 70, 80};
    (void)state;
    expect(&(pixel_layout){1, false, false}, row, (uint8_t[]){10, 10, 10, 20, 20, 20});
    expect(&(pixel_layout){2, false, false}, row, (uint8_t[]){10, 10, 10, 30, 30, 30});
    expect(&(pixel_layout){3, false, false}, row, (uint8_t[]){10, 20, 30, 40, 50, 60});
    expect(&(pixel_layout){4, false, false}, row, (uint8_t[]){10, 20, 30, 50, 60, 70});
}

static void test_wide(void **state)
{
    static const uint16_t row[] = {0x01FF, 0x0200, 0xFFFF, 0x0400, 0x0500, 0x0600};
    (void)state;
    expect(&(pixel_layout){3, true, false}, row, (uint8_t[]){1, 2, 255, 4, 5, 6});
    expect(&(pixel_layout){1, true, false}, row, (uint8_t[]){1, 1, 1, 2, 2, 2});
}

/* (255 - ink) (255 - black) / 255, rounded, for all values. */
static void test_cmyk(void **state)
{
    (void)state;
    for (int ink = 0; ink < 256; ink++) {
        for (int black = 0; black < 256; black++) {
            const uint8_t row[] = {(uint8_t)ink, 0, 255, (uint8_t)black, 0, 0, 0, 0};
            const double exact = (255 - ink) * (255 - black) / 255.0;
            expect(&(pixel_layout){4, false, true}, row,
                   (uint8_t[]){(uint8_t)(exact + 0.5), (uint8_t)(255 - black), 0, 255, 255, 255});
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bands), cmocka_unit_test(test_wide),
                                       cmocka_unit_test(test_cmyk)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
