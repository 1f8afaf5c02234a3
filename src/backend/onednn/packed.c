#include "packed.h"

#include <pthread.h>
#include <stdbool.h>

#include <dnnl.h>

#include "alloc.h"
#include "error.h"

enum { SCRATCH_BYTES = 16384, MOST_PRODUCTS = 1024 };

/* One packed matrix of `depth` rows and `width` columns. */
typedef struct packed_matrix {
    int64_t depth, width;
    void *bytes; /* owned */
    dnnl_memory_desc_t layout;
} packed_matrix;

struct packed_weight {
    const void *key; /* the address of W */
    packed_matrix side[2];
    packed_weight *next;
};

/* A product of `rows` rows with a packed matrix of this shape. */
typedef struct product {
    int64_t rows, depth, width;
    dnnl_primitive_t primitive;
} product;

struct packed_store {
    cludi_allocator allocator;
    dnnl_engine_t engine;
    packed_weight *weights;
    pthread_mutex_t lock; /* of products: planned on first use, by any thread */
    int product_count;
    product products[MOST_PRODUCTS];
};

/* ---- the store ---- */

cludi_status packed_store_new(packed_store **out, const cludi_allocator *allocator, cludi_error *error)
{
    packed_store *store = alloc_zeroed(allocator, 1, sizeof *store);
    *out = NULL;
    if (!store)
        return error_memory(error, "the oneDNN backend");
    store->allocator = *allocator;
    if (dnnl_engine_create(&store->engine, dnnl_cpu, 0) != dnnl_success) {
        alloc_free(allocator, store);
        return error_set(error, CLUDI_ERROR_BACKEND, "oneDNN found no processor to run on.");
    }
    pthread_mutex_init(&store->lock, NULL);
    *out = store;
    return CLUDI_OK;
}

static void clear_matrix(packed_store *store, packed_matrix *matrix)
{
    alloc_free(&store->allocator, matrix->bytes);
}

static void free_weight(packed_store *store, packed_weight *weight)
{
    clear_matrix(store, &weight->side[PACKED_FORWARD]);
    clear_matrix(store, &weight->side[PACKED_BACKWARD]);
    alloc_free(&store->allocator, weight);
}

static void free_products(packed_store *store)
{
    for (int i = 0; i < store->product_count; i++)
        dnnl_primitive_destroy(store->products[i].primitive);
    store->product_count = 0;
}

void packed_store_free(packed_store *store)
{
    if (!store)
        return;
    const cludi_allocator allocator = store->allocator;
    while (store->weights) {
        packed_weight *weight = store->weights;
        store->weights = weight->next;
        free_weight(store, weight);
    }
    free_products(store);
    pthread_mutex_destroy(&store->lock);
    dnnl_engine_destroy(store->engine);
    alloc_free(&allocator, store);
}

packed_weight *packed_store_find(packed_store *store, tensor W)
{
    packed_weight *weight = store->weights;
    while (weight && weight->key != W.data)
        weight = weight->next;
    return weight;
}

void packed_store_forget(packed_store *store, tensor W)
{
    packed_weight **link = &store->weights;
    while (*link && (*link)->key != W.data)
        link = &(*link)->next;
    if (!*link)
        return;
    packed_weight *weight = *link;
    *link = weight->next;
    free_weight(store, weight);
    if (!store->weights)
        free_products(store);
}

/* ---- products ---- */

static bool describe(dnnl_memory_desc_t *out, int64_t rows, int64_t cols, int64_t row_step, int64_t col_step)
{
    const dnnl_dims_t shape = {rows, cols}, steps = {row_step, col_step};
    return dnnl_memory_desc_init_by_strides(out, 2, shape, dnnl_f32, steps) == dnnl_success;
}

static bool describe_any(dnnl_memory_desc_t *out, int64_t rows, int64_t cols)
{
    const dnnl_dims_t shape = {rows, cols};
    return dnnl_memory_desc_init_by_tag(out, 2, shape, dnnl_f32, dnnl_format_tag_any) == dnnl_success;
}

