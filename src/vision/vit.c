#include "vit.h"

#include <math.h>

#include "alloc.h"
#include "bounds.h"
#include "error.h"
#include "int_safe.h"
#include "position_grid.h"
#include "vit_network.h"

enum { MOST_IMAGE_SIZE = 16384 };

/* A call of vit_load. */
typedef struct loader {
    vit *net;
    vit_weights weights;
    const cludi_allocator *allocator;
    float *part; /* room for any part; owned */
    cludi_error *error;
} loader;

/* ---- memory ---- */

static bool is_kept(vit_part part)
{
    return part != VIT_CLS && part != VIT_POSITIONS && part != VIT_REGISTERS && part != VIT_SCALE1 &&
           part != VIT_SCALE2;
}

static tensor take_part(arena *a, const vit_weights *w, vit_part part)
{
    const tensor shape = vit_weights_shape(w, part);
    return is_kept(part) ? arena_take(a, shape.rows, shape.cols) : (tensor){0};
}

static void layout(loader *l)
{
    vit *net = l->net;
    arena *a = &net->memory;
    for (int part = 0; part < VIT_BLOCK_PARTS; part++)
        net->once[part] = take_part(a, &l->weights, (vit_part)part);
    for (int32_t i = 0; i < net->depth; i++)
        for (int part = 0; part < VIT_OWN_PARTS; part++)
            net->block[i][part] = take_part(a, &l->weights, (vit_part)(VIT_BLOCK_PARTS + part));
    net->tokens = arena_take(a, 1 + net->registers, net->width);
    net->positions = arena_take(a, vit_token_count(net), net->width);
    for (int i = 0; i < net->workers; i++)
        vit_worker_layout(&net->team[i], a, net);
}

static int64_t largest_part(const loader *l)
{
    int64_t most = 0;
    for (int part = 0; part < VIT_PARTS; part++) {
        const tensor shape = vit_weights_shape(&l->weights, (vit_part)part);
        most = max_int(shape.rows * shape.cols, most);
    }
    return most;
}

static cludi_status allocate(loader *l)
{
    vit *net = l->net;
    net->block = alloc_zeroed(l->allocator, net->depth, sizeof *net->block);
    net->prepared = alloc_zeroed(l->allocator, 1 + 4 * (int64_t)net->depth, sizeof *net->prepared);
    net->team = alloc_zeroed(l->allocator, net->workers, sizeof *net->team);
    l->part = alloc_array(l->allocator, largest_part(l), sizeof *l->part);
    if (!net->block || !net->prepared || !net->team || !l->part)
        return error_memory(l->error, "the encoder");
    for (int i = 0; i < net->workers; i++) {
        net->team[i].pixels = alloc_array(l->allocator, vit_patch_count(net) * vit_patch_numbers(net), sizeof(float));
        if (!net->team[i].pixels)
            return error_memory(l->error, "the pixels of an image");
    }
    arena_begin(&net->memory, net->be);
    layout(l);
    TRY(arena_allocate(&net->memory, "the encoder", l->error));
    layout(l);
    return CLUDI_OK;
}

/* ---- weights ---- */

/* Rows of a weight, or numbers of a bias, times the numbers of a layer scale, if there is one. */
static cludi_status fold_scale(loader *l, tensor x, vit_part scale, int32_t block)
{
    const tensor shape = vit_weights_shape(&l->weights, scale);
    const int64_t count = shape.cols, stride = x.rows == 1 ? 1 : x.cols;
    if (count == 0)
        return CLUDI_OK;
    float *numbers = alloc_array(l->allocator, count, sizeof *numbers);
    if (!numbers)
        return error_memory(l->error, "a layer scale");
    const cludi_status status = vit_weights_read(&l->weights, scale, block, numbers, l->error);
    for (int64_t i = 0; i < x.rows * x.cols && status == CLUDI_OK; i++)
        l->part[i] *= numbers[i / stride];
    alloc_free(l->allocator, numbers);
    return status;
}

static cludi_status load_part(loader *l, vit_part part, int32_t block, tensor to)
{
    TRY(stop_request_check(l->net->be->stop, l->error));
    TRY(vit_weights_read(&l->weights, part, block, l->part, l->error));
    if (part == VIT_PROJ_W || part == VIT_PROJ_B)
        TRY(fold_scale(l, to, VIT_SCALE1, block));
    if (part == VIT_FC2_W || part == VIT_FC2_B)
        TRY(fold_scale(l, to, VIT_SCALE2, block));
    l->net->be->ops.copy_in(l->net->be, to, HOST_F32, l->part);
    return CLUDI_OK;
}

static cludi_status load_positions(loader *l)
{
    const vit *net = l->net;
    const vit_weights *w = &l->weights;
    backend *be = net->be;
    const tensor cls = backend_rows(be, net->tokens, 0, 1);
    float *resized = alloc_array(l->allocator, (vit_patch_count(net) + 1) * net->width, sizeof *resized),
          *first = resized;
    if (!resized)
        return error_memory(l->error, "the position embeddings");
    float *grid = resized + net->width;
    cludi_status status = vit_weights_read(&l->weights, VIT_CLS, 0, first, l->error);
    if (status == CLUDI_OK)
        status = vit_weights_read(&l->weights, VIT_POSITIONS, 0, l->part, l->error);
    if (status == CLUDI_OK) {
        float *patches = l->part + (w->class_positions ? net->width : 0);
        for (int64_t j = 0; j < net->width && w->class_positions; j++)
            first[j] += l->part[j];
        position_grid_resize(&(position_grid){grid, net->grid, net->width},
                             &(position_grid){patches, w->side, net->width});
        be->ops.copy_in(be, cls, HOST_F32, first);
        be->ops.zero(be, net->positions);
        be->ops.copy_in(be, backend_rows(be, net->positions, net->tokens.rows, vit_patch_count(net)), HOST_F32, grid);
    }
    alloc_free(l->allocator, resized);
    return status == CLUDI_OK && net->registers > 0
               ? load_part(l, VIT_REGISTERS, 0, backend_rows(be, net->tokens, 1, net->registers))
               : status;
}

