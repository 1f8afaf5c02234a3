/* The formats of images that are read, known by their first bytes. */
#ifndef VISION_IMAGE_FORMAT_H
#define VISION_IMAGE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

enum { IMAGE_FORMAT_START = 16 };

#define IMAGE_FORMAT_NAMES "JPEG, PNG, WebP, TIFF, GIF, BMP, HEIC, AVIF, JPEG 2000 and JPEG XL"

typedef struct image_format {
    const char *name;
    const char *loader; /* libvips' operation; NULL: image_bmp.c */
    const char *start;  /* of the file; '?' is any byte */
    size_t length;
    bool is_upright; /* the loader turns it as the format says, whatever EXIF says besides */
} image_format;

/* bytes: the first `got` of a file, IMAGE_FORMAT_START of them if there are so many. NULL: no image that is read. */
const image_format *image_format_find(const char *bytes, size_t got);

#endif
