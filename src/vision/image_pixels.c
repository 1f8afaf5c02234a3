#include "image_pixels.h"

#include <math.h>
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

double pixels_get(pixel_number number, const void *row, int64_t at)
{
    switch (number) {
    case PIXEL_I8:
        return ((const int8_t *)row)[at];
    case PIXEL_I16:
        return ((const int16_t *)row)[at];
    case PIXEL_U16:
        return ((const uint16_t *)row)[at];
    case PIXEL_I32:
        return ((const int32_t *)row)[at];
    case PIXEL_U32:
        return ((const uint32_t *)row)[at];
    case PIXEL_F32:
        return (double)((const float *)row)[at];
    case PIXEL_F64:
    default:
        return ((const double *)row)[at];
    }
}

/* Halves, so that no difference overflows. Numbers beyond the range become its ends. */
static void convert_scaled(const pixel_layout *layout, const void *row, int64_t count, uint8_t *rgb)
{
    const int second = layout->bands >= 3 ? 1 : 0;
    const double half = layout->low / 2, width = layout->high / 2 - half;
    for (int64_t i = 0; i < count; i++)
        for (int c = 0; c < 3; c++) {
            const double number = pixels_get(layout->number, row, i * layout->bands + c * second);
            const double share = width > 0 ? (number / 2 - half) / width : 0;
            rgb[3 * i + c] = (uint8_t)(share > 0 ? fmin(share, 1) * 255 + 0.5 : 0);
        }
}

void pixels_to_rgb(const pixel_layout *layout, const void *row, int64_t count, uint8_t *rgb)
{
    int second = layout->bands >= 3 ? 1 : 0;
    if (layout->is_scaled) {
        convert_scaled(layout, row, count, rgb);
    } else if (layout->is_cmyk) {
        convert_cmyk(layout, row, count, rgb);
    } else if (layout->bands == 3 && !layout->is_wide) {
        memcpy(rgb, row, 3 * (size_t)count);
    } else {
        for (int64_t i = 0; i < count; i++)
            for (int c = 0; c < 3; c++)
                rgb[3 * i + c] = get_number(layout, row, i * layout->bands + c * second);
    }
}
