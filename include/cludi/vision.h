/** @file vision.h
 *  From images to feature vectors: a Vision Transformer computes one vector for each image.
 *
 *  Source: A. Dosovitskiy et al., An Image is Worth 16x16 Words, ICLR 2021 (arXiv:2010.11929); M. Caron et al., Emerging
 *  Properties in Self-Supervised Vision Transformers (DINO), ICCV 2021 (arXiv:2104.14294). docs/theory.md has the equations.
 */
#ifndef CLUDI_VISION_H
#define CLUDI_VISION_H

#include <stdint.h>

#include <cludi/context.h>
#include <cludi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- encoder --- */

/** A Vision Transformer with its weights. Opaque; one thread at a time may use it. @since 0.3 */
typedef struct cludi_encoder cludi_encoder;

/** What becomes the feature vector of an image. @since 0.3 */
typedef enum cludi_pool {
    CLUDI_POOL_CLS = 0, /**< the CLS token behind the last norm */
    CLUDI_POOL_MEAN = 1 /**< the mean of the patch tokens behind the last norm */
} cludi_pool;

/** Settings of an encoder. Fill with cludi_encoder_options_init(). @since 0.3 */
typedef struct cludi_encoder_options {
    uint32_t struct_size; /**< sizeof(cludi_encoder_options), set by _init; other values are refused */
    int32_t heads;        /**< attention heads, a divisor of the width; 0: what the file's metadata say ("heads" or
                               "num_heads"), else what networks of this width have: 48 and 192: 3, 384: 6, 768: 12, 1024:
                               16, 1536: 24 */
    int32_t image_size;   /**< S, pixels along each side of an image, a multiple of the patch, at most 16384; 0: that of
                               the weights. For another size the position embeddings are interpolated */
    cludi_pool pool;      /**< default CLUDI_POOL_CLS */
} cludi_encoder_options;

/** Facts about an encoder. Fill struct_size before the call. @since 0.3 */
typedef struct cludi_encoder_info {
    uint32_t struct_size; /**< sizeof(cludi_encoder_info), set by the caller */
    int32_t features;     /**< w: numbers of a feature vector, the width of the network */
    int32_t depth;        /**< blocks */
    int32_t heads;        /**< of each block */
    int32_t patch;        /**< p: pixels along each side of a patch */
    int32_t image_size;   /**< S: pixels along each side of an image */
    int32_t registers;    /**< tokens besides CLS and patches */
} cludi_encoder_info;

/** Fills in the defaults.
 *  @param options out, not NULL. Errors: none.
 *  Threads: safe. Cost: none. @since 0.3 */
CLUDI_API void cludi_encoder_options_init(cludi_encoder_options *options);

/** Loads the weights of a Vision Transformer: a safetensors file with F32, F16 or BF16 tensors under the names of timm, of
 *  the original DINO and DINOv2 checkpoints (tools/convert_checkpoint.py makes safetensors of them), or of Hugging Face's
 *  ViTModel and Dinov2Model. Patch, width, depth, registers and layer scale follow from the tensors. All memory that
 *  cludi_encoder_embed() needs is taken here.
 *  @param context not NULL; must outlive the encoder; its backend, precision and threads are used
 *  @param path    not NULL
 *  @param options NULL for the defaults
 *  @param encoder out, not NULL; the caller frees it with cludi_encoder_free(); NULL after an error
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, struct_size, pool, heads that do not divide the width or that nobody knows, an image
 *          size that is no multiple of the patch), CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT (not a safetensors file; a tensor
 *          is missing, is not one of a Vision Transformer's, or has another shape or type: the message lists them; NaN or
 *          infinity), CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND
 *  Threads: not while the context is in use elsewhere. Cost: reads the file once; about three times its size in float32
 *  stays in memory with the onednn backend. @since 0.3 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_encoder_load(cludi_context *context, const char *path,
                                                           const cludi_encoder_options *options,
                                                           cludi_encoder **encoder, cludi_error *error);

/** Frees an encoder.
 *  @param encoder may be NULL
 *  Threads: not while it is in use elsewhere. Cost: negligible. @since 0.3 */
CLUDI_API void cludi_encoder_free(cludi_encoder *encoder);

/** The facts of an encoder.
 *  @param encoder not NULL
 *  @param info    out, not NULL, with struct_size set
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, struct_size)
 *  Threads: safe. Cost: none. @since 0.3 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_encoder_get_info(const cludi_encoder *encoder, cludi_encoder_info *info,
                                                               cludi_error *error);

/** Computes the feature vectors of images. The context's threads take one image each, so images / threads should be whole.
 *  @param encoder  not NULL
 *  @param pixels   (images, 3, S, S) red, green, blue; normalised as the weights want it (cludi_image_read() does it for
 *                  DINO's); finite; borrowed for the call
 *  @param images   0..
 *  @param features out, (images, w), row-major; undefined after an error
 *  @param error    out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, a negative number of images), CLUDI_ERROR_DATA (NaN or infinity in a pixel),
 *          CLUDI_ERROR_BACKEND, CLUDI_STOPPED (the context's stop callback said so)
 *  Threads: not while the context is in use elsewhere. A row depends on its image, the weights, the backend and the
 *  precision; other images and the number of threads do not change a byte of it. Takes no memory. Cost: about 2 FLOP for
 *  each weight and token; 9.2 GFLOP an image of 224 pixels with ViT-S/16. @since 0.3 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_encoder_embed(cludi_encoder *encoder, const float *pixels, int64_t images,
                                                            float *features, cludi_error *error);

/* --- end of encoder --- */

#ifdef __cplusplus
}
#endif
#endif
