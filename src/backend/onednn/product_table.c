#include "product_table.h"

#include <pthread.h>

#include "alloc.h"
#include "error.h"

enum { MOST_PRODUCTS = 1024, SLOTS = 8, MOST_THREADS = 1024 };

/* oneDNN's handles for one running product: making them takes as long as a small product, so SEATS of them are kept. */
typedef struct slot {
    dnnl_memory_t x, W, y, scratch, bias; /* W: of plain weights */
    dnnl_stream_t stream;
    bool taken;
} slot;

struct planned_product {
    product_shape shape;
    dnnl_primitive_t primitive;
    slot slots[SLOTS];
};

struct product_table {
    cludi_allocator allocator;
    dnnl_engine_t engine;
    dnnl_data_type_t operand;
    pthread_mutex_t lock;            /* of products, planned on first use by any thread, and of desks */
    product_scratchpad *scratchpads; /* (threads) owned */
    bool scratchpad_taken[MOST_THREADS];
    int count;
    planned_product products[MOST_PRODUCTS];
};

/* ---- fork ---- */

static pthread_mutex_t planning;
static pthread_once_t planning_made = PTHREAD_ONCE_INIT;

static void lock_planning(void)
{
    pthread_mutex_lock(&planning);
}

static void unlock_planning(void)
{
    pthread_mutex_unlock(&planning);
}

/* In the child too: there it belongs to a thread of another number, so it cannot be unlocked. */
static void renew_planning(void)
{
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&planning, &kind);
    pthread_mutexattr_destroy(&kind);
}

static void make_planning(void)
{
    renew_planning();
    (void)pthread_atfork(lock_planning, unlock_planning, renew_planning);
}

void product_planning_begin(void)
{
    pthread_once(&planning_made, make_planning);
    lock_planning();
}

void product_planning_end(void)
{
    unlock_planning();
}

/* ---- the table ---- */

static bool make_engine(dnnl_engine_t *engine)
{
    product_planning_begin();
    const bool ok = dnnl_engine_create(engine, dnnl_cpu, 0) == dnnl_success;
    product_planning_end();
    return ok;
}

cludi_status product_table_new(product_table **out, precision operands, int threads, const cludi_allocator *allocator,
                               cludi_error *error)
{
    product_table *table = alloc_zeroed(allocator, 1, sizeof *table);
    *out = NULL;
    product_scratchpad *scratchpads = alloc_array(allocator, threads, sizeof *scratchpads);
    if (!table || !scratchpads) {
        alloc_free(allocator, table);
        alloc_free(allocator, scratchpads);
        return error_memory(error, "the oneDNN backend");
    }
    table->scratchpads = scratchpads;
    table->allocator = *allocator;
    table->operand = operands == PRECISION_BF16 ? dnnl_bf16 : dnnl_f32;
    if (!make_engine(&table->engine)) {
        alloc_free(allocator, scratchpads);
        alloc_free(allocator, table);
        return error_set(error, CLUDI_ERROR_BACKEND, "oneDNN found no processor to run on.");
    }
    pthread_mutex_init(&table->lock, NULL);
    *out = table;
    return CLUDI_OK;
}

static void empty_slot(slot *s)
{
    dnnl_memory_t const memories[] = {s->x, s->W, s->y, s->scratch, s->bias};
    for (int i = 0; i < 5; i++)
        if (memories[i])
            dnnl_memory_destroy(memories[i]);
    if (s->stream)
        dnnl_stream_destroy(s->stream);
    *s = (slot){0};
}

void product_table_empty(product_table *table)
{
    for (; table->count > 0; table->count--) {
        planned_product *p = &table->products[table->count - 1];
        for (int i = 0; i < SLOTS; i++)
            empty_slot(&p->slots[i]);
        dnnl_primitive_destroy(p->primitive);
    }
}

void product_table_free(product_table *table)
{
    if (!table)
        return;
    const cludi_allocator allocator = table->allocator;
    product_table_empty(table);
    pthread_mutex_destroy(&table->lock);
    dnnl_engine_destroy(table->engine);
    alloc_free(&allocator, table->scratchpads);
    alloc_free(&allocator, table);
}

