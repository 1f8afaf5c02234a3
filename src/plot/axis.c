#include "axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double MARGIN = 0.05;          /* of the range */
static const double LEAST_RELATIVE = 1e-10; /* ranges below are rounding, and would want labels of too many digits */
static const double LEAST = 1e-290;         /* as zero: steps below could not be told apart */
static const double PLAIN_LIMIT = 1e6;      /* labels from here on have an exponent */
enum { PLAIN_DECIMALS = 4 };                /* and from here on */

void axis_include(axis_range *range, double value)
{
    range->low = fmin(range->low, value);
    range->high = fmax(range->high, value);
    range->is_whole = range->is_whole && value == floor(value);
}

static axis_range without_degeneration(axis_range range)
{
    if (range.low > range.high)
        return (axis_range){0, 1, false};
    double size = fmax(fabs(range.low), fabs(range.high));
    if (size < LEAST)
        return (axis_range){-1, 1, range.is_whole};
    if (range.high - range.low >= size * LEAST_RELATIVE)
        return range;
    double around = range.is_whole ? fmax(1, round(size / 10)) : size / 10;
    return (axis_range){range.low - around, range.high + around, range.is_whole};
}

/* The smallest of 1, 2, 5 times a power of ten that is not below `least`; *power: that of ten. */
static double nice_step(double least, int *power)
{
    static const double NICE[] = {1, 2, 5, 10};
    *power = (int)floor(log10(least));
    double unit = pow(10, *power);
    int i = 0;
    while (i < 3 && NICE[i] * unit < least * (1 - 1e-12))
        i++;
    *power += i == 3;
    return NICE[i] * unit;
}

/* "1.5e+06" becomes "1.5e6". */
static void shorten_exponent(char *label)
{
    char *e = strchr(label, 'e');
    if (!e)
        return;
    char *to = e + 1;
    const char *from = e + 1 + strspn(e + 1, "+-0");
    if (e[1] == '-')
        to++;
    memmove(to, from, strlen(from) + 1);
}

/* size: the largest number on the axis; power: of ten, in the step between ticks. */
static void label_tick(char label[NUMBER_TEXT], double value, double size, int power)
{
    int decimals = power < 0 ? -power : 0;
    if (size < PLAIN_LIMIT && decimals <= PLAIN_DECIMALS) {
        number_text_fixed(label, value, decimals);
        return;
    }
    int digits = value == 0 ? 1 : (int)floor(log10(fabs(value)) + 1e-9) - power + 1;
    number_text_round(label, value, digits < 1 ? 1 : digits > 17 ? 17 : digits);
    shorten_exponent(label);
}

static void add_linear_ticks(axis *a, double low, double high, bool is_whole, int most)
{
    int power;
    double step = 0, first = 0, last = 0, least = (high - low) / most;
    if (is_whole)
        least = fmax(least, 1);
    do {
        step = nice_step(least, &power);
        first = ceil(low / step - 1e-9);
        last = floor(high / step + 1e-9);
        least = step * 1.5;
    } while (last - first >= most);
    for (double i = first; i <= last; i++) {
        a->ticks[a->tick_count] = i * step + 0.0;
        label_tick(a->labels[a->tick_count], a->ticks[a->tick_count], fmax(fabs(low), fabs(high)), power);
        a->tick_count++;
    }
}

void axis_init(axis *a, axis_range range, int most)
{
    range = without_degeneration(range);
    double margin = (range.high - range.low) * MARGIN;
    double low = range.low - margin, high = range.high + margin;
    *a = (axis){.low = range.low >= 0 ? fmax(low, 0) : low, .high = range.high <= 0 ? fmin(high, 0) : high};
    add_linear_ticks(a, a->low, a->high, range.is_whole, most);
}

/* 1, 2 and 5 (or 1 alone) times powers of ten, of which only each `stride`-th; returns how many there are. */
static int add_log_ticks(axis *a, int mantissas, int stride)
{
    static const double NICE[] = {1, 2, 5};
    int first = (int)floor(a->low), last = (int)ceil(a->high), found = 0;
    for (int power = first - first % stride; power <= last; power += stride) {
        for (int i = 0; i < mantissas; i++) {
            double value = NICE[i] * pow(10, power), at = log10(value);
            if (at < a->low - 1e-9 || at > a->high + 1e-9)
                continue;
            if (found < AXIS_TICKS) {
                a->ticks[found] = value;
                number_text_round(a->labels[found], value, 6);
                shorten_exponent(a->labels[found]);
            }
            found++;
        }
    }
    return found;
}

void axis_init_log(axis *a, axis_range range, int most)
{
    static const int STRIDES[] = {1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000};
    if (range.low > range.high)
        range = (axis_range){1, 10, false};
    double low = log10(range.low), high = log10(range.high);
    double margin = high - low < LEAST_RELATIVE ? log10(2) : (high - low) * MARGIN;
    *a = (axis){.low = low - margin, .high = high + margin, .is_log = true};
    int found = add_log_ticks(a, 3, 1);
    if (found < 2) {
        add_linear_ticks(a, pow(10, a->low), pow(10, a->high), range.is_whole, most);
        return;
    }
    for (int i = 0; found > most; i++)
        found = add_log_ticks(a, 1, STRIDES[i]);
    a->tick_count = found;
}

void axis_init_names(axis *a, int count)
{
    *a = (axis){.low = -0.5, .high = count - 0.5};
}

double axis_place(const axis *a, double value)
{
    return ((a->is_log ? log10(value) : value) - a->low) / (a->high - a->low);
}
