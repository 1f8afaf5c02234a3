/* The weight file of a Vision Transformer: finds out by which names, how many blocks and which sizes, refuses a file that
   lacks a tensor, has one more or one of another shape, and reads the parts one by one. */
#ifndef VISION_VIT_WEIGHTS_H
#define VISION_VIT_WEIGHTS_H

#include <cludi/vision.h>

#include "backend.h"
#include "safetensors.h"
#include "vit_names.h"

enum { VIT_MOST_BLOCKS = 256, VIT_NAME_BYTES = 512 };

typedef struct vit_weights {
    safetensors_file file;
    const cludi_allocator *allocator;
    vit_scheme scheme;
    char prefix[VIT_NAME_BYTES / 4]; /* "", "backbone.", "vit.", ... */
    int32_t depth;                   /* blocks, 1..VIT_MOST_BLOCKS */
    int64_t width, hidden, patch, positions, registers;
    int64_t side;         /* patches along a side of the image that the positions are for */
    bool class_positions; /* the first position is that of the CLS token; else it has none */
} vit_weights;

/* Opens and checks a file; path and allocator must outlive *w. vit_weights_close is needed after CLUDI_OK and allowed after
   an error. Errors: CLUDI_ERROR_FILE, CLUDI_ERROR_MEMORY, CLUDI_ERROR_FORMAT: one sentence that lists the tensors. */
cludi_status vit_weights_open(vit_weights *w, const cludi_allocator *allocator, const char *path, cludi_error *error);
void vit_weights_close(vit_weights *w);

/* The heads of each block: asked, if it is not 0; what the metadata say ("heads" or "num_heads"); what networks of this
   width have. CLUDI_ERROR_ARGUMENT: none of them, or the width is not a multiple. */
cludi_status vit_weights_heads(const vit_weights *w, int32_t asked, int32_t *heads, cludi_error *error);

/* Everything but struct_size, for images of the weights' own size; heads is 0 where they are not known. */
void vit_weights_describe(const vit_weights *w, cludi_encoder_info *info);

/* A part as a matrix without memory: (1, n) from a vector; 0 x 0 if the file does not have it. */
tensor vit_weights_shape(const vit_weights *w, vit_part part);

/* Reads a part into rows x cols places. block: 0 for parts that are there once. CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT (NaN or
   infinity). */
cludi_status vit_weights_read(vit_weights *w, vit_part part, int32_t block, float *out, cludi_error *error);

#endif
