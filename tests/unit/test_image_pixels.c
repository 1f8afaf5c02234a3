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
    expect(&(pixel_layout){.bands = 1, .is_wide = false, .is_cmyk = false}, row, (uint8_t[]){10, 10, 10, 20, 20, 20});
    expect(&(pixel_layout){.bands = 2, .is_wide = false, .is_cmyk = false}, row, (uint8_t[]){10, 10, 10, 30, 30, 30});
    expect(&(pixel_layout){.bands = 3, .is_wide = false, .is_cmyk = false}, row, (uint8_t[]){10, 20, 30, 40, 50, 60});
    expect(&(pixel_layout){.bands = 4, .is_wide = false, .is_cmyk = false}, row, (uint8_t[]){10, 20, 30, 50, 60, 70});
}

static void test_wide(void **state)
{
    static const uint16_t row[] = {0x01FF, 0x0200, 0xFFFF, 0x0400, 0x0500, 0x0600};
    (void)state;
    expect(&(pixel_layout){.bands = 3, .is_wide = true, .is_cmyk = false}, row, (uint8_t[]){1, 2, 255, 4, 5, 6});
    expect(&(pixel_layout){.bands = 1, .is_wide = true, .is_cmyk = false}, row, (uint8_t[]){1, 1, 1, 2, 2, 2});
}

/* (255 - ink) (255 - black) / 255, rounded, for all values. */
static void test_cmyk(void **state)
{
    (void)state;
    for (int ink = 0; ink < 256; ink++) {
        for (int black = 0; black < 256; black++) {
            const uint8_t row[] = {(uint8_t)ink, 0, 255, (uint8_t)black, 0, 0, 0, 0};
            const double exact = (255 - ink) * (255 - black) / 255.0;
            expect(&(pixel_layout){.bands = 4, .is_wide = false, .is_cmyk = true}, row,
                   (uint8_t[]){(uint8_t)(exact + 0.5), (uint8_t)(255 - black), 0, 255, 255, 255});
        }
    }
}

/* Each type, from its least number to its largest; one beyond is clamped. */
static void test_scaled(void **state)
{
    static const int8_t i8[] = {-128, 127, 0};
    static const int16_t i16[] = {-32768, 32767, 0};
    static const uint16_t u16[] = {0, 4000, 2000};
    static const int32_t i32[] = {INT32_MIN, INT32_MAX, 0};
    static const uint32_t u32[] = {0, UINT32_MAX, UINT32_MAX / 2 + 1};
    static const float f32[] = {-3e38F, 3e38F, 0};
    static const double f64[] = {-1.7e308, 1.7e308, 0};
    static const void *const ROWS[] = {[PIXEL_I8] = i8,   [PIXEL_I16] = i16, [PIXEL_U16] = u16, [PIXEL_I32] = i32,
                                       [PIXEL_U32] = u32, [PIXEL_F32] = f32, [PIXEL_F64] = f64};
    (void)state;
    for (int number = PIXEL_I8; number <= PIXEL_F64; number++) {
        pixel_layout layout = {.bands = 1, .is_scaled = true, .number = (pixel_number)number};
        uint8_t rgb[9];
        layout.low = pixels_get(layout.number, ROWS[number], 0);
        layout.high = pixels_get(layout.number, ROWS[number], 1);
        pixels_to_rgb(&layout, ROWS[number], 3, rgb);
        assert_memory_equal(rgb, ((uint8_t[]){0, 0, 0, 255, 255, 255, 128, 128, 128}), sizeof rgb);
    }
    const float far[] = {-9, 9};
    expect(&(pixel_layout){.bands = 1, .is_scaled = true, .number = PIXEL_F32, .low = 0, .high = 1}, far,
           (uint8_t[]){0, 0, 0, 255, 255, 255});
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bands), cmocka_unit_test(test_wide),
                                       cmocka_unit_test(test_cmyk), cmocka_unit_test(test_scaled)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
