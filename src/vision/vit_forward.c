#include <string.h>

#include "bounds.h"
#include "error.h"
#include "vit_network.h"

/* Images whose tokens make about so many rows are computed together: weights are read once for them, and the rows that are
   left over beside a product's usual height are few. */
enum { USUAL_ROWS = 800 };

static const double EPSILON = 1e-6;

static int64_t most_images(const vit *net)
{
    const int64_t most = USUAL_ROWS / vit_token_count(net);
    return max_int(most, 1);
}

/* Products of so many rows give a row the same bits wherever it stands. */
static int64_t rows_of(const vit *net, int64_t wanted)
{
    const int64_t multiple = net->be->row_multiple;
    return (wanted + multiple - 1) / multiple * multiple;
}

void vit_worker_layout(vit_worker *k, arena *a, const vit *net)
{
    const bool mean = net->pool == CLUDI_POOL_MEAN;
    const int64_t images = most_images(net), w = net->width, firsts = rows_of(net, images);
    const int64_t rows = rows_of(net, images * vit_token_count(net));
    k->patches = arena_take_operand(a, rows, vit_patch_numbers(net));
    k->x = arena_take(a, rows, w);
    k->sum = arena_take(a, rows, w);
    k->u = arena_take_operand(a, rows, w);
    k->qkv = arena_take_operand(a, rows, 3 * w);
    k->mixed = arena_take_operand(a, rows, w);
    k->hidden = arena_take_operand(a, rows, net->hidden);
    k->scratch = arena_take(a, 1, backend_attention_scratch(vit_token_count(net), w, net->heads));
    k->first = mean ? (tensor){0} : arena_take(a, firsts, w);
    k->normed = arena_take(a, mean ? vit_patch_count(net) : firsts, w);
    k->feature = arena_take(a, 1, w);
}

void vit_worker_begin(const vit *net, const vit_worker *k)
{
    net->be->ops.zero(net->be, k->patches);
    net->be->ops.zero(net->be, k->mixed);
    if (k->first.data)
        net->be->ops.zero(net->be, k->first);
}

/* A row for each patch: channel by channel, line by line, as the weights of a convolution lie. */
static void cut_patches(const vit *net, float *out, const float *pixels)
{
    const int64_t p = net->patch, S = net->grid * p;
    for (int64_t i = 0; i < net->grid; i++)
        for (int64_t j = 0; j < net->grid; j++)
            for (int64_t line = 0; line < VIT_CHANNELS * p; line++, out += p)
                memcpy(out, pixels + (line / p * S + i * p + line % p) * S + j * p, (size_t)p * sizeof *out);
}

static void norm(backend *be, tensor y, tensor x, tensor weight, tensor bias)
{
    be->ops.layer_norm(be, y, x, &(norm_weights){weight, bias, EPSILON});
}

/* The network at work on a group of images. */
typedef struct group {
    const vit *net;
    backend *be; /* of the worker */
    const vit_worker *worker;
    int64_t first, images;
} group;

static void embed_patches(const group *g)
{
    const vit *net = g->net;
    const vit_worker *k = g->worker;
    const int64_t T = vit_token_count(net), before = net->tokens.rows, S = net->grid * net->patch;
    const int64_t rows = rows_of(net, g->images * T);
    for (int64_t i = 0; i < g->images; i++) {
        cut_patches(net, k->pixels, net->pixels + (g->first + i) * VIT_CHANNELS * S * S);
        g->be->ops.copy_in(g->be, backend_rows(g->be, k->patches, i * T + before, vit_patch_count(net)), HOST_F32,
                           k->pixels);
    }
    g->be->ops.linear_add(
        g->be, backend_rows(g->be, k->x, 0, rows), net->positions,
        &(linear_operands){backend_rows(g->be, k->patches, 0, rows), net->once[VIT_PATCH_W], net->once[VIT_PATCH_B]});
    for (int64_t i = 0; i < g->images; i++)
        g->be->ops.copy(g->be, backend_rows(g->be, k->x, i * T, before), net->tokens);
}

/* Attention of the first `queries` tokens of each image; its rows follow each other. */
static void attend(const group *g, int32_t block, int64_t queries)
{
    const vit *net = g->net;
    const vit_worker *k = g->worker;
    const int64_t T = vit_token_count(net), rows = rows_of(net, g->images * T);
    const tensor u = backend_rows(g->be, k->u, 0, rows);
    norm(g->be, u, backend_rows(g->be, k->x, 0, rows), vit_block_part(net, block, VIT_NORM1_W),
         vit_block_part(net, block, VIT_NORM1_B));
    g->be->ops.linear(g->be, backend_rows(g->be, k->qkv, 0, rows), u, vit_block_part(net, block, VIT_QKV_W),
                      vit_block_part(net, block, VIT_QKV_B));
    for (int64_t i = 0; i < g->images; i++)
        g->be->ops.attention(g->be, backend_rows(g->be, k->mixed, i * queries, queries),
                             backend_rows(g->be, k->qkv, i * T, T), net->heads, k->scratch);
}

