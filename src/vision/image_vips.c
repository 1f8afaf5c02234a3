#define _GNU_SOURCE /* a lock that lets writers in */
#include "image_module.h"

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <string.h>
#include <vips/vips.h>

#include "error.h"
#include "image_format.h"
#include "module.h"
#include "pixel_range.h"

/* Numbers of 16 bits below this hold 12 bits or fewer: the upper 8 would be black. */
enum { LEAST_WIDE = 4096 };

/* How many times as long as wanted the shorter side stays when a JPEG is decoded smaller. Measured over photographs with
   and without grain: the mean difference to the whole image's result stays below 0.45/255 at 2.5, and reaches 0.6 at 2. */
static const double LEAST_EXCESS = 2.5;

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
    while (length > 0 && strchr(". ", reason[length - 1]))
        length--;
    if (length == 0)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" cannot be decoded as %s: it is damaged.", image->path,
                         image->format);
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" cannot be decoded as %s: %.*s.", image->path, image->format,
                     length, reason);
}

static cludi_status find_format(const image_file *image, const image_format **format, cludi_error *error)
{
    char bytes[IMAGE_FORMAT_START];
    size_t got;
    TRY(in_file_peek(&image->file, bytes, sizeof bytes, &got, error));
    if (got == 0)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is empty.", image->path);
    *format = image_format_find(bytes, got);
    if (!*format)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is no image that is read: " IMAGE_FORMAT_NAMES " are.",
                         image->path);
    if ((*format)->loader && !vips_type_find("VipsOperation", (*format)->loader))
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is %s, and this libvips has no loader for %s.", image->path,
                         (*format)->name, (*format)->name);
    return CLUDI_OK;
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

/* ---- numbers and colors ---- */

/* Numbers that mean something else than gray or red, green and blue. */
static bool is_other_space(const VipsImage *image)
{
    switch (image->Type) {
    case VIPS_INTERPRETATION_LAB:
    case VIPS_INTERPRETATION_LABQ:
    case VIPS_INTERPRETATION_LABS:
    case VIPS_INTERPRETATION_LCH:
    case VIPS_INTERPRETATION_CMC:
    case VIPS_INTERPRETATION_XYZ:
    case VIPS_INTERPRETATION_YXY:
    case VIPS_INTERPRETATION_HSV:
        return true;
    default:
        return image->Coding != VIPS_CODING_NONE;
    }
}

/* Other color spaces become sRGB of 8 bits. */
static VipsImage *convert(VipsImage *image)
{
    static const char *const STEPS[] = {"colourspace", "cast"};
    const bool other = image && is_other_space(image);
    for (size_t i = 0; i < 2 && image && other; i++) {
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

/* Which type numbers are that may have to be scaled; -1: complex. */
static int find_number(const VipsImage *image)
{
    static const int NUMBERS[] = {
        [VIPS_FORMAT_UCHAR] = -1,        [VIPS_FORMAT_CHAR] = PIXEL_I8,  [VIPS_FORMAT_USHORT] = PIXEL_U16,
        [VIPS_FORMAT_SHORT] = PIXEL_I16, [VIPS_FORMAT_UINT] = PIXEL_U32, [VIPS_FORMAT_INT] = PIXEL_I32,
        [VIPS_FORMAT_FLOAT] = PIXEL_F32, [VIPS_FORMAT_COMPLEX] = -1,     [VIPS_FORMAT_DOUBLE] = PIXEL_F64,
        [VIPS_FORMAT_DPCOMPLEX] = -1};
    return image->BandFmt >= 0 && image->BandFmt < VIPS_FORMAT_LAST ? NUMBERS[image->BandFmt] : -1;
}

static const unsigned char *get_rows(const image_file *image, int32_t first, int32_t count)
{
    const VipsImage *from = image->image;
    const VipsRect rows = {0, first, from->Xsize, count};
    const VipsRegion *region = image->region;
    if (vips_region_prepare(image->region, &rows) != 0)
        return NULL;
    return region->data + (ptrdiff_t)(first - region->valid.top) * region->bpl;
}

static cludi_status measure(image_file *image, pixel_range *range, cludi_error *error)
{
    const VipsImage *from = image->image;
    image->region = vips_region_new(image->image);
    if (!image->region)
        return refuse_damaged(image, error);
    for (int32_t at = 0; at < from->Ysize; at += IMAGE_STRIP) {
        const int32_t count = from->Ysize - at < IMAGE_STRIP ? from->Ysize - at : IMAGE_STRIP;
        const unsigned char *row = get_rows(image, at, count);
        if (!row)
            return refuse_damaged(image, error);
        for (int32_t i = 0; i < count; i++, row += ((VipsRegion *)image->region)->bpl)
            pixel_range_add(range, &image->layout, row, from->Xsize);
    }
    g_object_unref(image->region);
    image->region = NULL;
    return CLUDI_OK;
}

static cludi_status refuse_numbers(const image_file *image, const pixel_range *range, double mark, cludi_error *error)
{
    const bool is_real = image->layout.number >= PIXEL_F32;
    const char *type = is_real ? "floating point" : "integer";
    const int digits = is_real ? 6 : 10; /* all of an integer's */
    if (range->is_not_finite)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has pixels that are NaN or infinite.", image->path);
    if (!(range->low < range->high))
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" has the %s number %.*g in all pixels; there is no range by which to scale it.",
                         image->path, type, digits, range->low);
    return error_set(error, CLUDI_ERROR_FORMAT,
                     "\"%s\" has pixels of the %s number %.*g, beside which all others would look alike once "
                     "scaled. If it stands for missing data, replace it.",
                     image->path, type, digits, mark);
}

static cludi_status load_again(image_file *image, const image_format *format, cludi_error *error)
{
    g_object_unref(image->image);
    image->image = load(image, format, 1);
    return image->image ? CLUDI_OK : refuse_damaged(image, error);
}

/* Finds the range in a pass of its own, or in two where some numbers are left out; rows are decoded but once, so the image is
   opened again. */
static cludi_status find_range(image_file *image, const image_format *format, cludi_error *error)
{
    pixel_layout *layout = &image->layout;
    const double limit = layout->is_wide ? LEAST_WIDE : (double)INFINITY;
    pixel_range range;
    double mark = 0, least, most;
    pixel_range_begin(&range, layout, (int64_t)image->width * image->height);
    cludi_status status = measure(image, &range, error);
    if (status)
        return status;
    const bool has_range = range.low < range.high;
    layout->is_scaled = !layout->is_wide || (has_range && pixel_range_is_below(&range, limit));
    if (layout->is_scaled && !range.is_not_finite && pixel_range_cut(&range, limit, &least, &most)) {
        pixel_range_begin(&range, layout, 0);
        range.least = least;
        range.most = most;
        status = load_again(image, format, error);
        if (!status)
            status = measure(image, &range, error);
    }
    if (status)
        return status;
    layout->low = range.low;
    layout->high = range.high;
    const bool is_flat = !(range.low < range.high) || pixel_range_has_mark(&range, &mark);
    if (range.is_not_finite || (layout->is_scaled && is_flat))
        return refuse_numbers(image, &range, mark, error);
    return load_again(image, format, error);
}

static cludi_status find_layout(image_file *image, const image_format *format, cludi_error *error)
{
    const VipsImage *from = image->image;
    const int number = find_number(from);
    image->layout = (pixel_layout){.bands = from->Bands,
                                   .is_wide = from->BandFmt == VIPS_FORMAT_USHORT,
                                   .is_cmyk = from->Type == VIPS_INTERPRETATION_CMYK && from->Bands >= 4,
                                   .number = number < 0 ? PIXEL_F64 : (pixel_number)number};
    if (from->BandFmt == VIPS_FORMAT_UCHAR || (image->layout.is_cmyk && image->layout.is_wide))
        return CLUDI_OK;
    if (number < 0 || image->layout.is_cmyk)
        return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has %s, which are not read.", image->path,
                         number < 0 ? "complex numbers" : "inks that are no numbers of 8 or 16 bits");
    return find_range(image, format, error);
}

