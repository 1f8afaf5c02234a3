#define _GNU_SOURCE /* a lock that lets writers in */
#include "image_module.h"

#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <vips/vips.h>

#include "error.h"
#include "image_pixels.h"
#include "module.h"

enum { START = 16 };

/* How many times as long as wanted the shorter side stays when a JPEG is decoded smaller. Measured over photographs with
   and without grain: the mean difference to the whole image's result stays below 0.45/255 at 2.5, and reaches 0.6 at 2. */
static const double LEAST_EXCESS = 2.5;

typedef struct image_format {
    const char *name;
    const char *loader; /* libvips' operation */
    const char *start;  /* of the file; '?' is any byte */
    size_t length;
} image_format;

static const image_format FORMATS[] = {
    {"JPEG", "jpegload_source", "\xFF\xD8\xFF", 3},
    {"PNG", "pngload_source", "\x89PNG\r\n\x1A\n", 8},
    {"WebP", "webpload_source", "RIFF\?\?\?\?WEBP", 12},
    {"TIFF", "tiffload_source", "II*\0", 4},
    {"TIFF", "tiffload_source", "MM\0*", 4},
    {"TIFF", "tiffload_source", "II+\0", 4},
    {"TIFF", "tiffload_source", "MM\0+", 4},
    {"GIF", "gifload_source", "GIF87a", 6},
    {"GIF", "gifload_source", "GIF89a", 6},
};

#ifdef PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP
#define WRITERS_FIRST PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP
#else
#define WRITERS_FIRST PTHREAD_RWLOCK_INITIALIZER
#endif
static pthread_rwlock_t messages_lock = WRITERS_FIRST;
static pthread_once_t started = PTHREAD_ONCE_INIT;
static bool is_started;

static void ignore_message(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer user)
{
    (void)domain;
    (void)level;
    (void)message;
    (void)user;
}

/* ---- fork: a child of a process that was decoding decodes no more: what libvips was in the middle of is not known ---- */

static bool was_idle;  /* at the fork that is under way */
static bool abandoned; /* in this process: a thread that it does not have was decoding */

static void before_fork(void)
{
    was_idle = pthread_rwlock_trywrlock(&messages_lock) == 0;
}

static void after_fork(void)
{
    if (was_idle)
        (void)pthread_rwlock_unlock(&messages_lock);
}

static void after_fork_in_child(void)
{
    messages_lock = (pthread_rwlock_t)WRITERS_FIRST;
    abandoned = abandoned || !was_idle;
}

/* libvips prints its warnings; a library does not. Where it misses the folder of its plugins, it guesses another from the
   name of the program, along PATH and in the working folder, unless that is absolute. */
static void start_vips(void)
{
    is_started = VIPS_INIT("/cludi") == 0;
    g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG,
                      ignore_message, NULL);
    (void)pthread_atfork(before_fork, after_fork, after_fork_in_child);
}

/* Nothing of another image may stand before the reason: what was said before is dropped. */
static void begin(bool alone)
{
    if (!alone) {
        (void)pthread_rwlock_rdlock(&messages_lock);
        return;
    }
    (void)pthread_rwlock_wrlock(&messages_lock);
    vips_error_clear();
}

static void end_message(void)
{
    (void)pthread_rwlock_unlock(&messages_lock);
}

/* Also of a thread that had no image: libvips must have been started, or be. */
static void end_thread(void)
{
    (void)pthread_once(&started, start_vips);
    if (is_started)
        vips_thread_shutdown();
}

/* The first line of what libvips says. */
static cludi_status refuse_damaged(const image_file *image, cludi_error *error)
{
    const char *reason = vips_error_buffer();
    reason += strspn(reason, " \n");
    int length = (int)strcspn(reason, "\n");
    if (length == 0)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" cannot be decoded as %s: it is damaged.", image->path,
                         image->format);
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" cannot be decoded as %s: %.*s.", image->path, image->format,
                     length, reason);
}

static bool has_start(const image_format *format, const char *bytes, size_t got)
{
    bool same = got >= format->length;
    for (size_t i = 0; same && i < format->length; i++)
        same = format->start[i] == '?' || format->start[i] == bytes[i];
    return same;
}

static cludi_status find_format(const image_file *image, const image_format **format, cludi_error *error)
{
    char bytes[START];
    size_t got;
    cludi_status status = in_file_peek(&image->file, bytes, sizeof bytes, &got, error);
    if (status)
        return status;
    if (got == 0)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is empty.", image->path);
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++) {
        if (has_start(&FORMATS[i], bytes, got)) {
            *format = &FORMATS[i];
            return CLUDI_OK;
        }
    }
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is no image that is read: JPEG, PNG, WebP, TIFF and GIF are.",
                     image->path);
}

/* Runs an operation and drops it; NULL after an error. Not through libvips' cache, which would keep images and files. */
static VipsImage *run_operation(VipsOperation *operation)
{
    VipsImage *out = NULL;
    if (vips_object_build(VIPS_OBJECT(operation)) == 0)
        g_object_get(operation, "out", &out, NULL);
    vips_object_unref_outputs(VIPS_OBJECT(operation));
    g_object_unref(operation);
    return out;
}

static VipsImage *load(const image_file *image, const image_format *format, int shrink)
{
    VipsOperation *operation = vips_operation_new(format->loader);
    if (!operation)
        return NULL;
    g_object_set(operation, "source", image->source, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR,
                 NULL);
    if (shrink > 1)
        g_object_set(operation, "shrink", shrink, NULL);
    return run_operation(operation);
}