/* The rest of a block on `count` rows of the stream. */
static void mix(const group *g, int32_t block, tensor stream, int64_t count)
{
    const vit *net = g->net;
    const vit_worker *k = g->worker;
    backend *be = g->be;
    const int64_t rows = rows_of(net, count);
    const tensor x = backend_rows(be, stream, 0, rows), sum = backend_rows(be, k->sum, 0, rows);
    const tensor u = backend_rows(be, k->u, 0, rows), mixed = backend_rows(be, k->mixed, 0, rows);
    const tensor hidden = backend_rows(be, k->hidden, 0, rows);
    be->ops.linear_add(
        be, sum, x,
        &(linear_operands){mixed, vit_block_part(net, block, VIT_PROJ_W), vit_block_part(net, block, VIT_PROJ_B)});
    norm(be, u, sum, vit_block_part(net, block, VIT_NORM2_W), vit_block_part(net, block, VIT_NORM2_B));
    be->ops.linear_gelu(be, hidden, u, vit_block_part(net, block, VIT_FC1_W), vit_block_part(net, block, VIT_FC1_B));
    be->ops.linear_add(
        be, x, sum,
        &(linear_operands){hidden, vit_block_part(net, block, VIT_FC2_W), vit_block_part(net, block, VIT_FC2_B)});
}

static void run_block(const group *g, int32_t block)
{
    const int64_t T = vit_token_count(g->net);
    attend(g, block, T);
    mix(g, block, g->worker->x, g->images * T);
}

/* The CLS tokens alone go through what is left of it if nothing else is wanted. */
static void run_last_block(const group *g, int32_t block)
{
    const vit_worker *k = g->worker;
    const int64_t T = vit_token_count(g->net);
    attend(g, block, 1);
    for (int64_t i = 0; i < g->images; i++)
        g->be->ops.copy(g->be, backend_rows(g->be, k->first, i, 1), backend_rows(g->be, k->x, i * T, 1));
    mix(g, block, k->first, g->images);
}

static void average_patches(const group *g)
{
    const vit *net = g->net;
    const vit_worker *k = g->worker;
    for (int64_t i = 0; i < g->images; i++) {
        norm(g->be, k->normed,
             backend_rows(g->be, k->x, i * vit_token_count(net) + net->tokens.rows, vit_patch_count(net)),
             net->once[VIT_NORM_W], net->once[VIT_NORM_B]);
        g->be->ops.mean_views(g->be, k->feature, k->normed);
        g->be->ops.copy_out(g->be, HOST_F32, net->features + (g->first + i) * net->width, k->feature);
    }
}

static void keep_first(const group *g)
{
    const vit *net = g->net;
    const vit_worker *k = g->worker;
    const tensor normed = backend_rows(g->be, k->normed, 0, g->images);
    norm(g->be, normed, backend_rows(g->be, k->first, 0, g->images), net->once[VIT_NORM_W], net->once[VIT_NORM_B]);
    g->be->ops.copy_out(g->be, HOST_F32, net->features + g->first * net->width, normed);
}

static void embed_group(void *self, int worker, int64_t index)
{
    const vit *net = self;
    backend be = backend_worker(net->be);
    const int64_t first = index * net->group, left = net->images - first;
    const group g = {net, &be, &net->team[worker], first, min_int(left, net->group)};
    const bool mean = net->pool == CLUDI_POOL_MEAN;
    embed_patches(&g);
    for (int32_t i = 0; i + (mean ? 0 : 1) < net->depth; i++)
        run_block(&g, i);
    if (mean) {
        average_patches(&g);
    } else {
        run_last_block(&g, net->depth - 1);
        keep_first(&g);
    }
}

/* 0 times a number is 0, unless it is NaN or infinite. */
static bool is_finite(const float *numbers, int64_t count)
{
    float sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += 0.0F * numbers[i];
    return sum == 0;
}

/* As few turns of all workers as the most images at a time allow, and in these as few images as that needs. */
static int64_t group_size(const vit *net, int64_t images)
{
    const int64_t turn = net->workers * most_images(net), turns = (images + turn - 1) / turn;
    const int64_t tasks = turns * net->workers;
    return tasks > 0 ? (images + tasks - 1) / tasks : 1;
}

cludi_status vit_embed(vit *net, const float *pixels, int64_t images, float *features, cludi_error *error)
{
    const int64_t S = net->grid * net->patch, numbers = VIT_CHANNELS * S * S;
    for (int64_t i = 0; i < images; i++)
        if (!is_finite(pixels + i * numbers, numbers))
            return error_set(error, CLUDI_ERROR_DATA, "pixels has NaN or infinity in image %lld (counted from 0).",
                             (long long)i);
    net->pixels = pixels;
    net->features = features;
    net->images = images;
    net->group = group_size(net, images);
    net->be->ops.for_each(net->be, (images + net->group - 1) / net->group, embed_group, net);
    const cludi_status status = backend_finish(net->be, error);
    return status != CLUDI_OK || is_finite(features, images * net->width)
               ? status
               : error_set(error, CLUDI_ERROR_DIVERGED,
                           "The network's numbers overflow: no features can be computed with these weights.");
}
