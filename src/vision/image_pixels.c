#include "image_pixels.h"

#include <math.h>
#include <string.h>

const pixel_range PIXEL_RANGE_EMPTY = {(double)INFINITY, (double)INFINITY, -(double)INFINITY, -(double)INFINITY, false};

static const double FEW_LEVELS = 4.0 / 255; /* of the range */

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

static double get_real(pixel_number number, const void *row, int64_t at)
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

static void add_number(pixel_range *range, double number)
{
    if (number < range->low) {
        range->next_low = range->low;
        range->low = number;
    } else if (number > range->low) {
        range->next_low = fmin(range->next_low, number);
    }
    if (number > range->high) {
        range->next_high = range->high;
        range->high = number;
    } else if (number < range->high) {
        range->next_high = fmax(range->next_high, number);
    }
}

void pixels_add_range(const pixel_layout *layout, const void *row, int64_t count, pixel_range *range)
{
    const int colors = layout->bands >= 3 ? 3 : 1;
    for (int64_t i = 0; i < count; i++)
        for (int c = 0; c < colors; c++) {
            const double number = get_real(layout->number, row, i * layout->bands + c);
            if (!isfinite(number)) {
                range->is_not_finite = true;
                continue;
            }
            add_number(range, number);
        }
}

/* Halves, so that no difference overflows. Where the others are one number, nothing of them is lost. */
bool pixels_have_mark(const pixel_range *range, double *mark)
{
    const double least = FEW_LEVELS * (range->high / 2 - range->low / 2);
    const double without_low = range->high / 2 - range->next_low / 2;
    const double without_high = range->next_high / 2 - range->low / 2;
    const double without_both = range->next_high / 2 - range->next_low / 2;
    const bool is_high = without_high > 0 && without_high < least;
    const bool are_two = range->next_low / 2 - range->low / 2 > least && range->high / 2 - range->next_high / 2 > least;
    *mark = is_high ? range->high : range->low;
    return is_high || (without_low > 0 && without_low < least) || (are_two && without_both > 0 && without_both < least);
}

/* Halves, so that no difference overflows. Numbers beyond the range are those of a file that has changed. */
static void convert_scaled(const pixel_layout *layout, const void *row, int64_t count, uint8_t *rgb)
{
    const int second = layout->bands >= 3 ? 1 : 0;
    const double half = layout->low / 2, width = layout->high / 2 - half;
    for (int64_t i = 0; i < count; i++)
        for (int c = 0; c < 3; c++) {
            const double number = get_real(layout->number, row, i * layout->bands + c * second);
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
