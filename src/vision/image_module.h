/* The part of cludi that knows libvips is a module (module.h), which is loaded when the first image is opened: libvips and
   the forty libraries behind it would cost each start of the program 20 ms and 11 MiB. */
#ifndef VISION_IMAGE_MODULE_H
#define VISION_IMAGE_MODULE_H

#include "image_file.h"

#define IMAGE_MODULE_FILE "cludi_images.so"
#define IMAGE_MODULE_ENTRY "cludi_image_module"

/* What image_file.h says of the functions of these names. */
typedef struct image_module {
    const char *version;
    cludi_status (*open)(image_file *image, const char *path, int32_t side, cludi_error *error);
    cludi_status (*read)(image_file *image, int32_t first, int32_t count, uint8_t *rgb, cludi_error *error);
    void (*close)(image_file *image);
    void (*begin)(bool alone);
    void (*end)(void);
    void (*end_thread)(void);
} image_module;

#endif
