/** @file vision.h
 *  From images to feature vectors: a Vision Transformer computes one vector for each image.
 *
 *  Source: A. Dosovitskiy et al., An Image is Worth 16x16 Words, ICLR 2021 (arXiv:2010.11929); M. Caron et al., Emerging
 *  Properties in Self-Supervised Vision Transformers (DINO), ICCV 2021 (arXiv:2104.14294). docs/theory.md has the equations.
 */
#ifndef CLUDI_VISION_H
#define CLUDI_VISION_H

#include <stddef.h>
#include <stdint.h>

#include <cludi/context.h>
#include <cludi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- encoder --- */

/** A Vision Transformer with its weights. Opaque; one thread at a time may use it. @since 0.2 */
typedef struct cludi_encoder cludi_encoder;

/** What becomes the feature vector of an image. @since 0.2 */
typedef enum cludi_pool {
    CLUDI_POOL_CLS = 0, /**< the CLS token behind the last norm */
    CLUDI_POOL_MEAN = 1 /**< the mean of the patch tokens behind the last norm */
} cludi_pool;

/** Settings of an encoder. Fill with cludi_encoder_options_init(). @since 0.2 */
typedef struct cludi_encoder_options {
    uint32_t struct_size; /**< sizeof(cludi_encoder_options), set by _init; that of an older header will do */
    int32_t heads;        /**< attention heads, a divisor of the width; 0: what the file's metadata say ("heads" or
                               "num_heads"), else what networks of this width have: 48 and 192: 3, 384: 6, 768: 12, 1024:
                               16, 1536: 24 */
    int32_t image_size;   /**< S, pixels along each side of an image, a multiple of the patch, at most 16384; 0: that of
                               the weights. For another size the position embeddings are interpolated */
    cludi_pool pool;      /**< default CLUDI_POOL_CLS */
} cludi_encoder_options;

/** Facts about an encoder. Fill struct_size before the call. @since 0.2 */
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
 *  Threads: safe. Cost: none. @since 0.2 */
CLUDI_API void cludi_encoder_options_init(cludi_encoder_options *options);

/** What cludi_encoder_options_init() is for programs compiled with this header or a later one: the struct is filled in as far as it
 *  goes there. (The function of that name is for older programs, whose struct is that of 0.1.0.)
 *  @param options out, not NULL
 *  @param size sizeof(cludi_encoder_options) in the header. Errors: none.
 *  Threads: safe. Cost: none. @since 0.2 */
CLUDI_API void cludi_encoder_options_init_sized(cludi_encoder_options *options, size_t size);
#define cludi_encoder_options_init(options) cludi_encoder_options_init_sized((options), sizeof(cludi_encoder_options))

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
 *  stays in memory with the onednn backend. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_encoder_load(cludi_context *context, const char *path,
                                                           const cludi_encoder_options *options,
                                                           cludi_encoder **encoder, cludi_error *error);

/** Frees an encoder.
 *  @param encoder may be NULL
 *  Threads: not while it is in use elsewhere. Cost: negligible. @since 0.2 */
CLUDI_API void cludi_encoder_free(cludi_encoder *encoder);

/** The facts of an encoder.
 *  @param encoder not NULL
 *  @param info    out, not NULL, with struct_size set
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, struct_size)
 *  Threads: safe. Cost: none. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_encoder_get_info(const cludi_encoder *encoder, cludi_encoder_info *info,
                                                               cludi_error *error);

/** Checks whether a file holds weights that cludi_encoder_load() accepts. Reads only the header.
 *  @param context its allocator is used
 *  @param path    not NULL
 *  @param info    in and out, not NULL; struct_size is set by the caller. heads is 0 where neither the file nor its width
 *                 says it, image_size that of the weights
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, struct_size), CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT (no such weights: what is
 *          missing), CLUDI_ERROR_MEMORY
 *  Threads: one call at a time per context. Cost: reads the header. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_encoder_describe(cludi_context *context, const char *path,
                                                               cludi_encoder_info *info, cludi_error *error);

/** Computes the feature vectors of images. The context's threads take one image each, so images / threads should be whole.
 *  @param encoder  not NULL
 *  @param pixels   (images, 3, S, S) red, green, blue; normalized as the weights require (cludi_image_read() does it for
 *                  DINO's); finite; borrowed for the call
 *  @param images   0..
 *  @param features out, (images, w), row-major; undefined after an error
 *  @param error    out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, a negative number of images), CLUDI_ERROR_DATA (NaN or infinity in a pixel),
 *          CLUDI_ERROR_DIVERGED (the network's numbers overflow: there are not features), CLUDI_ERROR_BACKEND,
 *          CLUDI_STOPPED (the context's stop callback said so)
 *  Threads: not while the context is in use elsewhere. A row depends on its image, the weights, the backend and the
 *  precision; other images and the number of threads do not change a byte of it. Takes no memory. Cost: about 2 FLOP for
 *  each weight and token; 9.2 GFLOP an image of 224 pixels with ViT-S/16. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_encoder_embed(cludi_encoder *encoder, const float *pixels, int64_t images,
                                                            float *features, cludi_error *error);

/* --- end of encoder --- */

