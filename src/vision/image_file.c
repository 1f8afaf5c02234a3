#include "error.h"
#include "image_module.h"
#include "module.h"

static module_file file = {.file = IMAGE_MODULE_FILE, .entry = IMAGE_MODULE_ENTRY};

static const image_module *get_module(void)
{
    return module_table(&file);
}

cludi_status image_file_open(image_file *image, const char *path, int32_t side, cludi_error *error)
{
    *image = (image_file){.path = path, .file = {.descriptor = -1}};
    const image_module *module = get_module();
    if (module)
        return module->open(image, path, side, error);
    return error_set(error, CLUDI_ERROR_UNSUPPORTED,
                     "\"%s\" cannot be decoded: the part of cludi that reads images is not there (%s).", path,
                     file.reason);
}

cludi_status image_file_read(image_file *image, int32_t first, int32_t count, uint8_t *rgb, cludi_error *error)
{
    return get_module()->read(image, first, count, rgb, error);
}

void image_file_close(image_file *image)
{
    const image_module *module = get_module();
    if (module)
        module->close(image);
}

void image_file_begin(bool alone)
{
    const image_module *module = get_module();
    if (module)
        module->begin(alone);
}

void image_file_end(void)
{
    const image_module *module = get_module();
    if (module)
        module->end();
}

void image_file_end_thread(void)
{
    const image_module *module = get_module();
    if (module)
        module->end_thread();
}
