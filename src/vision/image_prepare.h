/* From an image file to the numbers that a Vision Transformer takes: the evaluation transform of DINO and of torchvision.

   The shorter side becomes resize = 8/7 of the image size (256 for 224), rounded; the longer one follows and is cut to whole
   pixels; the middle image_size x image_size are taken; (v / 255 - mean) / deviation with ImageNet's means and deviations.
   The filter is that of image_resample.h. The image is upright: EXIF's orientation is applied. */
#ifndef VISION_IMAGE_PREPARE_H
#define VISION_IMAGE_PREPARE_H

#include <stdatomic.h>

#include "alloc.h"
#include "image_file.h"
#include "image_resample.h"

enum { IMAGE_MOST_SIZE = 2048 };

/* Where the wanted square lies, in the image as it is stored. */
typedef struct image_crop {
    int32_t columns; /* of the resized image */
    int32_t rows;
    int32_t left; /* of the square */
    int32_t top;
} image_crop;

/* The transform's sizes for an image of width x height pixels as stored. resize <= 0 is not allowed. */
image_crop image_crop_find(int32_t width, int32_t height, int32_t orientation, int32_t size);

/* The shorter side before the square is taken. */
int32_t image_resize_side(int32_t size);

/* What one thread needs to read images of any size, at most IMAGE_MOST_PIXELS. */
typedef struct image_reader {
    const cludi_allocator *allocator;
    int32_t size;            /* S: pixels of a side, 1..IMAGE_MOST_SIZE */
    const atomic_bool *stop; /* asked between strips; NULL: never */
    float (*levels)[256];    /* (3, 256): the number that stands for a level of a channel */
    int32_t *numbers[2];     /* weights of columns and rows */
    int32_t *sums;           /* (S, 3, S) */
    uint8_t *strip;          /* (IMAGE_STRIP, IMAGE_MOST_SIDE, 3) */
    uint8_t *planes;         /* (3, IMAGE_MOST_SIDE) */
    uint8_t *row;            /* (3, S) */
    uint8_t *square;         /* (S, 3, S) */
} image_reader;

/* Errors: CLUDI_ERROR_MEMORY. The caller clears in any case. */
cludi_status image_reader_init(image_reader *reader, int32_t size, const atomic_bool *stop,
                               const cludi_allocator *allocator, cludi_error *error);
void image_reader_clear(image_reader *reader);

/* pixels (3, S, S). Errors: those of image_file_open and image_file_read; CLUDI_STOPPED. Takes no memory from the allocator. */
cludi_status image_reader_read(image_reader *reader, const char *path, float *pixels, cludi_error *error);

#endif
