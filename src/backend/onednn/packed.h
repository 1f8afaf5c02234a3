/* Weights in the layout and precision that oneDNN's kernels read fastest, packed once after each change instead of in
   every product.

   In float32 with AVX-512 a product with packed weights has the same bits whatever the number of rows; elsewhere, as all
   products, for multiples of backend.row_multiple. */
#ifndef ONEDNN_PACKED_H
#define ONEDNN_PACKED_H

#include "product_table.h"

/* What to multiply rows with: W^T (forward, rows of `in` numbers) or W (backward, rows of `out` numbers). */
typedef enum packed_side { PACKED_FORWARD = 0, PACKED_BACKWARD = 1 } packed_side;

typedef struct packed_weight packed_weight;
typedef struct packed_store packed_store;

/* The packed weights of one backend, for the products of the table (borrowed). CLUDI_ERROR_MEMORY. */
cludi_status packed_store_new(packed_store **store, product_table *products, const cludi_allocator *allocator,
                              cludi_error *error);
void packed_store_free(packed_store *store);

/* Makes room for W (out, in), for both sides if `backward`, where it has none yet. CLUDI_ERROR_MEMORY;
   CLUDI_ERROR_UNSUPPORTED: stays unpacked. */
cludi_status packed_store_add(packed_store *store, tensor W, bool backward);

/* Packs one side of a weight that was added; again after every change. Different weights and sides may be packed by
   several threads. CLUDI_ERROR_UNSUPPORTED: the side was not added; CLUDI_ERROR_BACKEND. */
cludi_status packed_store_pack(packed_store *store, tensor W, packed_side side);

/* Drops the packed copy of W, if there is one; with the last one the products planned so far go too. */
void packed_store_forget(packed_store *store, tensor W);

/* The packed copy of W, or NULL. */
packed_weight *packed_store_find(packed_store *store, tensor W);

/* Rows times one side of a weight. */
typedef struct packed_rows {
    const void *x;     /* (rows, in or out), of the table's precision */
    void *y;           /* (rows, out or in) float32; of the table's precision with a bias */
    const float *bias; /* NULL, or y = product + bias */
    bool silu;         /* y = silu of that; only with a bias */
    int64_t rows;
} packed_rows;

/* On the calling thread alone; safe to call from several threads, each with its own scratchpad. CLUDI_ERROR_UNSUPPORTED: multiply with W as it is;
   CLUDI_ERROR_BACKEND. */
cludi_status packed_multiply(packed_store *store, const packed_weight *weight, packed_side side,
                             const packed_rows *rows, product_scratchpad *scratchpad);

#endif
