/* A row of pixels as a file has them, to RGB of 8 bits. */
#ifndef VISION_IMAGE_PIXELS_H
#define VISION_IMAGE_PIXELS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct pixel_layout {
    int32_t bands; /* numbers of a pixel: 1, 2 grey (and alpha); 3 and more RGB (and others) */
    bool is_wide;  /* numbers of 16 bits, else 8 */
    bool is_cmyk;  /* the first four are C M Y K, 255 or 65535 for full ink */
} pixel_layout;

/* rgb (count, 3) from count pixels at row. Alpha is dropped, of 16 bits the upper 8 are taken. */
void pixels_to_rgb(const pixel_layout *layout, const void *row, int64_t count, uint8_t *rgb);

#endif
