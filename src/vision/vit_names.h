/* Which tensors a Vision Transformer has, what they are called in weight files, and their shapes: data for vit_weights.c.

   Dosovitskiy et al., An Image is Worth 16x16 Words, ICLR 2021 (arXiv:2010.11929); layer scale and registers: Touvron et al.,
   Going deeper with Image Transformers, ICCV 2021 (arXiv:2103.17239), and Darcet et al., Vision Transformers Need Registers,
   ICLR 2024 (arXiv:2309.16588). docs/theory.md has the equations and the names as a table. */
#ifndef VISION_VIT_NAMES_H
#define VISION_VIT_NAMES_H

#include <stdbool.h>

typedef enum vit_part {
    VIT_CLS,
    VIT_POSITIONS,
    VIT_REGISTERS,
    VIT_PATCH_W,
    VIT_PATCH_B,
    VIT_NORM_W,
    VIT_NORM_B,
    VIT_BLOCK_PARTS, /* from here on once in each block */
    VIT_NORM1_W = VIT_BLOCK_PARTS,
    VIT_NORM1_B,
    VIT_QKV_W,
    VIT_QKV_B,
    VIT_PROJ_W,
    VIT_PROJ_B,
    VIT_SCALE1,
    VIT_NORM2_W,
    VIT_NORM2_B,
    VIT_FC1_W,
    VIT_FC1_B,
    VIT_FC2_W,
    VIT_FC2_B,
    VIT_SCALE2,
    VIT_PARTS
} vit_part;

/* timm and the original checkpoints of DINO and DINOv2; ViTModel and Dinov2Model of Hugging Face transformers. */
typedef enum vit_scheme { VIT_TIMM, VIT_HUGGING_FACE, VIT_HUGGING_FACE_2, VIT_SCHEMES } vit_scheme;

/* A tensor of a file. Dimensions are letters: w width, q three widths, h hidden units, p patch, n positions, r registers,
   1 and 3 themselves. */
typedef struct vit_name {
    vit_part part;
    bool optional;                  /* in no file or, in blocks, in each */
    const char *shape;              /* one letter for each dimension */
    const char *names[VIT_SCHEMES]; /* behind the file's prefix and, in blocks, that of the block; NULL: not in it */
} vit_name;

/* Names of one part stand together; several of them with one scheme are stacked row upon row, unless they are optional:
   then they are other names of the same. */
extern const vit_name VIT_NAMES[];
extern const int VIT_NAME_COUNT;

/* What a block's names begin with: "blocks" or "encoder.layer", followed by its number. */
extern const char *const VIT_BLOCK_PREFIX[VIT_SCHEMES];

/* Beginnings of names that say nothing about features: heads, poolers, mask tokens. They may be there. */
extern const char *const VIT_IGNORED[];
extern const int VIT_IGNORED_COUNT;

#endif
