/* BMP as rows of RGB. libvips reads it by ImageMagick alone, which takes its settings from the working folder; the format is
   short enough to be read here: 1, 2, 4, 8, 16, 24 and 32 bits a pixel, not compressed. */
#ifndef VISION_IMAGE_BMP_H
#define VISION_IMAGE_BMP_H

#include <stdbool.h>
#include <stdint.h>

#include <cludi/status.h>

#include "in_file.h"

typedef struct image_bmp {
    int32_t width;
    int32_t height;
    int32_t bits;            /* of a pixel */
    bool is_top_down;        /* rows begin with the top one */
    int64_t pixels;          /* where they begin in the file */
    int64_t row_size;        /* bytes from a row to the next */
    uint32_t masks[3];       /* red, green, blue in 16 or 32 bits */
    uint8_t palette[256][3]; /* RGB; black beyond its colors */
} image_bmp;

/* Reads the header. The sides are not checked but for being positive. Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT. */
cludi_status image_bmp_open(image_bmp *bmp, const in_file *file, cludi_error *error);

/* CLUDI_ERROR_FORMAT unless the file holds all rows. */
cludi_status image_bmp_check(const image_bmp *bmp, const in_file *file, cludi_error *error);

/* Rows first .. first + count from the top; rgb (count, width, 3). Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT. */
cludi_status image_bmp_read(const image_bmp *bmp, const in_file *file, int32_t first, int32_t count, uint8_t *rgb,
                            cludi_error *error);

#endif
