/* One image file as rows of RGB, 8 bits each, from the top down. image_vips.c alone knows libvips (image_module.h).

   The format is found from the first bytes (image_format.c), and the one loader for it is called by its name: JPEG, PNG, WebP,
   TIFF (first page), GIF (first frame), HEIC and AVIF (main image), JPEG 2000, JPEG XL (first frame); BMP is read by
   image_bmp.c. So no other loader of libvips can be reached, trusted or not, and nothing has to be set for
   the whole process. Regular files only; folders, pipes and devices are refused, never waited for.

   To RGB: gray is repeated, alpha is dropped (not mixed with a background), of 16 bits the upper 8 are taken, palettes are
   looked up, C M Y K with 255 for no ink become R = C K / 255 and so on; color profiles are not applied. All as Pillow's
   convert("RGB"). Lab and other color spaces go through libvips' conversion to sRGB. Numbers of other types (floating point, 32
   bits, signed), and of 16 bits where all but a few are below 4096, are scaled by their range (pixel_range.h). Those with NaN or infinity, or without a range, and complex ones are refused. The orientation of EXIF is
   reported, not applied: a row of a turned image is a column of the file.

   Threads: each may have an image of its own; image_file_end_thread before a thread ends. */
#ifndef VISION_IMAGE_FILE_H
#define VISION_IMAGE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include <cludi/status.h>

#include "image_bmp.h"
#include "image_pixels.h"
#include "in_file.h"

enum {
    IMAGE_MOST_SIDE = 65535,     /* pixels of a side; more is refused before anything is decoded */
    IMAGE_MOST_PIXELS = 1 << 27, /* of an image: 134,217,728 */
    IMAGE_STRIP = 8              /* rows read at a time, at most */
};

typedef struct image_file {
    const char *path; /* borrowed, must outlive the image_file */
    int32_t width;    /* of the image */
    int32_t height;
    int32_t rows;        /* that can be read: height, or less for a JPEG that is decoded smaller */
    int32_t columns;     /* of such a row */
    int32_t shrink;      /* 1, 2, 4 or 8: rows = ceil(height / shrink), columns = ceil(width / shrink) */
    int32_t orientation; /* of EXIF, 1..8 */
    in_file file;
    const char *format; /* "JPEG", ... */
    void *source;       /* libvips' objects; NULL for a BMP */
    void *image;
    void *region;
    pixel_layout layout; /* of the region's rows */
    image_bmp bmp;
} image_file;

/* Opens an image: its header is read and its size checked.
   side: the shorter side that the image will be resized to; a JPEG is decoded smaller by 2, 4 or 8 as long as its shorter
         side stays at least 2.5 times as long.
   Errors: CLUDI_ERROR_FILE (cannot be read, not a regular file), CLUDI_ERROR_FORMAT (empty, no image, damaged, too large),
   CLUDI_ERROR_UNSUPPORTED (the module that knows libvips is not there). After an error nothing is open. */
cludi_status image_file_open(image_file *image, const char *path, int32_t side, cludi_error *error);

/* Reads rows first .. first + count, count <= IMAGE_STRIP; from one call to the next first only grows.
   rgb: (count, columns, 3). Errors: CLUDI_ERROR_FORMAT (damaged or truncated). */
cludi_status image_file_read(image_file *image, int32_t first, int32_t count, uint8_t *rgb, cludi_error *error);

/* Closes; also after an error. */
void image_file_close(image_file *image);

/* libvips collects its messages for the whole process. While one thread is alone, what it is told is its own. Everything
   between begin and end of others waits. */
void image_file_begin(bool alone);
void image_file_end(void);

/* Frees what libvips keeps for the calling thread. */
void image_file_end_thread(void);

#endif
