/* Images through a network: decoded ahead by threads of their own while the calling thread computes. */
#ifndef VISION_EMBED_IMAGES_H
#define VISION_EMBED_IMAGES_H

#include "image_list.h"
#include "message.h"

/* The network: pixels (images, 3, S, S) to features (images, D). A row's numbers do not depend on the others. */
typedef cludi_status (*embed_network)(void *user, const float *pixels, int64_t images, float *features,
                                      cludi_error *error);

/* Takes what became of image `at`, in order: features (D), or NULL and the reason in failed. Not 0: stop. */
typedef int (*embed_take)(void *user, int64_t at, const float *features, const cludi_error *failed);

typedef struct embed_job {
    const image_list *images;
    int64_t first;      /* image to begin with */
    int32_t image_size; /* S */
    int32_t features;   /* D */
    int32_t
        batch; /* images computed at once, 1..EMBED_MOST_BATCH; 0: what takes about half a second, at most 16 or threads */
    int32_t threads;     /* that decode */
    embed_network embed; /* called from the calling thread */
    void *network;       /* handed to embed */
    embed_take take;     /* the same */
    void *user;          /* handed to take */
    callbacks *messages; /* progress, phase "embed", at least ten times a second but for the time that embed takes */
    const cludi_allocator *allocator;
} embed_job;

enum { EMBED_MOST_BATCH = 1024 };

/* Runs images first .. count - 1. Images that cannot be read are handed to take, and the others go on.
   Errors: those of embed; CLUDI_ERROR_MEMORY (also when it came up while an image was read), CLUDI_ERROR_UNSUPPORTED (no
   libvips, no thread), CLUDI_STOPPED (take or progress asked to). */
cludi_status embed_images(const embed_job *job, cludi_error *error);

#endif
