/* The "onednn" backend: the plain kernels compiled for this processor's instruction set, with the matrix products done
   by oneDNN. The only folder that includes dnnl.h. */
#ifndef ONEDNN_ONEDNN_H
#define ONEDNN_ONEDNN_H

#include "backend.h"
#include "packed.h"

/* Fills the table in. CLUDI_ERROR_MEMORY. */
cludi_status onednn_open(backend *be, cludi_error *error);

/* Between the two, what oneDNN plans and computes on this thread is for one thread: our tiles are the only parallelism.
   leave() wants what enter() returned. */
int onednn_enter(void);
void onednn_leave(int before);

/* Keeps what failed, if anything did; the next finish() reports it. Safe from several threads. */
void onednn_remember(backend *be, cludi_status failure);

/* Whether no product of unpacked operands was computed yet, and that one was. */
bool onednn_first_plain(const backend *be);
void onednn_know_plain(const backend *be);

/* The products planned so far, and the packed weights. */
product_table *onednn_products(const backend *be);
packed_store *onednn_packed(const backend *be);

/* The products and attention, per instruction set. */
void onednn_product_base(backend_ops *ops);
void onednn_product_avx2(backend_ops *ops);
void onednn_product_avx512(backend_ops *ops);

void onednn_attention_base(backend_ops *ops);
void onednn_attention_avx2(backend_ops *ops);
void onednn_attention_avx512(backend_ops *ops);
void onednn_attention_amx(
    backend_ops *ops); /* in bf16, whatever the numbers are; oneDNN has to say that AMX is there */

/* The plain kernels, per instruction set. */
void ref_operations_base(backend_ops *ops);
void ref_operations_avx2(backend_ops *ops);
void ref_operations_avx512(backend_ops *ops);

#endif
