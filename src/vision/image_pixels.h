/* A row of pixels as a file has them, to RGB of 8 bits. */
#ifndef VISION_IMAGE_PIXELS_H
#define VISION_IMAGE_PIXELS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum pixel_number { PIXEL_I8, PIXEL_I16, PIXEL_U16, PIXEL_I32, PIXEL_U32, PIXEL_F32, PIXEL_F64 } pixel_number;

typedef struct pixel_layout {
    int32_t bands;  /* numbers of a pixel: 1, 2 gray (and alpha); 3 and more RGB (and others) */
    bool is_wide;   /* numbers of 16 bits, else 8 */
    bool is_cmyk;   /* the first four are C M Y K, 255 or 65535 for full ink */
    bool is_scaled; /* numbers of any type, low..high of the image becomes 0..255; is_wide and is_cmyk do not count */
    pixel_number number; /* the type of those */
    double low, high;    /* low < high */
} pixel_layout;

/* rgb (count, 3) from count pixels at row. Alpha is dropped, of 16 bits the upper 8 are taken. */
void pixels_to_rgb(const pixel_layout *layout, const void *row, int64_t count, uint8_t *rgb);

/* What an image's numbers are, gray or RGB without alpha. */
typedef struct pixel_range {
    double low, next_low;   /* the two least numbers; begin with INFINITY */
    double high, next_high; /* the two largest; begin with -INFINITY */
    bool is_not_finite;     /* there is a NaN or an infinity, which is none of those */
} pixel_range;

extern const pixel_range PIXEL_RANGE_EMPTY;

/* Adds count pixels at row of such a layout; low and high of the layout are not looked at. */
void pixels_add_range(const pixel_layout *layout, const void *row, int64_t count, pixel_range *range);

/* Is there a number, as in pixels without data, beside which all others, scaled, would be nearly one level? */
bool pixels_have_mark(const pixel_range *range, double *mark);

#endif
