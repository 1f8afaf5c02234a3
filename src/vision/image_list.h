/* The images of files and folders, in natural order of their paths.

   A file that is named is taken whatever it is called. In a folder those are taken whose names end in a known ending (case
   does not matter; image_walk.c has the list), also what then turns out to be no image. Files of other endings are counted by
   them, but for hidden ones (".name") and those of systems (Thumbs.db, desktop.ini, @eaDir). Folders within folders are walked, links to folders too, but not one that leads back to a
   folder on the way to it. A path that comes twice counts once. */
#ifndef VISION_IMAGE_LIST_H
#define VISION_IMAGE_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include <cludi/status.h>

#include "alloc.h"
#include "natural_order.h"

typedef struct image_entry {
    const char *path;    /* owned by the list */
    int32_t class_begin; /* of the class's name within path: the folder right below the one that was named */
    int32_t class_size;  /* bytes of it; 0: the image is in no such folder */
    int32_t label;       /* number of the class in natural order of names; -1: none */
    bool other;          /* while the list is made: its ending is no image's */
} image_entry;

enum { IMAGE_ENDING = 16 };

/* Files that were passed over. */
typedef struct image_ending {
    char text[IMAGE_ENDING]; /* with its dot, in lower case; empty: none, or a longer one */
    int64_t files;
} image_ending;

struct text_block;

typedef struct image_list {
    const cludi_allocator *allocator;
    image_entry *entries; /* (count) */
    int64_t count;
    int64_t capacity;
    name_part *classes; /* (class_count), in natural order; each ends with a NUL */
    int32_t class_count;
    image_ending *endings; /* (ending_count), the most frequent first */
    int64_t ending_count;
    int64_t passed;           /* files that were passed over */
    struct text_block *texts; /* where the paths are */
} image_list;

/* paths: (count) files and folders. The caller clears in any case.
   Errors: CLUDI_ERROR_FILE (not there, or a folder that cannot be read), CLUDI_ERROR_MEMORY. */
cludi_status image_list_init(image_list *list, const char *const *paths, int64_t count,
                             const cludi_allocator *allocator, cludi_error *error);

void image_list_clear(image_list *list);

#endif
