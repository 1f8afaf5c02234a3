/* Images: one read, many listed, all embedded. */
#include <cludi/vision.h>

#include "alloc.h"
#include "context_private.h"
#include "embed_images.h"
#include "error.h"
#include "image_prepare.h"
#include "struct_size.h"

_Static_assert((int)CLUDI_IMAGE_MOST_SIZE == (int)IMAGE_MOST_SIZE, "the header says what is read");

struct cludi_image_list {
    image_list images;
};

static cludi_status refuse_null(const char *argument, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", argument);
}

static cludi_status check_size(int32_t image_size, cludi_error *error)
{
    if (image_size >= 1 && image_size <= IMAGE_MOST_SIZE)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_ARGUMENT, "image_size is %d; it must be between 1 and %d.", image_size,
                     (int)IMAGE_MOST_SIZE);
}

cludi_status cludi_image_read(cludi_context *context, const char *path, int32_t image_size, float *pixels,
                              cludi_error *error)
{
    image_reader reader;
    if (!context || !path || !pixels)
        return refuse_null(!context ? "context" : !path ? "path" : "pixels", error);
    cludi_status status = check_size(image_size, error);
    if (status)
        return status;
    status = image_reader_init(&reader, image_size, NULL, context_allocator(context), error);
    if (!status)
        status = image_reader_read(&reader, path, pixels, error);
    image_reader_clear(&reader);
    return status;
}

cludi_status cludi_image_list_new(cludi_context *context, const char *const *paths, int64_t count,
                                  cludi_image_list **list, cludi_error *error)
{
    if (!list)
        return refuse_null("list", error);
    *list = NULL;
    if (!context || (!paths && count != 0))
        return refuse_null(context ? "paths" : "context", error);
    if (count < 0)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "count is %lld; a number of paths is wanted.", (long long)count);
    for (int64_t i = 0; i < count; i++)
        if (!paths[i])
            return error_set(error, CLUDI_ERROR_ARGUMENT, "paths[%lld] is NULL.", (long long)i);
    const cludi_allocator *allocator = context_allocator(context);
    cludi_image_list *made = alloc_zeroed(allocator, 1, sizeof *made);
    if (!made)
        return error_memory(error, "the list of images");
    cludi_status status = image_list_init(&made->images, paths, count, allocator, error);
    if (status)
        cludi_image_list_free(made);
    else
        *list = made;
    return status;
}

void cludi_image_list_free(cludi_image_list *list)
{
    if (!list)
        return;
    const cludi_allocator *allocator = list->images.allocator;
    image_list_clear(&list->images);
    alloc_free(allocator, list);
}

int64_t cludi_image_list_count(const cludi_image_list *list)
{
    return list->images.count;
}

int64_t cludi_image_list_passed(const cludi_image_list *list)
{
    return list->images.passed;
}

const char *cludi_image_list_ending(const cludi_image_list *list, int64_t number, int64_t *files)
{
    if (number < 0 || number >= list->images.ending_count)
        return NULL;
    if (files)
        *files = list->images.endings[number].files;
    return list->images.endings[number].text;
}

static const image_entry *get_entry(const cludi_image_list *list, int64_t image)
{
    return image >= 0 && image < list->images.count ? &list->images.entries[image] : NULL;
}

const char *cludi_image_list_path(const cludi_image_list *list, int64_t image)
{
    const image_entry *entry = get_entry(list, image);
    return entry ? entry->path : NULL;
}

int32_t cludi_image_list_label(const cludi_image_list *list, int64_t image)
{
    const image_entry *entry = get_entry(list, image);
    return entry ? entry->label : -1;
}

int32_t cludi_image_list_classes(const cludi_image_list *list)
{
    return list->images.class_count;
}

const char *cludi_image_list_class(const cludi_image_list *list, int32_t label)
{
    return label >= 0 && label < list->images.class_count ? list->images.classes[label].text : NULL;
}

void cludi_embed_options_init_sized(cludi_embed_options *options, size_t size)
{
    const cludi_embed_options ours = {0};
    struct_size_begin(&SHAPE_EMBED_OPTIONS, options, size, &ours);
}

void(cludi_embed_options_init)(cludi_embed_options *options)
{
    cludi_embed_options_init_sized(options, SHAPE_EMBED_OPTIONS.first);
}

static cludi_status check_options(const cludi_embed_options *options, int64_t images, cludi_error *error)
{
    if (!options->take)
        return refuse_null("options->take", error);
    if (options->batch < 0 || options->batch > EMBED_MOST_BATCH)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "batch is %d; it must be between 0 and %d.", options->batch,
                         (int)EMBED_MOST_BATCH);
    if (options->first < 0 || options->first > images)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "first is %lld; there are %lld images.",
                         (long long)options->first, (long long)images);
    return CLUDI_OK;
}

static cludi_status embed(void *user, const float *pixels, int64_t images, float *features, cludi_error *error)
{
    return cludi_encoder_embed(user, pixels, images, features, error);
}

cludi_status cludi_images_embed(cludi_context *context, cludi_encoder *encoder, const cludi_image_list *images,
                                const cludi_embed_options *theirs, cludi_error *error)
{
    cludi_encoder_info info = {.struct_size = sizeof info};
    cludi_embed_options ours = {0}, *options = &ours;
    if (!context || !encoder || !images || !theirs)
        return refuse_null(!context ? "context" : !encoder ? "encoder" : !images ? "images" : "options", error);
    cludi_status status = struct_size_take(&SHAPE_EMBED_OPTIONS, options, theirs, error);
    if (!status)
        status = check_options(options, images->images.count, error);
    if (!status)
        status = cludi_encoder_get_info(encoder, &info, error);
    if (!status)
        status = check_size(info.image_size, error);
    if (status)
        return status;
    const embed_job job = {.images = &images->images,
                           .first = options->first,
                           .image_size = info.image_size,
                           .features = info.features,
                           .batch = options->batch,
                           .threads = cludi_context_threads(context),
                           .embed = embed,
                           .network = encoder,
                           .take = options->take,
                           .user = options->user,
                           .messages = &context->messages,
                           .allocator = context_allocator(context)};
    return embed_images(&job, error);
}