/* ---- opening ---- */

static cludi_status check_size(const image_file *image, cludi_error *error)
{
    const int32_t width = image->width, height = image->height;
    if (width < 1 || height < 1 || width > IMAGE_MOST_SIDE || height > IMAGE_MOST_SIDE ||
        (int64_t)width * height > IMAGE_MOST_PIXELS)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" says that it has %d x %d pixels; sides of 1 to %d and at most %d pixels are read.",
                         image->path, width, height, IMAGE_MOST_SIDE, IMAGE_MOST_PIXELS);
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
    TRY(find_layout(image, format, error));
    image->rows = ((VipsImage *)image->image)->Ysize;
    image->columns = ((VipsImage *)image->image)->Xsize;
    image->orientation = format->is_upright ? 1 : vips_image_get_orientation(image->image);
    return CLUDI_OK;
}

static cludi_status open_bmp(image_file *image, cludi_error *error)
{
    cludi_status status = image_bmp_open(&image->bmp, &image->file, error);
    image->width = image->columns = image->bmp.width;
    image->height = image->rows = image->bmp.height;
    image->shrink = image->orientation = 1;
    if (!status)
        status = check_size(image, error);
    return status ? status : image_bmp_check(&image->bmp, &image->file, error);
}

static cludi_status open_image(image_file *image, int32_t side, cludi_error *error)
{
    const image_format *format = NULL;
    cludi_status status = find_format(image, &format, error);
    if (status)
        return status;
    image->format = format->name;
    if (!format->loader)
        return open_bmp(image, error);
    image->source = vips_source_new_from_descriptor(image->file.descriptor);
    image->image = image->source ? load(image, format, 1) : NULL;
    if (!image->image)
        return refuse_damaged(image, error);
    image->width = ((VipsImage *)image->image)->Xsize;
    image->height = ((VipsImage *)image->image)->Ysize;
    status = check_size(image, error);
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
    if (!image->region)
        return image_bmp_read(&image->bmp, &image->file, first, count, rgb, error);
    const unsigned char *row = get_rows(image, first, count);
    if (!row)
        return refuse_damaged(image, error);
    for (int32_t i = 0; i < count; i++, row += ((VipsRegion *)image->region)->bpl)
        pixels_to_rgb(&image->layout, row, image->columns, rgb + (int64_t)3 * image->columns * i);
    return CLUDI_OK;
}

module_entry cludi_image_module;

__attribute__((visibility("default"))) const void *cludi_image_module(void)
{
    static const image_module MODULE = {MODULE_VERSION, open_file,   read_rows, close_file,
                                        begin,          end_message, end_thread};
    return &MODULE;
}