/* Lets oneDNN choose the kernel and the layout of the weights. */
static bool plan(product *p, dnnl_engine_t engine)
{
    dnnl_matmul_desc_t matmul;
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_primitive_desc_t chosen = NULL;
    dnnl_memory_desc_t x, y, any;
    const bool ok = describe(&x, p->rows, p->depth, p->depth, 1) && describe(&y, p->rows, p->width, p->width, 1) &&
                    describe_any(&any, p->depth, p->width) &&
                    dnnl_matmul_desc_init(&matmul, &x, &any, NULL, &y) == dnnl_success &&
                    dnnl_primitive_attr_create(&attributes) == dnnl_success &&
                    dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user) == dnnl_success &&
                    dnnl_primitive_desc_create(&chosen, &matmul, attributes, engine, NULL) == dnnl_success &&
                    dnnl_primitive_create(&p->primitive, chosen) == dnnl_success;
    const size_t scratch =
        ok ? dnnl_memory_desc_get_size(dnnl_primitive_desc_query_md(chosen, dnnl_query_scratchpad_md, 0)) : 0;
    if (chosen)
        dnnl_primitive_desc_destroy(chosen);
    if (attributes)
        dnnl_primitive_attr_destroy(attributes);
    if (ok && scratch > SCRATCH_BYTES)
        dnnl_primitive_destroy(p->primitive);
    return ok && scratch <= SCRATCH_BYTES;
}

/* What a planned product wants of one of its operands; lives as long as the product. */
static const dnnl_memory_desc_t *layout_of(const product *p, dnnl_query_t what)
{
    const_dnnl_primitive_desc_t chosen;
    return dnnl_primitive_get_primitive_desc(p->primitive, &chosen) == dnnl_success
               ? dnnl_primitive_desc_query_md(chosen, what, 0)
               : NULL;
}

/* NULL: oneDNN refused or wants more scratch than a stack should give, or there are more shapes than a model has. */
static const product *find_product(packed_store *store, int64_t rows, int64_t depth, int64_t width)
{
    pthread_mutex_lock(&store->lock);
    product *p = store->products, *end = store->products + store->product_count;
    while (p < end && (p->rows != rows || p->depth != depth || p->width != width))
        p++;
    if (p == end) {
        const bool room = store->product_count < MOST_PRODUCTS;
        if (room)
            *p = (product){rows, depth, width, NULL};
        if (room && plan(p, store->engine))
            store->product_count++;
        else
            p = NULL;
    }
    pthread_mutex_unlock(&store->lock);
    return p;
}

/* Runs a primitive on memories given by descriptor and address. */
typedef struct operand {
    int name; /* DNNL_ARG_... */
    const dnnl_memory_desc_t *layout;
    void *address;
} operand;

static bool execute(packed_store *store, dnnl_primitive_t primitive, const operand *operands, int count)
{
    enum { MOST = 4 };
    dnnl_exec_arg_t arguments[MOST];
    dnnl_stream_t stream = NULL;
    int made = 0;
    bool ok = dnnl_stream_create(&stream, store->engine, dnnl_stream_default_flags) == dnnl_success;
    for (; ok && made < count; made++) {
        arguments[made].arg = operands[made].name;
        ok = dnnl_memory_create(&arguments[made].memory, operands[made].layout, store->engine,
                                operands[made].address) == dnnl_success;
        if (!ok)
            break;
    }
    ok = ok && dnnl_primitive_execute(primitive, stream, count, arguments) == dnnl_success &&
         dnnl_stream_wait(stream) == dnnl_success;
    for (int i = 0; i < made; i++)
        dnnl_memory_destroy(arguments[i].memory);
    if (stream)
        dnnl_stream_destroy(stream);
    return ok;
}

