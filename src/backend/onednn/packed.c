#include "packed.h"

#include "alloc.h"
#include "error.h"

/* One packed matrix of `depth` rows and `width` columns. */
typedef struct packed_matrix {
    int64_t depth, width;
    void *bytes; /* owned */
    dnnl_memory_desc_t layout;
    dnnl_memory_t memory; /* of bytes; owned */
} packed_matrix;

struct packed_weight {
    const void *key; /* the address of W */
    packed_matrix side[2];
    packed_weight *next;
};

struct packed_store {
    cludi_allocator allocator;
    product_table *products;
    packed_weight *weights;
};

cludi_status packed_store_new(packed_store **out, product_table *products, const cludi_allocator *allocator,
                              cludi_error *error)
{
    packed_store *store = alloc_zeroed(allocator, 1, sizeof *store);
    *out = store;
    if (!store)
        return error_memory(error, "the oneDNN backend");
    store->allocator = *allocator;
    store->products = products;
    return CLUDI_OK;
}

static void free_weight(packed_store *store, packed_weight *weight)
{
    for (int side = 0; side < 2; side++) {
        if (weight->side[side].memory)
            dnnl_memory_destroy(weight->side[side].memory);
        alloc_free(&store->allocator, weight->side[side].bytes);
    }
    alloc_free(&store->allocator, weight);
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
        product_table_empty(store->products);
}

static product_shape shape_of(const packed_matrix *matrix, product_kind kind, int64_t rows)
{
    return (product_shape){kind, rows, matrix->depth, matrix->width, matrix->width};
}

cludi_status packed_multiply(packed_store *store, const packed_weight *weight, packed_side side,
                             const packed_rows *rows, product_scratchpad *scratchpad)
{
    const packed_matrix *matrix = &weight->side[side];
    const product_kind narrowed = rows->silu ? PRODUCT_PACKED_SILU : PRODUCT_PACKED_BIAS;
    const product_kind kind = rows->bias ? narrowed : PRODUCT_PACKED;
    if (!matrix->memory)
        return CLUDI_ERROR_UNSUPPORTED;
    planned_product *p = product_table_find(store->products, shape_of(matrix, kind, rows->rows), &matrix->layout);
    if (!p || !dnnl_memory_desc_equal(product_weight_layout(p), &matrix->layout))
        return CLUDI_ERROR_UNSUPPORTED;
    const product_operands operands = {.y = rows->y, .x = rows->x, .packed = matrix->memory, .bias = rows->bias};
    return product_multiply(store->products, p, &operands, scratchpad) ? CLUDI_OK : CLUDI_ERROR_BACKEND;
}

/* ---- packing ---- */

/* oneDNN chooses the layout for this height, and has to take it for the others, where it might choose another. */
enum { TYPICAL_ROWS = 96 };

static cludi_status add_side(packed_store *store, packed_matrix *matrix, int64_t depth, int64_t width)
{
    matrix->depth = depth;
    matrix->width = width;
    const product_shape typical = shape_of(matrix, PRODUCT_PACKED, TYPICAL_ROWS);
    const planned_product *p = product_table_find(store->products, typical, NULL);
    if (!p)
        return CLUDI_ERROR_UNSUPPORTED;
    matrix->layout = *product_weight_layout(p);
    matrix->bytes = alloc_array(&store->allocator, (int64_t)dnnl_memory_desc_get_size(&matrix->layout), 1);
    if (matrix->bytes)
        matrix->memory = product_weight_memory(store->products, &matrix->layout, matrix->bytes);
    return matrix->memory ? CLUDI_OK : CLUDI_ERROR_MEMORY;
}

static packed_weight *new_weight(packed_store *store, tensor W)
{
    packed_weight *weight = alloc_zeroed(&store->allocator, 1, sizeof *weight);
    if (weight) {
        weight->key = W.data;
        weight->next = store->weights;
        store->weights = weight;
    }
    return weight;
}

cludi_status packed_store_add(packed_store *store, tensor W, bool backward)
{
    cludi_status status = CLUDI_OK;
    packed_weight *weight = packed_store_find(store, W);
    if (!weight)
        weight = new_weight(store, W);
    if (!weight)
        return CLUDI_ERROR_MEMORY;
    if (!weight->side[PACKED_FORWARD].memory)
        status = add_side(store, &weight->side[PACKED_FORWARD], W.cols, W.rows);
    if (status == CLUDI_OK && backward && !weight->side[PACKED_BACKWARD].memory)
        status = add_side(store, &weight->side[PACKED_BACKWARD], W.rows, W.cols);
    if (status != CLUDI_OK)
        packed_store_forget(store, W);
    return status;
}

cludi_status packed_store_pack(packed_store *store, tensor W, packed_side side)
{
    const packed_weight *weight = packed_store_find(store, W);
    const bool forward = side == PACKED_FORWARD;
    if (!weight || !weight->side[side].memory)
        return CLUDI_ERROR_UNSUPPORTED;
    const packed_matrix *matrix = &weight->side[side];
    const plain_weight plain = {W.data, matrix->depth, matrix->width, forward ? 1 : W.cols, forward ? W.cols : 1};
    return product_pack(store->products, matrix->memory, &plain) ? CLUDI_OK : CLUDI_ERROR_BACKEND;
}