static cludi_status load_parts(loader *l)
{
    vit *net = l->net;
    cludi_status status = load_positions(l);
    for (int part = 0; part < VIT_BLOCK_PARTS && status == CLUDI_OK; part++)
        if (is_kept((vit_part)part))
            status = load_part(l, (vit_part)part, 0, net->once[part]);
    for (int32_t i = 0; i < net->depth; i++)
        for (int part = VIT_BLOCK_PARTS; part < VIT_PARTS && status == CLUDI_OK; part++)
            if (is_kept((vit_part)part))
                status = load_part(l, (vit_part)part, i, net->block[i][part - VIT_BLOCK_PARTS]);
    return status;
}

static void prepare(vit *net)
{
    static const vit_part PRODUCTS[] = {VIT_QKV_W, VIT_PROJ_W, VIT_FC1_W, VIT_FC2_W};
    net->prepared[net->prepared_count++] = net->once[VIT_PATCH_W];
    for (int32_t i = 0; i < net->depth; i++)
        for (int k = 0; k < 4; k++)
            net->prepared[net->prepared_count++] = vit_block_part(net, i, PRODUCTS[k]);
    net->be->ops.prepare(net->be, net->prepared, net->prepared_count, false);
}

/* ---- loading ---- */

static cludi_status choose_grid(loader *l, int32_t image_size)
{
    const vit_weights *w = &l->weights;
    if (image_size < 0 || image_size > MOST_IMAGE_SIZE || image_size % w->patch != 0)
        return error_set(l->error, CLUDI_ERROR_ARGUMENT,
                         "image_size is %d; a multiple of the patch, %lld, up to %d is wanted, or 0.", image_size,
                         (long long)w->patch, (int)MOST_IMAGE_SIZE);
    l->net->grid = image_size > 0 ? image_size / w->patch : w->side;
    if (l->net->grid * w->patch <= MOST_IMAGE_SIZE && w->hidden <= INT32_MAX && w->width <= INT32_MAX / 3)
        return CLUDI_OK;
    return error_set(l->error, CLUDI_ERROR_FORMAT,
                     "\"%s\" is for images of %lld pixels a side; at most %d are possible.", w->file.file.path,
                     (long long)(w->side * w->patch), (int)MOST_IMAGE_SIZE);
}

static cludi_status load(loader *l, const cludi_encoder_options *options)
{
    vit *net = l->net;
    const vit_weights *w = &l->weights;
    net->pool = options->pool;
    net->depth = w->depth;
    net->width = w->width;
    net->hidden = w->hidden;
    net->patch = w->patch;
    net->registers = w->registers;
    net->workers = backend_workers(net->be);
    TRY(vit_weights_heads(w, options->heads, &net->heads, l->error));
    TRY(choose_grid(l, options->image_size));
    TRY(allocate(l));
    TRY(load_parts(l));
    for (int i = 0; i < net->workers; i++)
        vit_worker_begin(net, &net->team[i]);
    prepare(net);
    return backend_finish(net->be, l->error);
}

cludi_status vit_load(vit **out, backend *be, const char *path, const cludi_encoder_options *options,
                      cludi_error *error)
{
    loader l = {.allocator = &be->allocator, .error = error};
    *out = NULL;
    cludi_status status = vit_weights_open(&l.weights, l.allocator, path, error);
    if (status != CLUDI_OK)
        return status;
    l.net = alloc_zeroed(l.allocator, 1, sizeof *l.net);
    if (l.net) {
        l.net->be = be;
        status = load(&l, options);
    } else {
        status = error_memory(error, "the encoder");
    }
    alloc_free(l.allocator, l.part);
    vit_weights_close(&l.weights);
    if (status == CLUDI_OK)
        *out = l.net;
    else
        vit_free(l.net);
    return status;
}

void vit_free(vit *net)
{
    if (!net)
        return;
    const cludi_allocator *allocator = &net->be->allocator;
    net->be->ops.forget(net->be, net->prepared, net->prepared_count);
    for (int i = 0; net->team && i < net->workers; i++)
        alloc_free(allocator, net->team[i].pixels);
    arena_clear(&net->memory);
    alloc_free(allocator, net->team);
    alloc_free(allocator, net->prepared);
    alloc_free(allocator, net->block);
    alloc_free(allocator, net);
}

void vit_describe(const vit *net, cludi_encoder_info *info)
{
    info->features = (int32_t)net->width;
    info->depth = net->depth;
    info->heads = net->heads;
    info->patch = (int32_t)net->patch;
    info->image_size = (int32_t)(net->grid * net->patch);
    info->registers = (int32_t)net->registers;
}
