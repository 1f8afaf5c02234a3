/* Public structs with a struct_size: those of a program that was compiled with an older, shorter header are taken as they are. What
 * it does not have keeps its default, and what it has no room for is not written. Fields are only added behind the last one, never
 * into the padding behind it. */
#ifndef API_STRUCT_SIZE_H
#define API_STRUCT_SIZE_H

#include <stddef.h>
#include <stdint.h>

#include <cludi/matrix.h>
#include <cludi/status.h>

/* One public struct. */
typedef struct struct_shape {
    const char *name; /* the argument, as sentences name it */
    const char *init; /* what fills it in; NULL: the caller sets struct_size */
    size_t least;     /* bytes: the fields that it has to have */
    size_t first;     /* bytes in 0.1.0, or where it was first; what its _init without a size writes */
    size_t known;     /* bytes today */
    size_t alignment; /* what every size is a multiple of */
} struct_shape;

extern const struct_shape SHAPE_CONTEXT_OPTIONS, SHAPE_CONFIG, SHAPE_MODEL_INFO, SHAPE_PROFILE, SHAPE_PREDICT_OPTIONS,
    SHAPE_CHECKPOINT, SHAPE_METHOD_INFO, SHAPE_FIT_OUTLINE, SHAPE_VERIFICATION, SHAPE_SCORES, SHAPE_DATASET_OPTIONS,
    SHAPE_ENCODER_OPTIONS, SHAPE_ENCODER_INFO, SHAPE_EMBED_OPTIONS, SHAPE_PLOT;

/* CLUDI_ERROR_ARGUMENT for a struct_size that no header had, or a newer one than this library's. */
cludi_status struct_size_check(const struct_shape *shape, const void *theirs, cludi_error *error);

/* Takes what the caller has: ours (shape->known bytes) holds the defaults, and keeps them where theirs ends. */
cludi_status struct_size_take(const struct_shape *shape, void *ours, const void *theirs, cludi_error *error);

/* Gives what the caller has room for. theirs was checked; its struct_size stays. */
void struct_size_give(void *theirs, const void *ours);

/* The same for an _init: theirs is `size` bytes, of which those that ours does not have become 0. */
void struct_size_begin(const struct_shape *shape, void *theirs, size_t size, const void *ours);

/* A source of which a program has `size` bytes; what it does not have becomes NULL. theirs may be NULL, and then ours is zeroed. */
cludi_status struct_size_take_source(cludi_source *ours, const cludi_source *theirs, size_t size, cludi_error *error);

#endif