static bool is_plain(const VipsImage *image)
{
    bool is_wide = image->BandFmt == VIPS_FORMAT_USHORT;
    switch (image->Type) {
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB:
    case VIPS_INTERPRETATION_RGB16:
    case VIPS_INTERPRETATION_GREY16:
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_MULTIBAND:
        return is_wide || image->BandFmt == VIPS_FORMAT_UCHAR;
    case VIPS_INTERPRETATION_CMYK:
        return image->Bands >= 4 && (is_wide || image->BandFmt == VIPS_FORMAT_UCHAR);
    default:
        return false;
    }
}

/* What pixels_to_rgb does not know becomes sRGB of 8 bits. */
static VipsImage *convert(VipsImage *image)
{
    static const char *const STEPS[] = {"colourspace", "cast"};
    for (size_t i = 0; i < 2 && image && !is_plain(image); i++) {
        VipsOperation *operation = vips_operation_new(STEPS[i]);
        g_object_set(operation, "in", image, NULL);
        if (i == 0)
            g_object_set(operation, "space", VIPS_INTERPRETATION_sRGB, NULL);
        else
            g_object_set(operation, "format", VIPS_FORMAT_UCHAR, NULL);
        VipsImage *next = run_operation(operation);
        g_object_unref(image);
        image = next;
    }
    return image;
}

static cludi_status check_size(image_file *image, cludi_error *error)
{
    const VipsImage *loaded = image->image;
    int64_t pixels = (int64_t)loaded->Xsize * loaded->Ysize;
    if (loaded->Xsize < 1 || loaded->Ysize < 1 || loaded->Xsize > IMAGE_MOST_SIDE || loaded->Ysize > IMAGE_MOST_SIDE ||
        pixels > IMAGE_MOST_PIXELS)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" says that it has %d x %d pixels; sides of 1 to %d and at most %d pixels are read.",
                         image->path, loaded->Xsize, loaded->Ysize, IMAGE_MOST_SIDE, IMAGE_MOST_PIXELS);
    image->width = loaded->Xsize;
    image->height = loaded->Ysize;
    return CLUDI_OK;
}

static int choose_shrink(const image_file *image, int32_t side)
{
    int32_t shorter = image->width < image->height ? image->width : image->height;
    int shrink = 1;
    while (shrink < 8 && shorter >= LEAST_EXCESS * 2 * shrink * side)
        shrink *= 2;
    return shrink;
}

static cludi_status load_shrunk(image_file *image, const image_format *format, int32_t side, cludi_error *error)
{
    image->shrink = strcmp(format->name, "JPEG") == 0 ? choose_shrink(image, side) : 1;
    if (image->shrink > 1) {
        g_object_unref(image->image);
        image->image = load(image, format, image->shrink);
    }
    image->image = convert(image->image);
    if (!image->image)
        return refuse_damaged(image, error);
    image->rows = ((VipsImage *)image->image)->Ysize;
    image->columns = ((VipsImage *)image->image)->Xsize;
    image->orientation = vips_image_get_orientation(image->image);
    return CLUDI_OK;
}

static cludi_status open_image(image_file *image, int32_t side, cludi_error *error)
{
    const image_format *format = NULL;
    cludi_status status = find_format(image, &format, error);
    if (status)
        return status;
    image->format = format->name;
    image->source = vips_source_new_from_descriptor(image->file.descriptor);
    image->image = image->source ? load(image, format, 1) : NULL;
    status = image->image ? check_size(image, error) : refuse_damaged(image, error);
    if (!status)
        status = load_shrunk(image, format, side, error);
    if (!status) {
        image->region = vips_region_new(image->image);
        status = image->region ? CLUDI_OK : refuse_damaged(image, error);
    }
    return status;
}

static void close_file(image_file *image)
{
    void *const objects[] = {image->region, image->image, image->source};
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
        if (objects[i])
            g_object_unref(objects[i]);
    image->region = image->image = image->source = NULL;
    in_file_close(&image->file);
}

static cludi_status open_file(image_file *image, const char *path, int32_t side, cludi_error *error)
{
    *image = (image_file){.path = path, .file = {.descriptor = -1}};
    (void)pthread_once(&started, start_vips);
    if (!is_started)
        return error_set(error, CLUDI_ERROR_UNSUPPORTED, "\"%s\" cannot be decoded: libvips does not start.", path);
    if (abandoned)
        return error_set(error, CLUDI_ERROR_UNSUPPORTED,
                         "\"%s\" cannot be decoded: this process was forked while another thread decoded images.",
                         path);
    cludi_status status = in_file_open(&image->file, path, error);
    if (!status)
        status = open_image(image, side, error);
    if (status)
        close_file(image);
    return status;
}

static cludi_status read_rows(image_file *image, int32_t first, int32_t count, uint8_t *rgb, cludi_error *error)
{
    const VipsImage *from = image->image;
    const VipsRect rows = {0, first, image->columns, count};
    const pixel_layout layout = {.bands = from->Bands,
                                 .is_wide = from->BandFmt == VIPS_FORMAT_USHORT,
                                 .is_cmyk = from->Type == VIPS_INTERPRETATION_CMYK};
    if (vips_region_prepare(image->region, &rows) != 0)
        return refuse_damaged(image, error);
    const VipsRegion *region = image->region;
    const unsigned char *row = region->data + (ptrdiff_t)(first - region->valid.top) * region->bpl;
    for (int32_t i = 0; i < count; i++, row += region->bpl)
        pixels_to_rgb(&layout, row, image->columns, rgb + (int64_t)3 * image->columns * i);
    return CLUDI_OK;
}

module_entry cludi_image_module;

__attribute__((visibility("default"))) const void *cludi_image_module(void)
{
    static const image_module MODULE = {MODULE_VERSION, open_file,   read_rows, close_file,
                                        begin,          end_message, end_thread};
    return &MODULE;
}
