#include "struct_size.h"

#include <string.h>

#include <cludi/cludi.h>

#include "error.h"

/* The size of a struct that ends with a field. */
#define END_OF(type, field) (offsetof(type, field) + sizeof(((type *)0)->field))
#define SIZE_UP_TO(type, field) ((END_OF(type, field) + _Alignof(type) - 1) / _Alignof(type) * _Alignof(type))
#define SHAPE(type, name, init, least, first)                                                                          \
    {                                                                                                                  \
        name, init, SIZE_UP_TO(type, least), SIZE_UP_TO(type, first), sizeof(type), _Alignof(type)                     \
    }

const struct_shape SHAPE_CONTEXT_OPTIONS =
                       SHAPE(cludi_context_options, "options", "cludi_context_options_init", threads, stop_user),
                   SHAPE_CONFIG = SHAPE(cludi_config, "config", "cludi_config_init", method, cluster_sizes),
                   SHAPE_MODEL_INFO = SHAPE(cludi_model_info, "info", NULL, features, confidence),
                   SHAPE_PROFILE = SHAPE(cludi_profile, "profile", NULL, threads, phase),
                   SHAPE_PREDICT_OPTIONS =
                       SHAPE(cludi_predict_options, "options", "cludi_predict_options_init", draws, adaptive),
                   SHAPE_CHECKPOINT = SHAPE(cludi_checkpoint, "checkpoint", "cludi_checkpoint_init", path, resume),
                   SHAPE_METHOD_INFO = SHAPE(cludi_method_info, "info", NULL, uses_precision, uses_precision),
                   SHAPE_FIT_OUTLINE = SHAPE(cludi_fit_outline, "outline", NULL, sample_rows, init_starts),
                   SHAPE_VERIFICATION = SHAPE(cludi_verification, "verification", NULL, same_rows, checked),
                   SHAPE_SCORES = SHAPE(cludi_scores, "scores", NULL, nmi, smallest_share),
                   SHAPE_DATASET_OPTIONS =
                       SHAPE(cludi_dataset_options, "options", "cludi_dataset_options_init", in_memory, id_column),
                   SHAPE_ENCODER_OPTIONS =
                       SHAPE(cludi_encoder_options, "options", "cludi_encoder_options_init", heads, pool),
                   SHAPE_ENCODER_INFO = SHAPE(cludi_encoder_info, "info", NULL, features, registers),
                   SHAPE_EMBED_OPTIONS = SHAPE(cludi_embed_options, "options", "cludi_embed_options_init", take, user),
                   SHAPE_PLOT = SHAPE(cludi_plot, "plot", NULL, panel_count, panel_count);

/* A field in the middle would move all behind it: where pointers have 8 bytes, these are the sizes of 0.1.0. */
#define FIRST_SIZE(type, first, bytes)                                                                                 \
    _Static_assert(sizeof(void *) != 8 || SIZE_UP_TO(type, first) == (bytes), "new fields of " #type " go to its end")
FIRST_SIZE(cludi_context_options, stop_user, 104);
FIRST_SIZE(cludi_config, cluster_sizes, 248);
FIRST_SIZE(cludi_model_info, confidence,
           336); /* when cludi_config grows, this one needs its fields copied one by one */
FIRST_SIZE(cludi_profile, phase, 536);
FIRST_SIZE(cludi_predict_options, adaptive, 16);
FIRST_SIZE(cludi_checkpoint, resume, 40);
FIRST_SIZE(cludi_method_info, uses_precision, 72);
FIRST_SIZE(cludi_fit_outline, sample_rows, 56);
FIRST_SIZE(cludi_verification, checked, 24);
FIRST_SIZE(cludi_scores, smallest_share, 80);
FIRST_SIZE(cludi_dataset_options, id_column, 16);
FIRST_SIZE(cludi_encoder_options, pool, 16);
FIRST_SIZE(cludi_encoder_info, registers, 28);
FIRST_SIZE(cludi_embed_options, user, 32);
FIRST_SIZE(cludi_plot, panel_count, 32);

static uint32_t read_size(const void *theirs)
{
    uint32_t size;
    memcpy(&size, theirs, sizeof size);
    return size;
}

cludi_status struct_size_check(const struct_shape *shape, const void *theirs, cludi_error *error)
{
    const uint32_t size = read_size(theirs);
    if (size >= shape->least && size <= shape->known && size % shape->alignment == 0)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_ARGUMENT,
                     "%s has struct_size %u; this library wants %zu, or at least %zu of an older header%s%s%s.",
                     shape->name, size, shape->known, shape->least, shape->init ? " (use " : "",
                     shape->init ? shape->init : "", shape->init ? ")" : "");
}

cludi_status struct_size_take(const struct_shape *shape, void *ours, const void *theirs, cludi_error *error)
{
    const uint32_t known = (uint32_t)shape->known;
    TRY(struct_size_check(shape, theirs, error));
    memcpy(ours, theirs, read_size(theirs));
    memcpy(ours, &known, sizeof known);
    return CLUDI_OK;
}

void struct_size_give(void *theirs, const void *ours)
{
    const size_t size = read_size(theirs);
    memcpy((char *)theirs + sizeof(uint32_t), (const char *)ours + sizeof(uint32_t), size - sizeof(uint32_t));
}

void struct_size_begin(const struct_shape *shape, void *theirs, size_t size, const void *ours)
{
    const uint32_t written = (uint32_t)size;
    memset(theirs, 0, size);
    memcpy(theirs, ours, size < shape->known ? size : shape->known);
    memcpy(theirs, &written, sizeof written);
}

cludi_status struct_size_take_source(cludi_source *ours, const cludi_source *theirs, size_t size, cludi_error *error)
{
    *ours = (cludi_source){0};
    if (size != sizeof(cludi_source_0_1) && size != sizeof *ours)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "size is %zu; a cludi_source has %zu bytes, or %zu of an older header.", size, sizeof *ours,
                         sizeof(cludi_source_0_1));
    if (theirs)
        memcpy(ours, theirs, size);
    return CLUDI_OK;
}
