#include "head_method.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "bounds.h"
#include "error.h"
#include "predict_report.h"

enum { BLOCK_ROWS = 2048, BLOCK_NUMBERS = 1 << 25, TASK_ROWS = 64 };

typedef struct head_predictor {
    const predict_args *args; /* of the running call */
    cludi_allocator allocator;
    const head_recipe *how;
    mlp_head_shape shape;
    int64_t N; /* rows of a block */
    param_set params;
    int32_t spaces; /* of features: a head for each, whose probabilities are averaged */
    mlp_head_shape shapes[INPUT_MOST_SPACES];
    mlp_head heads[INPUT_MOST_SPACES];
    tensor wide[INPUT_MOST_SPACES], x[INPUT_MOST_SPACES]; /* (N, n) of a space each */
    mlp_head_pass pass;                                   /* of (spaces N) rows */
    arena memory;
    tensor parts, p; /* (spaces N, K), (N, K) */
    input_map map;
    float *mapped, *lifted, *host_p; /* (N, cols), (N, width), (N, K) */
    float *slice;                    /* (N, n) of one of several spaces */
    int64_t first, count;            /* rows of the block */
} head_predictor;

static int64_t round_up(const backend *be, int64_t rows)
{
    return (rows + be->row_multiple - 1) / be->row_multiple * be->row_multiple;
}

static int64_t block_rows(const head_predictor *p)
{
    const backend *be = p->args->be;
    const int64_t widest = (int64_t)fmax((double)p->shape.K, (double)fmax((double)p->shape.n, (double)p->shape.hidden));
    const int64_t most = round_up(be, BLOCK_ROWS), all = round_up(be, p->args->X->rows);
    int64_t rows = min_int(most, all);
    while (rows > be->row_multiple && rows * widest > BLOCK_NUMBERS)
        rows = round_up(be, rows / 2);
    return rows;
}

static cludi_status init_host(head_predictor *p, cludi_error *error)
{
    const cludi_allocator *allocator = &p->args->be->allocator;
    p->mapped = alloc_array(allocator, p->N * p->map.cols, sizeof *p->mapped);
    p->lifted = alloc_array(allocator, p->N * p->map.width, sizeof *p->lifted);
    p->host_p = alloc_array(allocator, p->N * p->shape.K, sizeof *p->host_p);
    p->slice = alloc_array(allocator, p->spaces > 1 ? p->N * p->map.width : 1, sizeof *p->slice);
    return p->mapped && p->lifted && p->slice && p->host_p ? CLUDI_OK : error_memory(error, "a block of rows");
}

static void layout(head_predictor *p, arena *a)
{
    for (int s = 0; s < p->spaces; s++) {
        p->wide[s] = arena_take(a, p->N, p->shapes[s].n);
        p->x[s] = arena_take_operand(a, p->N, p->shapes[s].n);
    }
    p->parts = arena_take(a, p->spaces * p->N, p->shape.K);
    p->p = arena_take(a, p->N, p->shape.K);
    mlp_head_pass_layout(&p->pass, a, &p->shape, p->spaces * p->N, false);
}

static cludi_status init(head_predictor *p, cludi_error *error)
{
    const method_model *model = &p->args->model;
    backend *be = p->args->be;
    p->how = head_recipe_of(method_of(&model->info->config));
    p->map = model->map;
    p->shape = head_recipe_shape(p->how, p->map.width, model->info->clusters);
    p->N = block_rows(p);
    p->spaces = input_map_spaces(&p->map);
    for (int s = 0; s < p->spaces; s++)
        p->shapes[s] = head_recipe_shape(p->how, input_map_space_width(&p->map, s), p->shape.K);
    TRY(init_host(p, error));
    TRY(param_set_init(&p->params, be, model->specs, model->spec_count, false, error));
    arena_begin(&p->memory, be);
    layout(p, &p->memory);
    TRY(arena_allocate(&p->memory, "the activations of a block of rows", error));
    layout(p, &p->memory);
    param_set_copy_in(&p->params, HOST_F32, model->values);
    param_set_prepare(&p->params);
    for (int s = 0; s < p->spaces; s++)
        p->heads[s] = mlp_head_bind(&p->params, &p->shapes[s], s);
    return CLUDI_OK;
}

cludi_status head_predict_open(void **self, const predict_args *args, int64_t *block, cludi_error *error)
{
    head_predictor *p = alloc_zeroed(&args->be->allocator, 1, sizeof *p);
    *self = p;
    if (!p)
        return error_memory(error, "the prediction");
    p->args = args;
    p->allocator = args->be->allocator;
    const cludi_status status = init(p, error);
    *block = p->N;
    return status;
}

