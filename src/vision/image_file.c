#define _GNU_SOURCE /* dladdr */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "image_module.h"

enum { MOST_PATH = 4096 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const image_module *module; /* NULL: it could not be loaded, because of: */
static char reason[512];

/* The file beside the one this code is in, else where the dynamic linker looks. */
static void *open_module(void)
{
    Dl_info self = {0};
    char path[MOST_PATH];
    void *file = NULL;
    if (dladdr(&once, &self) && self.dli_fname && strchr(self.dli_fname, '/')) {
        const int folder = (int)(strrchr(self.dli_fname, '/') + 1 - self.dli_fname);
        if (snprintf(path, sizeof path, "%.*s" IMAGE_MODULE_FILE, folder, self.dli_fname) < (int)sizeof path)
            file = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    }
    return file ? file : dlopen(IMAGE_MODULE_FILE, RTLD_NOW | RTLD_LOCAL);
}

static void load_module(void)
{
    void *file = open_module(), *entry = file ? dlsym(file, IMAGE_MODULE_ENTRY) : NULL;
    image_module_entry *get = NULL;
    if (!entry) {
        const char *said = dlerror();
        snprintf(reason, sizeof reason, "%s", said ? said : IMAGE_MODULE_FILE " is another file");
        return;
    }
    memcpy(&get, &entry, sizeof get); /* ISO C does not convert a pointer to a function */
    module = get();
    if (strcmp(module->version, IMAGE_MODULE_VERSION) == 0)
        return;
    snprintf(reason, sizeof reason, IMAGE_MODULE_FILE " is of version %s, the library of " IMAGE_MODULE_VERSION,
             module->version);
    module = NULL;
}

cludi_status image_file_open(image_file *image, const char *path, int32_t side, cludi_error *error)
{
    *image = (image_file){.path = path, .file = {.descriptor = -1}};
    (void)pthread_once(&once, load_module);
    if (module)
        return module->open(image, path, side, error);
    return error_set(error, CLUDI_ERROR_UNSUPPORTED,
                     "\"%s\" cannot be decoded: the part of cludi that reads images is not there (%s).", path, reason);
}

cludi_status image_file_read(image_file *image, int32_t first, int32_t count, uint8_t *rgb, cludi_error *error)
{
    return module->read(image, first, count, rgb, error);
}

void image_file_close(image_file *image)
{
    if (module)
        module->close(image);
}

void image_file_begin(bool alone)
{
    (void)pthread_once(&once, load_module);
    if (module)
        module->begin(alone);
}

void image_file_end(void)
{
    if (module)
        module->end();
}

void image_file_end_thread(void)
{
    (void)pthread_once(&once, load_module);
    if (module)
        module->end_thread();
}
