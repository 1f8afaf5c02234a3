/* A Vision Transformer in memory: what vit.c makes and vit_forward.c computes with. T tokens, P patches, w width. */
#ifndef VISION_VIT_NETWORK_H
#define VISION_VIT_NETWORK_H

#include "arena.h"
#include "vit.h"
#include "vit_weights.h"

enum { VIT_CHANNELS = 3, VIT_OWN_PARTS = VIT_PARTS - VIT_BLOCK_PARTS };

/* What one worker computes a group of images in: image after image, T rows each, up to a number of rows that products want. */
typedef struct vit_worker {
    float *pixels;  /* (P, 3 p^2) of an image, on the host; owned by the network */
    tensor patches; /* (rows, 3 p^2) of all, with zeros where other tokens are */
    tensor x, sum;  /* (rows, w) the stream, before and after an addition */
    tensor u;       /* (rows, w) normed */
    tensor qkv;     /* (rows, 3 w) */
    tensor mixed;   /* (rows, w) what attention gives */
    tensor hidden;  /* (rows, hidden units) */
    tensor scratch; /* of attention */
    tensor first;   /* (a row an image, w) the stream of the CLS tokens; absent where the mean of patches is wanted */
    tensor normed;  /* (P, w) the last norm of an image's patches, or that of the CLS tokens */
    tensor feature; /* (1, w) the mean of the patches */
} vit_worker;

struct vit {
    backend *be;
    cludi_pool pool;
    int32_t depth, heads;
    int64_t width, hidden, patch, registers, grid; /* grid: patches along a side of the image */
    arena memory;                                  /* weights and workers */
    tensor once[VIT_BLOCK_PARTS];
    tensor (*block)[VIT_OWN_PARTS]; /* (depth) owned */
    tensor tokens;                  /* (1 + registers, w) with the position of the CLS token */
    tensor positions;               /* (T, w) of the patches; zeros before */
    tensor *prepared;               /* (1 + 4 depth) weights of products; owned */
    int prepared_count;
    int workers;
    vit_worker *team;    /* (workers) owned */
    const float *pixels; /* of the running call, as the next three */
    float *features;
    int64_t images, group; /* a task takes so many at a time */
};

static inline int64_t vit_patch_count(const vit *net)
{
    return net->grid * net->grid;
}

static inline int64_t vit_token_count(const vit *net)
{
    return 1 + net->registers + vit_patch_count(net);
}

static inline int64_t vit_patch_numbers(const vit *net)
{
    return VIT_CHANNELS * net->patch * net->patch;
}

static inline tensor vit_block_part(const vit *net, int32_t block, vit_part part)
{
    return net->block[block][part - VIT_BLOCK_PARTS];
}

/* A worker's tensors; call in both passes of the arena. */
void vit_worker_layout(vit_worker *worker, arena *a, const vit *net);

/* Sets what stays as it is from call to call. */
void vit_worker_begin(const vit *net, const vit_worker *worker);

#endif
