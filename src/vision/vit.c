#include "vit.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "arena.h"
#include "error.h"
#include "int_safe.h"
#include "position_grid.h"
#include "vit_weights.h"

enum { MOST_IMAGE_SIZE = 16384, CHANNELS = 3, BLOCK_PARTS = VIT_PARTS - VIT_BLOCK_PARTS };

static const double EPSILON = 1e-6;

/* What one worker computes an image in; T tokens, P patches, w width. */
typedef struct vit_worker {
    float *pixels;  /* (P, 3 p^2) of the image, on the host; owned */
    tensor patches; /* the same, an operand */
    tensor x, sum;  /* (T, w) the stream, before and after an addition */
    tensor u;       /* (T, w) normed */
    tensor qkv;     /* (T, 3 w) */
    tensor mixed;   /* (T, w) what attention gives */
    tensor hidden;  /* (T, hidden units) */
    tensor scratch; /* of attention */
    tensor normed;  /* (P, w) the last norm of the patches; one row for the CLS token */
    tensor feature; /* (1, w) */
} vit_worker;

struct vit {
    backend *be;
    cludi_pool pool;
    int32_t depth, heads;
    int64_t width, hidden, patch, registers, grid; /* grid: patches along a side of the image */
    arena memory;                                  /* weights and workers */
    tensor once[VIT_BLOCK_PARTS];
    tensor (*block)[BLOCK_PARTS]; /* (depth) owned */
    tensor tokens;                /* (1 + registers, w) with the position of the CLS token */
    tensor positions;             /* (P, w) */
    tensor *prepared;             /* (1 + 4 depth) weights of products; owned */
    int prepared_count;
    int workers;
    vit_worker *team;    /* (workers) owned */
    const float *pixels; /* of the running call */
    float *features;
};

/* A call of vit_load. */
typedef struct loader {
    vit *net;
    vit_weights weights;
    const cludi_allocator *allocator;
    float *part; /* room for any part; owned */
    cludi_error *error;
} loader;

static int64_t patch_count(const vit *net)
{
    return net->grid * net->grid;
}

static int64_t token_count(const vit *net)
{
    return 1 + net->registers + patch_count(net);
}

static int64_t patch_numbers(const vit *net)
{
    return CHANNELS * net->patch * net->patch;
}

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

static void layout_worker(vit_worker *k, arena *a, const vit *net)
{
    const int64_t P = patch_count(net), T = token_count(net), w = net->width;
    k->patches = arena_take_operand(a, P, patch_numbers(net));
    k->x = arena_take(a, T, w);
    k->sum = arena_take(a, T, w);
    k->u = arena_take_operand(a, T, w);
    k->qkv = arena_take(a, T, 3 * w);
    k->mixed = arena_take_operand(a, T, w);
    k->hidden = arena_take_operand(a, T, net->hidden);
    k->scratch = arena_take(a, 1, backend_attention_scratch(T, w, net->heads));
    k->normed = arena_take(a, net->pool == CLUDI_POOL_MEAN ? P : 1, w);
    k->feature = arena_take(a, 1, w);
}

static void layout(loader *l)
{
    vit *net = l->net;
    arena *a = &net->memory;
    for (int part = 0; part < VIT_BLOCK_PARTS; part++)
        net->once[part] = take_part(a, &l->weights, (vit_part)part);
    for (int32_t i = 0; i < net->depth; i++)
        for (int part = 0; part < BLOCK_PARTS; part++)
            net->block[i][part] = take_part(a, &l->weights, (vit_part)(VIT_BLOCK_PARTS + part));
    net->tokens = arena_take(a, 1 + net->registers, net->width);
    net->positions = arena_take(a, patch_count(net), net->width);
    for (int i = 0; i < net->workers; i++)
        layout_worker(&net->team[i], a, net);
}

static int64_t largest_part(const loader *l)
{
    int64_t most = 0;
    for (int part = 0; part < VIT_PARTS; part++) {
        const tensor shape = vit_weights_shape(&l->weights, (vit_part)part);
        most = shape.rows * shape.cols > most ? shape.rows * shape.cols : most;
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
        net->team[i].pixels = alloc_array(l->allocator, patch_count(net) * patch_numbers(net), sizeof(float));
        if (!net->team[i].pixels)
            return error_memory(l->error, "the pixels of an image");
    }
    arena_begin(&net->memory, net->be);
    layout(l);
    const cludi_status status = arena_allocate(&net->memory, "the encoder", l->error);
    if (status == CLUDI_OK)
        layout(l);
    return status;
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
    cludi_status status = stop_watch_check(l->net->be->stop, l->error);
    if (status == CLUDI_OK)
        status = vit_weights_read(&l->weights, part, block, l->part, l->error);
    if (status == CLUDI_OK && (part == VIT_PROJ_W || part == VIT_PROJ_B))
        status = fold_scale(l, to, VIT_SCALE1, block);
    if (status == CLUDI_OK && (part == VIT_FC2_W || part == VIT_FC2_B))
        status = fold_scale(l, to, VIT_SCALE2, block);
    if (status == CLUDI_OK)
        l->net->be->ops.copy_in(l->net->be, to, HOST_F32, l->part);
    return status;
}

