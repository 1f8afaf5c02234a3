/* In the place of image_load.c in a build without libvips. */
#include "error.h"
#include "image_load.h"

cludi_status image_file_open(image_file *image, const char *path, int32_t side, cludi_error *error)
{
    (void)side;
    *image = (image_file){.path = path, .file = {.descriptor = -1}};
    return error_set(error, CLUDI_ERROR_UNSUPPORTED, "\"%s\" cannot be decoded: this build of cludi has no libvips.",
                     path);
}

cludi_status image_file_read(image_file *image, int32_t first, int32_t count, uint8_t *rgb, cludi_error *error)
{
    (void)first;
    (void)count;
    (void)rgb;
    return error_set(error, CLUDI_ERROR_UNSUPPORTED, "\"%s\" is not open.", image->path);
}

void image_file_close(image_file *image)
{
    (void)image;
}

void image_load_begin(bool alone)
{
    (void)alone;
}

void image_load_end(void)
{
}

void image_load_end_thread(void)
{
}
