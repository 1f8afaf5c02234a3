#include "image_pixels.h"

#include <string.h>

static uint8_t get_number(const pixel_layout *layout, const void *row, int64_t at)
{
    return layout->is_wide ? (uint8_t)(((const uint16_t *)row)[at] >> 8) : ((const uint8_t *)row)[at];
}

/* a * b / 255, rounded; exact for all a, b. */
static uint8_t multiply(unsigned a, unsigned b)
{
    unsigned product = a * b + 128;
    return (uint8_t)((product + (product >> 8)) >> 8);
}

static void convert_cmyk(const pixel_layout *layout, const void *row, int64_t count, uint8_t *rgb)
{
    for (int64_t i = 0; i < count; i++) {
        unsigned white = 255U - get_number(layout, row, i * layout->bands + 3);
        for (int c = 0; c < 3; c++)
            rgb[3 * i + c] = multiply(255U - get_number(layout, row, i * layout->bands + c), white);
    }
}

void pixels_to_rgb(const pixel_layout *layout, const void *row, int64_t count, uint8_t *rgb)
{
    int second = layout->bands >= 3 ? 1 : 0;
    if (layout->is_cmyk) {
        convert_cmyk(layout, row, count, rgb);
    } else if (layout->bands == 3 && !layout->is_wide) {
        memcpy(rgb, row, 3 * (size_t)count);
    } else {
        for (int64_t i = 0; i < count; i++)
            for (int c = 0; c < 3; c++)
                rgb[3 * i + c] = get_number(layout, row, i * layout->bands + c * second);
    }
}
