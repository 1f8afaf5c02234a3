#include "onednn.h"

#include <omp.h>
#include <stdatomic.h>

#include <dnnl.h>

#include "alloc.h"
#include "error.h"
#include "narrow.h"

typedef struct onednn_state {
    int failure;             /* the cludi_status of what failed first since the last finish */
    atomic_bool plain_known; /* a product of unpacked operands was computed */
    product_table *products;
    packed_store *packed;
} onednn_state;

bool onednn_first_plain(const backend *be)
{
    return !atomic_load(&((const onednn_state *)be->state)->plain_known);
}

void onednn_know_plain(const backend *be)
{
    atomic_store(&((onednn_state *)be->state)->plain_known, true);
}

product_table *onednn_products(const backend *be)
{
    return ((const onednn_state *)be->state)->products;
}

packed_store *onednn_packed(const backend *be)
{
    return ((const onednn_state *)be->state)->packed;
}

void onednn_remember(backend *be, cludi_status failure)
{
    int *kept = &((onednn_state *)be->state)->failure, none = CLUDI_OK;
    if (failure == CLUDI_OK || failure == CLUDI_ERROR_UNSUPPORTED) /* unpacked is slower, not wrong */
        return;
    /* the first: others may follow from it */
    __atomic_compare_exchange_n(kept, &none, (int)failure, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static cludi_status finish(backend *be, cludi_error *error)
{
    onednn_state *state = be->state;
    const cludi_status failure = (cludi_status)state->failure;
    state->failure = CLUDI_OK;
    if (failure == CLUDI_ERROR_MEMORY)
        return error_memory(error, "oneDNN's copy of the weights");
    if (failure != CLUDI_OK)
        return error_set(error, failure, "oneDNN could not compute a matrix product; try the ref backend.");
    return CLUDI_OK;
}

int onednn_enter(void)
{
    const int before = omp_get_max_threads();
    omp_set_num_threads(1);
    return before;
}

void onednn_leave(int before)
{
    omp_set_num_threads(before);
}

typedef struct pack_loop {
    backend *be;
    const tensor *weights;
} pack_loop;

/* Each side of each weight is packed by one thread; sides that were not added are unsupported. */
static void pack_some(void *loop, int worker, int64_t first, int64_t last)
{
    const pack_loop *l = loop;
    const int before = onednn_enter();
    (void)worker;
    for (int64_t i = first; i < last; i++)
        onednn_remember(l->be, packed_store_pack(onednn_packed(l->be), l->weights[i / 2],
                                                 i % 2 ? PACKED_BACKWARD : PACKED_FORWARD));
    onednn_leave(before);
}

static void prepare(backend *be, const tensor *weights, int count, bool backward)
{
    const int before = onednn_enter();
    cludi_status status = CLUDI_OK;
    for (int i = 0; status != CLUDI_ERROR_MEMORY && i < count; i++)
        status = packed_store_add(onednn_packed(be), weights[i], backward);
    onednn_leave(before);
    onednn_remember(be, status);
    pack_loop loop = {be, weights};
    if (status != CLUDI_ERROR_MEMORY)
        team_run(be->team, be->threads, &(team_loop){pack_some, &loop, INT64_C(2) * count, 1});
}

static void forget(backend *be, const tensor *weights, int count)
{
    for (int i = 0; i < count; i++)
        packed_store_forget(onednn_packed(be), weights[i]);
}

static void close_backend(backend *be)
{
    packed_store_free(onednn_packed(be));
    product_table_free(onednn_products(be));
    alloc_free(&be->allocator, be->state);
}

static void choose_instruction_set(backend_ops *ops)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl")) {
        ref_operations_avx512(ops);
        onednn_product_avx512(ops);
        onednn_attention_avx512(ops);
        return;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        ref_operations_avx2(ops);
        onednn_product_avx2(ops);
        onednn_attention_avx2(ops);
        return;
    }
#endif
    ref_operations_base(ops);
    onednn_product_base(ops);
    onednn_attention_base(ops);
}

static bool onednn_uses(unsigned isa)
{
    return ((unsigned)dnnl_get_effective_cpu_isa() & isa) == isa;
}

/* oneDNN asks the system for the tiles, too. */
static void choose_matrix_unit(backend *be)
{
#if defined(__x86_64__)
    if (be->precision == PRECISION_BF16 && onednn_uses(dnnl_cpu_isa_avx512_core_amx))
        onednn_attention_amx(&be->ops);
#else
    (void)be;
#endif
}

/* oneDNN's kernels end in others for the rows that are left over. Found by trying every instruction set that oneDNN can
   be told to use; test_linear_rows.c holds it on the one it runs on. A single row pays for as many: 48, 24 and 12 do
   without AVX-512, 8 does not. bf16 without AMX would do with 16: one number for both, so that blocks are the same. */
static int64_t find_row_multiple(precision operands)
{
    enum { WITH_AVX512 = 16, BF16 = 32, OTHERS = 12 };
    if (operands == PRECISION_BF16)
        return BF16;
    return onednn_uses(dnnl_cpu_isa_avx512_core) ? WITH_AVX512 : OTHERS;
}

static cludi_status init_state(backend *be, cludi_error *error)
{
    onednn_state *state = be->state;
    TRY(product_table_new(&state->products, be->precision, be->threads, &be->allocator, error));
    return packed_store_new(&state->packed, state->products, &be->allocator, error);
}

cludi_status onednn_open(backend *be, cludi_error *error)
{
    be->state = alloc_zeroed(&be->allocator, 1, sizeof(onednn_state));
    if (!be->state)
        return error_memory(error, "the oneDNN backend");
    if (!bf16_supported() || !onednn_uses(dnnl_cpu_isa_avx512_core_bf16))
        be->precision = PRECISION_F32;
    cludi_status status = init_state(be, error);
    if (status != CLUDI_OK) {
        close_backend(be);
        return status;
    }
    choose_instruction_set(&be->ops);
    choose_matrix_unit(be);
    be->row_multiple = find_row_multiple(be->precision);
    be->ops.name = "onednn";
    be->ops.prepare = prepare;
    be->ops.forget = forget;
    be->ops.finish = finish;
    be->ops.close = close_backend;
    return CLUDI_OK;
}
