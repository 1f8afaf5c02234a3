/* A row of pixels as a file has them, to RGB of 8 bits. */
#ifndef VISION_IMAGE_PIXELS_H
#define VISION_IMAGE_PIXELS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum pixel_number { PIXEL_I8, PIXEL_I16, PIXEL_U16, PIXEL_I32, PIXEL_U32, PIXEL_F32, PIXEL_F64 } pixel_number;

typedef struct pixel_layout {
    int32_t bands; /* numbers of a pixel: 1, 2 gray (and alpha); 3 and more RGB (and others) */
    bool is_wide;  /* numbers of 16 bits, else 8 */
    bool is_cmyk;  /* the first four are C M Y K, 255 or 65535 for full ink */
    bool
        is_scaled; /* numbers of any type, low..high become 0..255, and so do those beyond; is_wide and is_cmyk do not count */
    pixel_number number; /* the type of those */
    double low, high;    /* low < high */
} pixel_layout;

/* rgb (count, 3) from count pixels at row. Alpha is dropped, of 16 bits the upper 8 are taken. */
void pixels_to_rgb(const pixel_layout *layout, const void *row, int64_t count, uint8_t *rgb);

/* The number at an index of such a row. */
double pixels_get(pixel_number number, const void *row, int64_t at);

#endif
