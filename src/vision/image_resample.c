#include "image_resample.h"

#include <math.h>

enum { BITS = 32 - 8 - 2, HALF = 1 << (BITS - 1) };

static const double A = -0.5;
static const double REACH = 2; /* of the filter, to each side */

static double cubic(double x)
{
    x = fabs(x);
    if (x < 1)
        return ((A + 2) * x - (A + 3)) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
}

static double get_scale(const resample_axis *axis)
{
    return axis->extent / axis->size;
}

/* Inputs from one to the other side of an output, at most. */
static int32_t count_taps(const resample_axis *axis)
{
    return (int32_t)ceil(REACH * fmax(get_scale(axis), 1)) * 2 + 1;
}

int64_t resample_weights_size(const resample_axis *axis)
{
    return (int64_t)axis->count * (count_taps(axis) + 2);
}

static int32_t to_fixed(double weight)
{
    return (int32_t)(weight * (1 << BITS) + (weight < 0 ? -0.5 : 0.5));
}

/* Returns the number of inputs, from *begin on. */
static int32_t fill_output(const resample_axis *axis, int32_t output, int32_t *begin, int32_t *weights)
{
    double scale = get_scale(axis), wide = fmax(scale, 1), center = (output + 0.5) * scale, sum = 0;
    int32_t low = (int32_t)(center - REACH * wide + 0.5), high = (int32_t)(center + REACH * wide + 0.5);
    low = low < 0 ? 0 : low;
    high = high > axis->inputs ? axis->inputs : high;
    for (int32_t i = low; i < high; i++)
        sum += cubic((i - center + 0.5) * (1 / wide));
    for (int32_t i = low; i < high; i++) {
        double weight = cubic((i - center + 0.5) * (1 / wide));
        weights[i - low] = to_fixed(sum != 0 ? weight / sum : weight);
    }
    *begin = low;
    return high - low;
}

void resample_weights_fill(resample_weights *weights, const resample_axis *axis, int32_t *numbers)
{
    int32_t taps = count_taps(axis);
    *weights = (resample_weights){.count = axis->count,
                                  .taps = taps,
                                  .begin = numbers,
                                  .length = numbers + axis->count,
                                  .weights = numbers + 2 * (int64_t)axis->count};
    for (int32_t i = 0; i < axis->count; i++)
        weights->length[i] =
            fill_output(axis, axis->first + i, &weights->begin[i], weights->weights + (int64_t)i * taps);
}

static uint8_t round_sum(int32_t sum)
{
    int32_t value = sum >> BITS;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

void resample_row(const resample_weights *columns, const uint8_t *planes, int64_t stride, uint8_t *out)
{
    for (int c = 0; c < 3; c++) {
        for (int32_t o = 0; o < columns->count; o++) {
            const uint8_t *from = planes + c * stride + columns->begin[o];
            const int32_t *weights = columns->weights + (int64_t)o * columns->taps;
            int32_t sum = HALF, length = columns->length[o];
            for (int32_t i = 0; i < length; i++)
                sum += from[i] * weights[i];
            out[c * columns->count + o] = round_sum(sum);
        }
    }
}

void resample_rows_begin(resample_rows *rows, const resample_weights *weights, int32_t width, int32_t *sums)
{
    *rows = (resample_rows){.weights = weights, .width = width, .sums = sums};
    for (int64_t i = 0; i < (int64_t)weights->count * width; i++)
        sums[i] = HALF;
}

/* In the order of the outputs those that reach row at are neighbors, behind those that are complete. */
void resample_rows_add(resample_rows *rows, int32_t at, const uint8_t *row, uint8_t *out)
{
    const resample_weights *weights = rows->weights;
    for (int32_t o = rows->done; o < weights->count && weights->begin[o] <= at; o++) {
        int32_t *sums = rows->sums + (int64_t)o * rows->width;
        int32_t offset = at - weights->begin[o];
        int32_t weight = offset < weights->length[o] ? weights->weights[(int64_t)o * weights->taps + offset] : 0;
        for (int32_t i = 0; i < rows->width; i++)
            sums[i] += row[i] * weight;
    }
    while (rows->done < weights->count && weights->begin[rows->done] + weights->length[rows->done] <= at + 1) {
        const int64_t start = (int64_t)rows->done++ * rows->width;
        for (int32_t i = 0; i < rows->width; i++)
            out[start + i] = round_sum(rows->sums[start + i]);
    }
}
