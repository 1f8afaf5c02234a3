/* Encoders: load, facts, embed, free. */
#include <cludi/vision.h>

#include "alloc.h"
#include "context_private.h"
#include "error.h"
#include "struct_size.h"
#include "vit.h"
#include "vit_weights.h"

struct cludi_encoder {
    cludi_context *context; /* borrowed */
    vit *network;           /* owned */
};

void cludi_encoder_options_init_sized(cludi_encoder_options *options, size_t size)
{
    const cludi_encoder_options ours = {.pool = CLUDI_POOL_CLS};
    struct_size_begin(&SHAPE_ENCODER_OPTIONS, options, size, &ours);
}

void(cludi_encoder_options_init)(cludi_encoder_options *options)
{
    cludi_encoder_options_init_sized(options, SHAPE_ENCODER_OPTIONS.first);
}

static cludi_status check_options(const cludi_encoder_options *options, cludi_error *error)
{
    if (options->pool != CLUDI_POOL_CLS && options->pool != CLUDI_POOL_MEAN)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "pool is %d; it must be 0 (CLS) or 1 (mean).",
                         (int)options->pool);
    if (options->heads < 0)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "heads is %d; 0 or more are wanted.", options->heads);
    return CLUDI_OK;
}

cludi_status cludi_encoder_load(cludi_context *context, const char *path, const cludi_encoder_options *theirs,
                                cludi_encoder **encoder, cludi_error *error)
{
    cludi_encoder_options options;
    cludi_encoder_options_init(&options);
    if (encoder)
        *encoder = NULL;
    if (!context || !path || !encoder)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", !context ? "context" : !path ? "path" : "encoder");
    TRY(theirs ? struct_size_take(&SHAPE_ENCODER_OPTIONS, &options, theirs, error) : CLUDI_OK);
    TRY(check_options(&options, error));
    cludi_encoder *made = alloc_zeroed(&context->allocator, 1, sizeof *made);
    if (!made)
        return error_memory(error, "the encoder");
    made->context = context;
    stop_request_begin(&context->stop);
    cludi_status status = vit_load(&made->network, &context->be, path, &options, error);
    if (status == CLUDI_OK)
        *encoder = made;
    else
        cludi_encoder_free(made);
    return status;
}

void cludi_encoder_free(cludi_encoder *encoder)
{
    if (!encoder)
        return;
    vit_free(encoder->network);
    alloc_free(&encoder->context->allocator, encoder);
}

cludi_status cludi_encoder_get_info(const cludi_encoder *encoder, cludi_encoder_info *info, cludi_error *error)
{
    if (!encoder || !info)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", encoder ? "info" : "encoder");
    cludi_encoder_info ours = {0};
    TRY(struct_size_check(&SHAPE_ENCODER_INFO, info, error));
    vit_describe(encoder->network, &ours);
    struct_size_give(info, &ours);
    return CLUDI_OK;
}

cludi_status cludi_encoder_describe(cludi_context *context, const char *path, cludi_encoder_info *info,
                                    cludi_error *error)
{
    vit_weights weights;
    if (!context || !path || !info)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.", !context ? "context" : !path ? "path" : "info");
    cludi_encoder_info ours = {0};
    TRY(struct_size_check(&SHAPE_ENCODER_INFO, info, error));
    cludi_status status = vit_weights_open(&weights, &context->allocator, path, error);
    if (status == CLUDI_OK) {
        vit_weights_describe(&weights, &ours);
        struct_size_give(info, &ours);
    }
    vit_weights_close(&weights);
    return status;
}

cludi_status cludi_encoder_embed(cludi_encoder *encoder, const float *pixels, int64_t images, float *features,
                                 cludi_error *error)
{
    if (!encoder || !pixels || !features)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is NULL.",
                         !encoder  ? "encoder"
                         : !pixels ? "pixels"
                                   : "features");
    if (images < 0)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "images is %lld; 0 or more are wanted.", (long long)images);
    stop_request_begin(&encoder->context->stop);
    return vit_embed(encoder->network, pixels, images, features, error);
}
