/* The range by which an image's numbers are scaled: gray or RGB without alpha.

   It is the least to the largest number, but that of each color min(8 + pixels / 1000, pixels / 16) numbers at either end,
   4096 at most of all colors, may be hot or dead pixels: those that lie farther outside all others than these spread are left
   out. So the others never have less than a third of the range. Where the others are one number, nothing is left out: the few
   are what the image shows. */
#ifndef VISION_PIXEL_RANGE_H
#define VISION_PIXEL_RANGE_H

#include "image_pixels.h"

enum { PIXEL_MOST_LEFT_OUT = 4096 };

/* The numbers of an image that are largest, and the next; a heap: numbers[0] is the least of them. */
typedef struct pixel_extremes {
    int32_t count;
    double numbers[PIXEL_MOST_LEFT_OUT + 1];
} pixel_extremes;

typedef struct pixel_range {
    double least, most;      /* numbers beyond these are not looked at */
    double low, next_low;    /* the two least that differ */
    double high, next_high;  /* the two largest */
    bool is_not_finite;      /* there is a NaN or an infinity, which is none of those */
    pixel_extremes smallest; /* with the other sign */
    pixel_extremes largest;
} pixel_range;

/* For an image of so many pixels. */
void pixel_range_begin(pixel_range *range, const pixel_layout *layout, int64_t pixels);

/* Adds count pixels at row; low and high of the layout are not looked at. */
void pixel_range_add(pixel_range *range, const pixel_layout *layout, const void *row, int64_t count);

/* Are all numbers below limit, or all but those few or but a single one that others have too? */
bool pixel_range_is_below(const pixel_range *range, double limit);

/* The range without the few that lie far outside and, where the only number from limit up is one, without that. True: it is
   not low to high. */
bool pixel_range_cut(const pixel_range *range, double limit, double *least, double *most);

/* Is there a number, as in pixels without data, beside which all others, scaled, would be nearly one level? */
bool pixel_range_has_mark(const pixel_range *range, double *mark);

#endif