void head_predict_close(void *self)
{
    head_predictor *p = self;
    const cludi_allocator allocator = p->allocator;
    arena_clear(&p->memory);
    param_set_clear(&p->params);
    alloc_free(&allocator, p->mapped);
    alloc_free(&allocator, p->lifted);
    alloc_free(&allocator, p->slice);
    alloc_free(&allocator, p->host_p);
    alloc_free(&allocator, p);
}

/* Some rows of the block, and zeros behind the last one. */
static void load_part(void *self, int worker, int64_t index)
{
    head_predictor *p = self;
    const cludi_matrix *X = p->args->X;
    const int64_t end = round_up(p->args->be, p->count);
    (void)worker;
    for (int64_t i = index * TASK_ROWS; i < (index + 1) * TASK_ROWS && i < end; i++) {
        float *lifted = p->lifted + i * p->map.width, *mapped = p->mapped + i * p->map.cols;
        if (i < p->count) {
            input_map_row(&p->map, X->data + (p->first + i) * X->stride, mapped);
            input_map_lift(&p->map, mapped, lifted);
        } else {
            memset(lifted, 0, (size_t)p->map.width * sizeof *lifted);
        }
    }
}

static cludi_status store_block(const head_predictor *p, const cludi_prediction *out, cludi_error *error)
{
    const int64_t K = p->shape.K;
    for (int64_t i = 0; i < p->count; i++)
        if (!predict_adds_up(p->host_p + i * K, K, 1))
            return predict_overflow(p->first + i, error);
    for (int64_t i = 0; out->labels && i < p->count; i++)
        out->labels[p->first + i] = argmax_float(p->host_p + i * K, K);
    if (out->probabilities)
        memcpy(out->probabilities + p->first * K, p->host_p, (size_t)(p->count * K) * sizeof(float));
    return CLUDI_OK;
}

/* The columns of one of several spaces; of one space the rows are whole. */
static const float *slice_of(const head_predictor *p, int64_t first, int64_t n, int64_t rows)
{
    if (p->spaces == 1)
        return p->lifted;
    for (int64_t i = 0; i < rows; i++)
        memcpy(p->slice + i * n, p->lifted + i * p->map.width + first, (size_t)n * sizeof *p->slice);
    return p->slice;
}

/* The logits of the block by the head of space s, whose columns begin at `first`. */
static void find_logits(head_predictor *p, int s, int64_t first, int64_t rows)
{
    backend *be = p->args->be;
    const int64_t n = p->shapes[s].n;
    const tensor wide = backend_rows(be, p->wide[s], 0, rows), x = backend_rows(be, p->x[s], 0, rows);
    const mlp_head_pass pass = {.h = p->shape.hidden > 0 ? backend_rows(be, p->pass.h, s * rows, rows) : (tensor){0},
                                .l = backend_rows(be, p->pass.l, s * rows, rows)};
    be->ops.copy_in(be, wide, HOST_F32, slice_of(p, first, n, rows));
    be->ops.unit_rows(be, wide, wide, sqrt((double)n));
    be->ops.copy(be, x, wide);
    mlp_head_forward(be, &p->heads[s], &pass, x);
}

static cludi_status compute_block(head_predictor *p, cludi_error *error)
{
    backend *be = p->args->be;
    const int64_t rows = round_up(be, p->count), all = p->spaces * rows;
    const tensor u = backend_rows(be, p->p, 0, rows), parts = backend_rows(be, p->parts, 0, all);
    int64_t first = 0;
    host_each(be, (rows + TASK_ROWS - 1) / TASK_ROWS, load_part, p);
    for (int s = 0; s < p->spaces; s++) {
        find_logits(p, s, first, rows);
        first += p->shapes[s].n;
    }
    be->ops.softmax(be, parts, backend_rows(be, p->pass.l, 0, all), 1 / p->how->temperature);
    be->ops.mean_views(be, u, parts);
    const cludi_status status = backend_finish(be, error);
    be->ops.copy_out(be, HOST_F32, p->host_p, u);
    return status;
}

cludi_status head_predict_block(void *self, const predict_args *args, int64_t first, int64_t count,
                                const cludi_prediction *out, cludi_error *error)
{
    head_predictor *p = self;
    p->args = args;
    p->map = args->model.map;
    p->first = first;
    p->count = count;
    TRY(compute_block(p, error));
    return store_block(p, out, error);
}
