#include "onednn.h"

#include "alloc.h"
#include "error.h"

typedef struct onednn_state {
    bool failed; /* a product failed since the last finish */
} onednn_state;

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

static void close_backend(backend *be)
{
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
    choose_instruction_set(&be->ops);
    be->ops.name = "onednn";
    be->ops.finish = finish;
    be->ops.close = close_backend;
    return CLUDI_OK;
}