/* ---- planning ---- */

static bool describe(dnnl_memory_desc_t *out, const dnnl_dims_t shape, const dnnl_dims_t steps, dnnl_data_type_t type)
{
    return dnnl_memory_desc_init_by_strides(out, 2, shape, type, steps) == dnnl_success;
}

static bool is_gradient(product_kind kind)
{
    return kind == PRODUCT_GRADIENT || kind == PRODUCT_GRADIENT_MORE;
}

static bool has_bias(product_kind kind)
{
    return kind == PRODUCT_PACKED_BIAS || kind == PRODUCT_PACKED_SILU;
}

/* x, W, y, bias; packed: the layout of W in PACKED products, NULL: oneDNN's choice. */
static bool describe_operands(dnnl_memory_desc_t md[4], const product_shape *s, dnnl_data_type_t type,
                              const dnnl_memory_desc_t *packed)
{
    const bool gradient = is_gradient(s->kind);
    const dnnl_data_type_t result = has_bias(s->kind) ? type : dnnl_f32;
    const dnnl_dims_t bias = {1, s->width}, bias_steps = {s->width, 1};
    const dnnl_dims_t x = {s->rows, s->depth}, W = {s->depth, s->width}, y = {s->rows, s->width};
    const dnnl_dims_t x_steps = {gradient ? 1 : s->depth, gradient ? s->rows : 1};
    const dnnl_dims_t W_steps = {s->width, 1}, y_steps = {s->y_stride, 1};
    const bool ok = describe(&md[0], x, x_steps, type) && describe(&md[2], y, y_steps, result) &&
                    describe(&md[3], bias, bias_steps, dnnl_f32);
    if (gradient)
        return ok && describe(&md[1], W, W_steps, type);
    if (packed)
        md[1] = *packed;
    return ok && (packed || dnnl_memory_desc_init_by_tag(&md[1], 2, W, type, dnnl_format_tag_any) == dnnl_success);
}

static bool set_attributes(dnnl_primitive_attr_t attributes, product_kind kind)
{
    dnnl_post_ops_t after = NULL;
    bool ok = dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user) == dnnl_success;
    ok = ok && dnnl_post_ops_create(&after) == dnnl_success;
    if (ok && kind == PRODUCT_GRADIENT_MORE)
        ok = dnnl_post_ops_append_sum(after, 1.0F) == dnnl_success;
    if (ok && kind == PRODUCT_PACKED_SILU)
        ok = dnnl_post_ops_append_eltwise(after, 1.0F, dnnl_eltwise_swish, 1.0F, 0.0F) == dnnl_success;
    ok = ok && dnnl_primitive_attr_set_post_ops(attributes, after) == dnnl_success;
    if (after)
        dnnl_post_ops_destroy(after);
    return ok;
}

/* Lets oneDNN choose the kernel and, for packed weights, their layout if none is given. */
static bool plan(product_table *table, planned_product *p, const dnnl_memory_desc_t *packed)
{
    dnnl_matmul_desc_t matmul;
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_primitive_desc_t chosen = NULL;
    dnnl_memory_desc_t md[4];
    const dnnl_memory_desc_t *bias = has_bias(p->shape.kind) ? &md[3] : NULL;
    const bool ok = describe_operands(md, &p->shape, table->operand, packed) &&
                    dnnl_matmul_desc_init(&matmul, &md[0], &md[1], bias, &md[2]) == dnnl_success &&
                    dnnl_primitive_attr_create(&attributes) == dnnl_success &&
                    set_attributes(attributes, p->shape.kind) &&
                    dnnl_primitive_desc_create(&chosen, &matmul, attributes, table->engine, NULL) == dnnl_success &&
                    dnnl_primitive_create(&p->primitive, chosen) == dnnl_success;
    const size_t scratch =
        ok ? dnnl_memory_desc_get_size(dnnl_primitive_desc_query_md(chosen, dnnl_query_scratchpad_md, 0)) : 0;
    if (chosen)
        dnnl_primitive_desc_destroy(chosen);
    if (attributes)
        dnnl_primitive_attr_destroy(attributes);
    if (ok && scratch > SCRATCHPAD_SCRATCH)
        dnnl_primitive_destroy(p->primitive);
    return ok && scratch <= SCRATCHPAD_SCRATCH;
}

