/* The forward pass of a Vision Transformer:

     x_0 = [c + e_0 ; R ; P Wp^T + bp + e]       CLS token, registers, patches, each patch a row of 3 p^2 pixels
     x  += s1 (A(LN(x)) Wo^T + bo)               A: attention of all heads
     x  += s2 (gelu(LN(x) W1^T + b1) W2^T + b2)  a block is these two; s1, s2: layer scale, 1 without
     f   = LN(x)_0, or the mean of LN(x) over the patches

   LN has epsilon 1e-6, gelu is exact. Layer scales are multiplied into Wo, bo, W2, b2 when weights are loaded. All memory is
   taken and all weights are packed then; embedding allocates nothing. Each worker takes a few images through all blocks; rows
   are filled up to backend.row_multiple, so that none depends on its company or on the number of threads. */
#ifndef VISION_VIT_H
#define VISION_VIT_H

#include "backend.h"

#include <cludi/vision.h>

typedef struct vit vit;

/* be must outlive the network. CLUDI_ERROR_ARGUMENT (heads, image_size), CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT,
   CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND. */
cludi_status vit_load(vit **network, backend *be, const char *path, const cludi_encoder_options *options,
                      cludi_error *error);
void vit_free(vit *network);

/* Everything but struct_size. */
void vit_describe(const vit *network, cludi_encoder_info *info);

/* pixels (images, 3, S, S) -> features (images, width). CLUDI_ERROR_DATA: NaN or infinity; CLUDI_ERROR_BACKEND. */
cludi_status vit_embed(vit *network, const float *pixels, int64_t images, float *features, cludi_error *error);

#endif
