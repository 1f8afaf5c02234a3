/* A model file taken apart, so that a test can change a piece and write it again. */
#ifndef TESTS_MODEL_EDIT_H
#define TESTS_MODEL_EDIT_H

#include "safetensors.h"

enum { EDIT_MOST_ARRAYS = 64, EDIT_MOST_PAIRS = 24 };

typedef struct model_edit {
    safetensors_array arrays[EDIT_MOST_ARRAYS];
    safetensors_meta pairs[EDIT_MOST_PAIRS];
    int64_t count, pair_count;
    float *values[EDIT_MOST_ARRAYS]; /* what arrays[i].data pointed at when read */
    char *owned[2 * EDIT_MOST_ARRAYS + 2 * EDIT_MOST_PAIRS];
    int owned_count;
} model_edit;

/* Asserts. */
void model_edit_read(model_edit *edit, const char *path);
void model_edit_write(const model_edit *edit, const char *path);
void model_edit_clear(model_edit *edit);

/* Makes weights_digest and content_digest those of the file as it is now. */
void model_edit_sign(model_edit *edit);

/* The array or value of that name; fails when there is none. */
safetensors_array *model_edit_array(model_edit *edit, const char *name);
safetensors_meta *model_edit_pair(model_edit *edit, const char *key);

/* Removes it. */
void model_edit_drop_array(model_edit *edit, const char *name);
void model_edit_drop_pair(model_edit *edit, const char *key);

/* Replaces the first `from` in the value of a key by `to`; fails when it is not there. */
void model_edit_replace(model_edit *edit, const char *key, const char *from, const char *to);

#endif