static bool same_shape(const product_shape *a, const product_shape *b)
{
    return a->kind == b->kind && a->rows == b->rows && a->depth == b->depth && a->width == b->width &&
           a->y_stride == b->y_stride;
}

planned_product *product_table_find(product_table *table, product_shape shape, const dnnl_memory_desc_t *packed)
{
    pthread_mutex_lock(&table->lock);
    planned_product *p = table->products, *end = table->products + table->count;
    while (p < end && !same_shape(&p->shape, &shape))
        p++;
    if (p == end) {
        const bool room = table->count < MOST_PRODUCTS;
        if (room)
            *p = (planned_product){.shape = shape};
        product_planning_begin();
        const bool planned = room && plan(table, p, packed);
        product_planning_end();
        table->count += planned;
        p = planned ? p : NULL;
    }
    pthread_mutex_unlock(&table->lock);
    return p;
}

/* ---- running ---- */

/* There are as many desks as threads that multiply at a time. */
product_scratchpad *product_scratchpad_take(product_table *table)
{
    int i = 0;
    pthread_mutex_lock(&table->lock);
    while (table->scratchpad_taken[i])
        i++;
    table->scratchpad_taken[i] = true;
    pthread_mutex_unlock(&table->lock);
    return &table->scratchpads[i];
}

void product_scratchpad_leave(product_table *table, product_scratchpad *scratchpad)
{
    pthread_mutex_lock(&table->lock);
    table->scratchpad_taken[scratchpad - table->scratchpads] = false;
    pthread_mutex_unlock(&table->lock);
}

static bool make_memory(dnnl_memory_t *memory, product_table *table, const dnnl_memory_desc_t *layout)
{
    return dnnl_memory_create(memory, layout, table->engine, DNNL_MEMORY_NONE) == dnnl_success;
}

static const dnnl_memory_desc_t *layout_of(const planned_product *p, dnnl_query_t what)
{
    const_dnnl_primitive_desc_t chosen;
    return dnnl_primitive_get_primitive_desc(p->primitive, &chosen) == dnnl_success
               ? dnnl_primitive_desc_query_md(chosen, what, 0)
               : NULL;
}

const dnnl_memory_desc_t *product_weight_layout(const planned_product *product)
{
    return layout_of(product, dnnl_query_weights_md);
}

dnnl_memory_t product_weight_memory(product_table *table, const dnnl_memory_desc_t *layout, void *address)
{
    dnnl_memory_t memory = NULL;
    return dnnl_memory_create(&memory, layout, table->engine, address) == dnnl_success ? memory : NULL;
}

static const dnnl_memory_desc_t *bias_layout(const planned_product *p)
{
    const_dnnl_primitive_desc_t chosen;
    return dnnl_primitive_get_primitive_desc(p->primitive, &chosen) == dnnl_success
               ? dnnl_primitive_desc_query_md(chosen, dnnl_query_weights_md, 1)
               : NULL;
}

static bool fill_slot(product_table *table, const planned_product *p, slot *s)
{
    const product_kind kind = p->shape.kind;
    return make_memory(&s->x, table, layout_of(p, dnnl_query_src_md)) &&
           (!is_gradient(kind) || make_memory(&s->W, table, layout_of(p, dnnl_query_weights_md))) &&
           (!has_bias(kind) || make_memory(&s->bias, table, bias_layout(p))) &&
           make_memory(&s->y, table, layout_of(p, dnnl_query_dst_md)) &&
           make_memory(&s->scratch, table, layout_of(p, dnnl_query_scratchpad_md)) &&
           dnnl_stream_create(&s->stream, table->engine, dnnl_stream_default_flags) == dnnl_success;
}

