#include "onednn.h"

#include <omp.h>

#include "alloc.h"
#include "error.h"

typedef struct onednn_state {
    bool failed; /* a product failed since the last finish */
    packed_store *packed;
} onednn_state;

packed_store *onednn_packed(const backend *be)
{
    return ((const onednn_state *)be->state)->packed;
}

void onednn_set_failed(backend *be)
{
    ((onednn_state *)be->state)->failed = true;
}

static cludi_status finish(backend *be, cludi_error *error)
{
    onednn_state *state = be->state;
    if (!state->failed)
        return CLUDI_OK;
    state->failed = false;
    return error_set(error, CLUDI_ERROR_BACKEND, "oneDNN could not compute a matrix product; try the ref backend.");
}

/* Each side of each weight is packed by one thread. */
static void prepare(backend *be, const tensor *weights, int count)
{
    packed_store *store = onednn_packed(be);
    const int before = omp_get_max_threads();
    int failures = 0;
    omp_set_num_threads(1); /* what oneDNN sees, here and where the products run: it plans for this number */
    for (int i = 0; i < count; i++)
        failures += !packed_store_add(store, weights[i]);
#pragma omp parallel for num_threads(be->threads) schedule(dynamic) reduction(+ : failures)
    for (int i = 0; i < 2 * count; i++)
        failures += !packed_store_pack(store, weights[i / 2], i % 2 ? PACKED_BACKWARD : PACKED_FORWARD);
    omp_set_num_threads(before);
    if (failures)
        onednn_set_failed(be);
}

static void forget(backend *be, const tensor *weights, int count)
{
    for (int i = 0; i < count; i++)
        packed_store_forget(onednn_packed(be), weights[i]);
}

static void close_backend(backend *be)
{
    packed_store_free(onednn_packed(be));
    alloc_free(&be->allocator, be->state);
}

static void choose_instruction_set(backend_ops *ops)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl")) {
        ref_operations_avx512(ops);
        onednn_product_avx512(ops);
        return;
    }
    if (__builtin_cpu_supports("avx2")) {
        ref_operations_avx2(ops);
        onednn_product_avx2(ops);
        return;
    }
#endif
    ref_operations_base(ops);
    onednn_product_base(ops);
}

cludi_status onednn_open(backend *be, cludi_error *error)
{
    be->state = alloc_zeroed(&be->allocator, 1, sizeof(onednn_state));
    if (!be->state)
        return error_memory(error, "the oneDNN backend");
    cludi_status status = packed_store_new(&((onednn_state *)be->state)->packed, &be->allocator, error);
    if (status != CLUDI_OK) {
        alloc_free(&be->allocator, be->state);
        return status;
    }
    choose_instruction_set(&be->ops);
    be->ops.name = "onednn";
    be->ops.prepare = prepare;
    be->ops.forget = forget;
    be->ops.finish = finish;
    be->ops.close = close_backend;
    return CLUDI_OK;
}