static cludi_status load_positions(loader *l)
{
    const vit *net = l->net;
    const vit_weights *w = &l->weights;
    backend *be = net->be;
    const tensor cls = backend_rows(be, net->tokens, 0, 1);
    float *resized = alloc_array(l->allocator, (patch_count(net) + 1) * net->width, sizeof *resized), *first = resized;
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
        be->ops.copy_in(be, net->positions, HOST_F32, grid);
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

static tensor block_part(const vit *net, int32_t block, vit_part part)
{
    return net->block[block][part - VIT_BLOCK_PARTS];
}

static void prepare(vit *net)
{
    static const vit_part PRODUCTS[] = {VIT_QKV_W, VIT_PROJ_W, VIT_FC1_W, VIT_FC2_W};
    net->prepared[net->prepared_count++] = net->once[VIT_PATCH_W];
    for (int32_t i = 0; i < net->depth; i++)
        for (int k = 0; k < 4; k++)
            net->prepared[net->prepared_count++] = block_part(net, i, PRODUCTS[k]);
    net->be->ops.prepare(net->be, net->prepared, net->prepared_count);
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
    cludi_status status = vit_weights_heads(w, options->heads, &net->heads, l->error);
    if (status == CLUDI_OK)
        status = choose_grid(l, options->image_size);
    if (status == CLUDI_OK)
        status = allocate(l);
    if (status == CLUDI_OK)
        status = load_parts(l);
    if (status != CLUDI_OK)
        return status;
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

/* ---- forward ---- */

/* A row for each patch: channel by channel, line by line, as the weights of a convolution lie. */
static void cut_patches(const vit *net, float *out, const float *pixels)
{
    const int64_t p = net->patch, S = net->grid * p;
    for (int64_t i = 0; i < net->grid; i++)
        for (int64_t j = 0; j < net->grid; j++)
            for (int64_t line = 0; line < CHANNELS * p; line++, out += p)
                memcpy(out, pixels + (line / p * S + i * p + line % p) * S + j * p, (size_t)p * sizeof *out);
}

static void norm(backend *be, tensor y, tensor x, tensor weight, tensor bias)
{
    be->ops.layer_norm(be, y, x, &(norm_weights){weight, bias, EPSILON});
}

/* The first `rows` rows of the stream; attention looks at all of them. */
static void run_block(const vit *net, backend *be, const vit_worker *k, int32_t i, int64_t rows)
{
    const tensor x = backend_rows(be, k->x, 0, rows), sum = backend_rows(be, k->sum, 0, rows);
    const tensor u = backend_rows(be, k->u, 0, rows), mixed = backend_rows(be, k->mixed, 0, rows);
    const tensor hidden = backend_rows(be, k->hidden, 0, rows);
    norm(be, k->u, k->x, block_part(net, i, VIT_NORM1_W), block_part(net, i, VIT_NORM1_B));
    be->ops.linear(be, k->qkv, k->u, block_part(net, i, VIT_QKV_W), block_part(net, i, VIT_QKV_B));
    be->ops.attention(be, mixed, k->qkv, net->heads, k->scratch);
    be->ops.linear_add(be, sum, x,
                       &(linear_operands){mixed, block_part(net, i, VIT_PROJ_W), block_part(net, i, VIT_PROJ_B)});
    norm(be, u, sum, block_part(net, i, VIT_NORM2_W), block_part(net, i, VIT_NORM2_B));
    be->ops.linear_gelu(be, hidden, u, block_part(net, i, VIT_FC1_W), block_part(net, i, VIT_FC1_B));
    be->ops.linear_add(be, x, sum,
                       &(linear_operands){hidden, block_part(net, i, VIT_FC2_W), block_part(net, i, VIT_FC2_B)});
}

static void embed_patches(const vit *net, backend *be, const vit_worker *k, const float *pixels)
{
    const int64_t before = net->tokens.rows;
    cut_patches(net, k->pixels, pixels);
    be->ops.copy_in(be, k->patches, HOST_F32, k->pixels);
    be->ops.copy(be, backend_rows(be, k->x, 0, before), net->tokens);
    be->ops.linear_add(be, backend_rows(be, k->x, before, patch_count(net)), net->positions,
                       &(linear_operands){k->patches, net->once[VIT_PATCH_W], net->once[VIT_PATCH_B]});
}

/* The CLS token alone goes through the rest of the last block if nothing else is wanted. */
static void embed_image(void *self, int worker, int64_t index)
{
    const vit *net = self;
    const vit_worker *k = &net->team[worker];
    backend be = backend_worker(net->be);
    const int64_t S = net->grid * net->patch, tokens = token_count(net), before = net->tokens.rows;
    const bool mean = net->pool == CLUDI_POOL_MEAN;
    embed_patches(net, &be, k, net->pixels + index * CHANNELS * S * S);
    for (int32_t i = 0; i < net->depth; i++)
        run_block(net, &be, k, i, i + 1 < net->depth || mean ? tokens : 1);
    norm(&be, k->normed, backend_rows(&be, k->x, mean ? before : 0, k->normed.rows), net->once[VIT_NORM_W],
         net->once[VIT_NORM_B]);
    be.ops.mean_views(&be, k->feature, k->normed);
    be.ops.copy_out(&be, HOST_F32, net->features + index * net->width, k->feature);
}

/* 0 times a number is 0, unless it is NaN or infinite. */
static bool is_finite(const float *numbers, int64_t count)
{
    float sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += 0.0F * numbers[i];
    return sum == 0;
}

cludi_status vit_embed(vit *net, const float *pixels, int64_t images, float *features, cludi_error *error)
{
    const int64_t S = net->grid * net->patch, numbers = CHANNELS * S * S;
    for (int64_t i = 0; i < images; i++)
        if (!is_finite(pixels + i * numbers, numbers))
            return error_set(error, CLUDI_ERROR_DATA, "pixels has NaN or infinity in image %lld (counted from 0).",
                             (long long)i);
    net->pixels = pixels;
    net->features = features;
    net->be->ops.for_each(net->be, images, embed_image, net);
    return backend_finish(net->be, error);
}
