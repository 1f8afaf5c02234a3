/* Finds the files below a folder; the list's half that asks the file system. */
#ifndef VISION_IMAGE_WALK_H
#define VISION_IMAGE_WALK_H

#include <stdbool.h>

#include <cludi/status.h>

#include "alloc.h"

/* Takes a path found, which lives as long as the call. Errors end the walk. */
typedef cludi_status (*image_walk_take)(void *user, const char *path, cludi_error *error);

/* Walks all below root, in no order, but for hidden files and folders and what systems keep beside images. Errors: CLUDI_ERROR_FILE (a folder cannot be read), CLUDI_ERROR_MEMORY, those of take. */
cludi_status image_walk(const char *root, const cludi_allocator *allocator, image_walk_take take, void *user,
                        cludi_error *error);

/* Does a name end like that of an image? */
bool image_walk_knows(const char *name);

#endif
