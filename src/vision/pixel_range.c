#include "pixel_range.h"

#include <math.h>

enum { PIXELS_PER_EXTREME = 1000, FEWEST_EXTREMES = 8, LARGEST_SHARE = 16 };

static const double FEW_LEVELS = 4.0 / 255; /* of the range */

static int32_t count_colors(const pixel_layout *layout)
{
    return layout->bands >= 3 ? 3 : 1;
}

void pixel_range_begin(pixel_range *range, const pixel_layout *layout, int64_t pixels)
{
    const int64_t few = FEWEST_EXTREMES + pixels / PIXELS_PER_EXTREME, share = pixels / LARGEST_SHARE;
    const int64_t extremes = count_colors(layout) * (few < share ? few : share);
    const int32_t count = extremes < PIXEL_MOST_LEFT_OUT ? (int32_t)extremes + 1 : PIXEL_MOST_LEFT_OUT + 1;
    const double infinity = (double)INFINITY;
    range->low = range->next_low = range->most = infinity;
    range->high = range->next_high = range->least = -infinity;
    range->is_not_finite = false;
    range->smallest.count = range->largest.count = count;
    for (int32_t i = 0; i < count; i++)
        range->smallest.numbers[i] = range->largest.numbers[i] = -infinity;
}

/* In place of the least of the heap. */
static void keep(pixel_extremes *extremes, double number)
{
    double *heap = extremes->numbers;
    int32_t at = 0;
    for (int32_t child = 1; child < extremes->count; child = 2 * at + 1) {
        if (child + 1 < extremes->count && heap[child + 1] < heap[child])
            child++;
        if (heap[child] >= number)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = number;
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
    if (number > range->largest.numbers[0])
        keep(&range->largest, number);
    if (-number > range->smallest.numbers[0])
        keep(&range->smallest, -number);
}

void pixel_range_add(pixel_range *range, const pixel_layout *layout, const void *row, int64_t count)
{
    const int32_t colors = count_colors(layout);
    for (int64_t i = 0; i < count; i++)
        for (int32_t c = 0; c < colors; c++) {
            const double number = pixels_get(layout->number, row, i * layout->bands + c);
            if (!isfinite(number))
                range->is_not_finite = true;
            else if (number >= range->least && number <= range->most)
                add_number(range, number);
        }
}

/* Of all numbers but the extremes, from the least to the largest; halves, so that no difference overflows. */
static double half_spread(const pixel_range *range)
{
    return range->largest.numbers[0] / 2 + range->smallest.numbers[0] / 2;
}

static bool is_only_mark(const pixel_range *range, double limit)
{
    return range->high >= limit && range->next_high < limit && range->low < range->next_high;
}

bool pixel_range_is_below(const pixel_range *range, double limit)
{
    const bool are_few = half_spread(range) > 0 && range->largest.numbers[0] < limit;
    return range->high < limit || are_few || is_only_mark(range, limit);
}

static double find_end(const pixel_extremes *extremes, double half_width)
{
    double end = extremes->numbers[0];
    for (int32_t i = 0; i < extremes->count; i++)
        if (extremes->numbers[i] / 2 - extremes->numbers[0] / 2 <= half_width)
            end = fmax(end, extremes->numbers[i]);
    return end;
}

bool pixel_range_cut(const pixel_range *range, double limit, double *least, double *most)
{
    const double half_width = half_spread(range);
    *least = half_width > 0 ? -find_end(&range->smallest, half_width) : range->low;
    *most = half_width > 0 ? find_end(&range->largest, half_width) : range->high;
    if (*most >= limit && is_only_mark(range, limit))
        *most = range->next_high;
    return *least > range->low || *most < range->high;
}

/* Halves, so that no difference overflows. Where the others are one number, nothing of them is lost. */
bool pixel_range_has_mark(const pixel_range *range, double *mark)
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