/* One of the product's seats, or the caller's own where all are taken. */
static slot *take_slot(product_table *table, planned_product *p, slot *own)
{
    int i = 0;
    pthread_mutex_lock(&table->lock);
    while (i < SLOTS && p->slots[i].taken)
        i++;
    slot *s = i < SLOTS ? &p->slots[i] : own;
    s->taken = true;
    pthread_mutex_unlock(&table->lock);
    return s;
}

static void leave_slot(product_table *table, slot *s)
{
    pthread_mutex_lock(&table->lock);
    s->taken = false;
    pthread_mutex_unlock(&table->lock);
}

static bool prepare_slot(product_table *table, const planned_product *p, slot *s)
{
    product_planning_begin();
    const bool ok = fill_slot(table, p, s);
    product_planning_end();
    if (!ok)
        empty_slot(s);
    return ok;
}

static bool point(dnnl_memory_t memory, const void *address)
{
    return dnnl_memory_set_data_handle(memory, (void *)address) == dnnl_success;
}

bool product_multiply(product_table *table, planned_product *p, const product_operands *o,
                      product_scratchpad *scratchpad)
{
    slot own = {0}, *s = take_slot(table, p, &own);
    if (!s->stream && !prepare_slot(table, p, s))
        return false;
    const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_SRC, s->x},
                                         {DNNL_ARG_WEIGHTS, s->W ? s->W : o->packed},
                                         {DNNL_ARG_DST, s->y},
                                         {DNNL_ARG_SCRATCHPAD, s->scratch},
                                         {DNNL_ARG_BIAS, s->bias}};
    const bool ok = point(s->x, o->x) && (!s->W || point(s->W, o->plain)) && (!s->bias || point(s->bias, o->bias)) &&
                    point(s->y, o->y) && point(s->scratch, scratchpad->scratch) &&
                    dnnl_primitive_execute(p->primitive, s->stream, s->bias ? 5 : 4, arguments) == dnnl_success &&
                    dnnl_stream_wait(s->stream) == dnnl_success;
    leave_slot(table, s);
    empty_slot(&own);
    return ok;
}

static bool reorder(product_table *table, dnnl_memory_t to, dnnl_memory_t from)
{
    const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
    const dnnl_memory_desc_t *to_layout, *from_layout;
    dnnl_primitive_desc_t chosen = NULL;
    dnnl_primitive_t primitive = NULL;
    dnnl_stream_t stream = NULL;
    product_planning_begin();
    bool ok = dnnl_memory_get_memory_desc(to, &to_layout) == dnnl_success &&
              dnnl_memory_get_memory_desc(from, &from_layout) == dnnl_success &&
              dnnl_reorder_primitive_desc_create(&chosen, from_layout, table->engine, to_layout, table->engine, NULL) ==
                  dnnl_success &&
              dnnl_primitive_create(&primitive, chosen) == dnnl_success &&
              dnnl_stream_create(&stream, table->engine, dnnl_stream_default_flags) == dnnl_success;
    product_planning_end();
    ok = ok && dnnl_primitive_execute(primitive, stream, 2, arguments) == dnnl_success &&
         dnnl_stream_wait(stream) == dnnl_success;
    if (stream)
        dnnl_stream_destroy(stream);
    if (primitive)
        dnnl_primitive_destroy(primitive);
    if (chosen)
        dnnl_primitive_desc_destroy(chosen);
    return ok;
}

bool product_pack(product_table *table, dnnl_memory_t packed, const plain_weight *W)
{
    const dnnl_dims_t shape = {W->depth, W->width}, steps = {W->row_step, W->col_step};
    dnnl_memory_desc_t layout;
    if (!describe(&layout, shape, steps, dnnl_f32))
        return false;
    dnnl_memory_t plain = product_weight_memory(table, &layout, (void *)W->address);
    const bool ok = plain && reorder(table, packed, plain);
    if (plain)
        dnnl_memory_destroy(plain);
    return ok;
}