cludi_status packed_multiply(packed_store *store, const packed_weight *weight, packed_side side, float *y,
                             const float *x, int64_t rows)
{
    const packed_matrix *matrix = &weight->side[side];
    const product *p = find_product(store, rows, matrix->depth, matrix->width);
    _Alignas(64) char scratch[SCRATCH_BYTES];
    if (!p || !dnnl_memory_desc_equal(layout_of(p, dnnl_query_weights_md), &matrix->layout))
        return CLUDI_ERROR_UNSUPPORTED;
    const operand operands[] = {{DNNL_ARG_SRC, layout_of(p, dnnl_query_src_md), (void *)x},
                                {DNNL_ARG_WEIGHTS, &matrix->layout, matrix->bytes},
                                {DNNL_ARG_DST, layout_of(p, dnnl_query_dst_md), y},
                                {DNNL_ARG_SCRATCHPAD, layout_of(p, dnnl_query_scratchpad_md), scratch}};
    return execute(store, p->primitive, operands, 4) ? CLUDI_OK : CLUDI_ERROR_BACKEND;
}

/* ---- packing ---- */

/* oneDNN chooses the layout by depth and width; packed_multiply does not support a height that wants another. */
enum { TYPICAL_ROWS = 96 };

static cludi_status add_side(packed_store *store, packed_matrix *matrix, int64_t depth, int64_t width)
{
    const product *p = find_product(store, TYPICAL_ROWS, depth, width);
    if (!p)
        return CLUDI_ERROR_UNSUPPORTED;
    matrix->depth = depth;
    matrix->width = width;
    matrix->layout = *layout_of(p, dnnl_query_weights_md);
    matrix->bytes = alloc_array(&store->allocator, (int64_t)dnnl_memory_desc_get_size(&matrix->layout), 1);
    return matrix->bytes ? CLUDI_OK : CLUDI_ERROR_MEMORY;
}

cludi_status packed_store_add(packed_store *store, tensor W)
{
    packed_weight *weight = packed_store_find(store, W);
    if (weight)
        return CLUDI_OK;
    weight = alloc_zeroed(&store->allocator, 1, sizeof *weight);
    if (!weight)
        return CLUDI_ERROR_MEMORY;
    weight->key = W.data;
    weight->next = store->weights;
    store->weights = weight;
    cludi_status status = add_side(store, &weight->side[PACKED_FORWARD], W.cols, W.rows);
    if (status == CLUDI_OK)
        status = add_side(store, &weight->side[PACKED_BACKWARD], W.rows, W.cols);
    if (status != CLUDI_OK)
        packed_store_forget(store, W);
    return status;
}

static bool reorder(packed_store *store, const packed_matrix *matrix, const dnnl_memory_desc_t *plain, void *from)
{
    const operand operands[] = {{DNNL_ARG_FROM, plain, from}, {DNNL_ARG_TO, &matrix->layout, matrix->bytes}};
    dnnl_primitive_desc_t chosen = NULL;
    dnnl_primitive_t primitive = NULL;
    bool ok = dnnl_reorder_primitive_desc_create(&chosen, plain, store->engine, &matrix->layout, store->engine, NULL) ==
                  dnnl_success &&
              dnnl_primitive_create(&primitive, chosen) == dnnl_success && execute(store, primitive, operands, 2);
    if (primitive)
        dnnl_primitive_destroy(primitive);
    if (chosen)
        dnnl_primitive_desc_destroy(chosen);
    return ok;
}

cludi_status packed_store_pack(packed_store *store, tensor W, packed_side side)
{
    const packed_weight *weight = packed_store_find(store, W);
    const bool forward = side == PACKED_FORWARD;
    dnnl_memory_desc_t plain;
    if (!weight)
        return CLUDI_ERROR_UNSUPPORTED;
    const packed_matrix *matrix = &weight->side[side];
    const bool ok = describe(&plain, matrix->depth, matrix->width, forward ? 1 : W.cols, forward ? W.cols : 1) &&
                    reorder(store, matrix, &plain, W.data);
    return ok ? CLUDI_OK : CLUDI_ERROR_BACKEND;
}