/* --- images --- */

/** The largest image_size of the functions below. @since 0.2 */
enum { CLUDI_IMAGE_MOST_SIZE = 2048 };

/** Decodes one image and applies the evaluation transform of DINO: upright by EXIF's orientation, RGB of 8 bits, the shorter
 *  side to 8/7 of image_size (256 for 224), rounded, by Pillow's antialiased bicubic filter, the middle square of image_size, and
 *  (v / 255 - mean) / deviation with (0.485, 0.456, 0.406) and (0.229, 0.224, 0.225). The pixels are Pillow's, to the bit,
 *  but for large JPEGs, which are decoded smaller when the shorter side stays 2.5 times as long as wanted, and for images
 *  that are turned by 90 degrees (docs/images.md).
 *  @param context    not NULL; its allocator is used
 *  @param path       not NULL: a JPEG, PNG, WebP, TIFF (first page), GIF (first frame), BMP, HEIC, AVIF, JPEG 2000 or JPEG XL; what is not
 *                    of 8 or 16 bits is scaled by its range (docs/images.md)
 *  @param image_size S, 1..CLUDI_IMAGE_MOST_SIZE
 *  @param pixels     out, (3, S, S): red, green, blue
 *  @param error      out, may be NULL; names the file
 *  @return CLUDI_ERROR_ARGUMENT (NULL, image_size), CLUDI_ERROR_FILE (cannot be read, no regular file),
 *          CLUDI_ERROR_FORMAT (no image, damaged, truncated, NaN, numbers without a range, no loader in libvips, a side above 65,535 or more than 134,217,728 pixels, which is
 *          known before anything is decoded), CLUDI_ERROR_MEMORY, CLUDI_ERROR_UNSUPPORTED in a build without libvips
 *  Threads: one call at a time per context; simultaneous calls with other contexts are safe. Deterministic.
 *  Cost: decodes the image. libvips and GLib have memory of their own, and end the process if it runs out.
 *  @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_image_read(cludi_context *context, const char *path, int32_t image_size,
                                                         float *pixels, cludi_error *error);

/** The image files of files and folders. Opaque. @since 0.2 */
typedef struct cludi_image_list cludi_image_list;

/** Lists image files: those that are named, whatever they are called, and those in folders and in the folders below whose
 *  names end in .jpg .jpeg .jpe .jfif .png .webp .tif .tiff .gif .bmp .dib .heic .heif .hif .avif .jp2 .j2k .j2c .jpc .jpx .jpf or
 *  .jxl, in upper or lower case. Files with other extensions are counted (cludi_image_list_passed()). Files and folders whose names
 *  begin with a dot, and Thumbs.db, ehthumbs.db, desktop.ini, Icon, \@eaDir and __MACOSX, are neither listed nor counted.
 *  Links are followed, but not in circles. The order is that of the paths, byte by byte, with numbers in them by their
 *  value ("img2" before "img10"). A path that occurs twice counts once. No image is opened.
 *  @param context not NULL; its allocator is used; must outlive the list
 *  @param paths   (count) files and folders, none NULL
 *  @param count   >= 0
 *  @param list    out, not NULL; freed with cludi_image_list_free(); NULL after an error. It may be empty
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, count), CLUDI_ERROR_FILE (not there, or a folder that cannot be read),
 *          CLUDI_ERROR_MEMORY
 *  Threads: one call at a time per context. Cost: reads the folders; the length of the path and 24 bytes for each file.
 *  @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_image_list_new(cludi_context *context, const char *const *paths,
                                                             int64_t count, cludi_image_list **list,
                                                             cludi_error *error);

/** Frees a list. @param list may be NULL.
 *  Threads: not while it is in use elsewhere. Cost: negligible. @since 0.2 */
CLUDI_API void cludi_image_list_free(cludi_image_list *list);

/** How many images there are. @param list not NULL. Threads: safe. Cost: none. @since 0.2 */
CLUDI_API int64_t cludi_image_list_count(const cludi_image_list *list);

/** How many files in the folders were skipped because they do not have an extension of an image. System files and hidden ones
 *  are not counted. @param list not NULL. Threads: safe. Cost: none. @since 0.2 */
CLUDI_API int64_t cludi_image_list_passed(const cludi_image_list *list);

