/* Matrix products planned by oneDNN: one primitive for each shape, made on first use and kept. */
#ifndef ONEDNN_PRODUCT_TABLE_H
#define ONEDNN_PRODUCT_TABLE_H

#include <stdbool.h>

#include <dnnl.h>

#include "backend.h"

/* PACKED: y = x W, x (rows, depth), W in the layout that oneDNN chose. PACKED_BIAS: y = x W + bias, PACKED_SILU: y = silu of
   it, y of the operands' type. GRADIENT: y = x^T W, x (depth, rows), W (depth, width) as they are; GRADIENT_MORE adds to y. */
typedef enum product_kind {
    PRODUCT_PACKED,
    PRODUCT_PACKED_BIAS,
    PRODUCT_PACKED_SILU,
    PRODUCT_GRADIENT,
    PRODUCT_GRADIENT_MORE
} product_kind;

typedef struct product_shape {
    product_kind kind;
    int64_t rows, depth, width;
    int64_t y_stride; /* numbers between rows of y; those of x and W are close together */
} product_shape;

typedef struct planned_product planned_product;
typedef struct product_table product_table;

/* Memory for one running product; there is one for each thread. */
enum { SCRATCHPAD_SCRATCH = 1 << 20, SCRATCHPAD_X = 1 << 18, SCRATCHPAD_W = 1 << 18 };
typedef struct product_scratchpad {
    char scratch[SCRATCHPAD_SCRATCH]; /* of oneDNN */
    uint16_t x[SCRATCHPAD_X];         /* bf16 copies of operands */
    union {
        uint16_t W[SCRATCHPAD_W];
        float sums[SCRATCHPAD_W / 2]; /* of a product whose result becomes bf16 */
    };
} product_scratchpad;

/* Around what oneDNN plans, here and elsewhere: its plans and generated code are the whole process's, and fork() waits until
   nobody plans, so that a child never finds them half made or locked by a thread that it does not have. */
void product_planning_begin(void);
void product_planning_end(void);

/* Products of float32 or bf16 operands with float32 results, up to `threads` at a time. CLUDI_ERROR_MEMORY,
   CLUDI_ERROR_BACKEND. */
cludi_status product_table_new(product_table **table, precision operands, int threads, const cludi_allocator *allocator,
                               cludi_error *error);
void product_table_free(product_table *table);

/* Forgets every plan. */
void product_table_empty(product_table *table);

/* packed: the layout of W in PACKED products, NULL: oneDNN may choose; left as it is if the shape was planned before.
   NULL: oneDNN refused or wants more scratch than a scratchpad has, or there are more shapes than a model has. */
planned_product *product_table_find(product_table *table, product_shape shape, const dnnl_memory_desc_t *packed);

/* The layout a planned product wants its W in; lives as long as the plan. */
const dnnl_memory_desc_t *product_weight_layout(const planned_product *product);

/* oneDNN's handle of a packed W at an address; NULL: out of memory. Destroy with dnnl_memory_destroy(). */
dnnl_memory_t product_weight_memory(product_table *table, const dnnl_memory_desc_t *layout, void *address);

/* The operands of one product; those its kind does not have are NULL. */
typedef struct product_operands {
    void *y;
    const void *x;
    dnnl_memory_t packed; /* W of PACKED products */
    const void *plain;    /* W of gradients */
    const float *bias;    /* of PACKED_BIAS and PACKED_SILU, (width) */
} product_operands;

/* A scratchpad that is not in use, and giving it back. */
product_scratchpad *product_scratchpad_take(product_table *table);
void product_scratchpad_leave(product_table *table, product_scratchpad *scratchpad);

/* Computes on the calling thread alone; safe from several threads, each with its own scratchpad. */
bool product_multiply(product_table *table, planned_product *product, const product_operands *operands,
                      product_scratchpad *scratchpad);

/* packed = W (depth, width), float32 with these steps between rows and columns. */
typedef struct plain_weight {
    const void *address;
    int64_t depth, width, row_step, col_step;
} plain_weight;
bool product_pack(product_table *table, dnnl_memory_t packed, const plain_weight *W);

#endif
