/* Weight files of the tiny Vision Transformer of tests/golden/vit.safetensors, in any naming scheme and number type, and with
   something wrong. */
#ifndef TESTS_VIT_FILE_H
#define TESTS_VIT_FILE_H

#include <stdbool.h>

enum { VIT_FILE_IMAGES = 5, VIT_FILE_WIDTH = 24, VIT_FILE_SIZE = 12, VIT_FILE_OTHER_IMAGES = 2, VIT_FILE_OTHER = 20 };

typedef struct vit_file {
    int scheme;          /* 0 timm, 1 ViTModel, 2 Dinov2Model, 3 the original DINOv2 */
    const char *prefix;  /* before each name; NULL: nothing */
    const char *dtype;   /* "F32" (NULL too), "F16", "BF16", "I32" */
    const char *cut;     /* numbers are cut to those of this type first; NULL: dtype */
    const char *heads;   /* the value of "heads" in the metadata; NULL: 3 */
    bool full;           /* with registers and layer scales */
    const char *without; /* a timm name to leave out; NULL: none */
    const char *flat;    /* a timm name whose shape is made flat; NULL: none */
    const char *more;    /* name of a tensor that is there too; NULL: none */
    const char *nan;     /* a timm name whose first number is NaN; NULL: none */
} vit_file;

/* Writes the file; fails the test if it cannot. */
void vit_file_write(const char *path, const vit_file *file);

/* out[0..count): pixels or features of the golden file. */
void vit_file_golden(const char *name, double *out, long count);

#endif