/** An extension of files that were skipped, the most frequent first.
 *  @param list   not NULL
 *  @param number from 0
 *  @param files  out, may be NULL: how many files have it; untouched after the last extension
 *  @return with its dot, in lower case, as in ".mov"; empty for files without an extension, or with one of more than 15 bytes;
 *          borrowed from the list; NULL after the last. Threads: safe. Cost: none. @since 0.2 */
CLUDI_API const char *cludi_image_list_ending(const cludi_image_list *list, int64_t number, int64_t *files);

/** The path of an image: what was named, and what lies below it.
 *  @param list  not NULL
 *  @param image 0..count - 1
 *  @return borrowed from the list; NULL for other numbers. Threads: safe. Cost: none. @since 0.2 */
CLUDI_API const char *cludi_image_list_path(const cludi_image_list *list, int64_t image);

/** The class of an image: its folder directly below the one that was named.
 *  @param list  not NULL
 *  @param image 0..count - 1
 *  @return 0..classes - 1; -1 for an image that was named itself, is directly in the folder that was named, or does not exist.
 *  Threads: safe. Cost: none. @since 0.2 */
CLUDI_API int32_t cludi_image_list_label(const cludi_image_list *list, int64_t image);

/** How many classes there are. Folders of one name below several that were named are one class.
 *  @param list not NULL. Threads: safe. Cost: none. @since 0.2 */
CLUDI_API int32_t cludi_image_list_classes(const cludi_image_list *list);

/** The name of a class; classes are in natural order of their names.
 *  @param list  not NULL
 *  @param label 0..classes - 1
 *  @return borrowed from the list; NULL for other numbers. Threads: safe. Cost: none. @since 0.2 */
CLUDI_API const char *cludi_image_list_class(const cludi_image_list *list, int32_t label);

/** Receives the result of an image, in the order of the list, in the thread that called.
 *  @param user     as in the options
 *  @param image    number in the list
 *  @param features (w), valid during the call; NULL when the image could not be read
 *  @param failed   why not; NULL when features is not
 *  @return 0 to continue, else the run stops. @since 0.2 */
typedef int (*cludi_embed_fn)(void *user, int64_t image, const float *features, const cludi_error *failed);

/** Settings of cludi_images_embed(). Fill with cludi_embed_options_init(). @since 0.2 */
typedef struct cludi_embed_options {
    uint32_t struct_size; /**< sizeof(cludi_embed_options), set by _init; that of an older header will do */
    int32_t batch; /**< images computed at once, 1..1024; 0 (default): as many as take about half a second, at most
                               16 or one a thread. Results do not depend on it */
    int64_t first; /**< number of the image to begin with, 0..count; default 0 */
    cludi_embed_fn take; /**< not NULL */
    void *user;          /**< handed to take */
} cludi_embed_options;

/** Fills in the defaults.
 *  @param options out, not NULL. Errors: none. Threads: safe. Cost: none. @since 0.2 */
CLUDI_API void cludi_embed_options_init(cludi_embed_options *options);

/** What cludi_embed_options_init() is for programs compiled with this header or a later one: the struct is filled in as far as it
 *  goes there. (The function of that name is for older programs, whose struct is that of 0.1.0.)
 *  @param options out, not NULL
 *  @param size sizeof(cludi_embed_options) in the header. Errors: none.
 *  Threads: safe. Cost: none. @since 0.2 */
CLUDI_API void cludi_embed_options_init_sized(cludi_embed_options *options, size_t size);
#define cludi_embed_options_init(options) cludi_embed_options_init_sized((options), sizeof(cludi_embed_options))

/** Reads images as cludi_image_read() does and computes their feature vectors. The context's number of threads
 *  decode ahead while the network computes. For an image that cannot be read, take gets the reason, and the run continues.
 *  The context's progress callback is called with the phase "embed" after every batch, and ten times a second while it waits for
 *  images.
 *  @param context that of the encoder; not NULL
 *  @param encoder not NULL
 *  @param images  not NULL
 *  @param options not NULL
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, struct_size, batch, first, an encoder whose images are larger than
 *          CLUDI_IMAGE_MOST_SIZE), CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND, CLUDI_ERROR_DIVERGED (as cludi_encoder_embed()),
 *          CLUDI_ERROR_UNSUPPORTED (a build without libvips, a system that starts no thread), CLUDI_STOPPED (take or the
 *          progress callback asked to)
 *  Threads: not while the context is in use elsewhere. A row depends on its image, the weights, the backend and the precision
 *  alone. Cost: memory for two batches and one image a thread, however many images there are. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_images_embed(cludi_context *context, cludi_encoder *encoder,
                                                           const cludi_image_list *images,
                                                           const cludi_embed_options *options, cludi_error *error);

/* --- end of images --- */

#ifdef __cplusplus
}
#endif
#endif
