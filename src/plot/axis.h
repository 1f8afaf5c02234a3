/* What an axis shows: its range, its ticks and their labels. */
#ifndef PLOT_AXIS_H
#define PLOT_AXIS_H

#include <stdbool.h>

#include "number_text.h"

enum { AXIS_TICKS = 12 };

typedef struct axis {
    double low, high; /* the ends, low < high; of a logarithmic axis their log10 */
    bool is_log;
    int tick_count; /* 0..AXIS_TICKS, rising */
    double ticks[AXIS_TICKS];
    char labels[AXIS_TICKS][NUMBER_TEXT];
} axis;

/* Values an axis must hold; starts as {INFINITY, -INFINITY, true}. */
typedef struct axis_range {
    double low, high; /* low > high: there is none */
    bool is_whole;    /* all of them are whole numbers: ticks between those are of no use */
} axis_range;

void axis_include(axis_range *range, double value);

/* Around the range with a margin, at most `most` (2..AXIS_TICKS) ticks at multiples of 1, 2 or 5 times a power of ten. A margin does
   not reach over zero. Equal values get room on both sides. */
void axis_init(axis *a, axis_range range, int most);

/* The same with a logarithmic scale; range > 0. Ticks are 1, 2 and 5 times powers of ten, powers of ten
   alone where those are too many, and as above where they are fewer than two. */
void axis_init_log(axis *a, axis_range range, int most);

/* For the names of 0 .. count - 1: no ticks. */
void axis_init_names(axis *a, int count);

/* Where a value is, 0 at the low end, 1 at the high end. */
double axis_place(const axis *a, double value);

#endif
