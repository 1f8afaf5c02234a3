#include "param_set.h"

#include <math.h>

#include "alloc.h"
#include "error.h"

static int64_t spec_size(const param_spec *spec)
{
    return spec->rows * spec->cols;
}

int64_t param_specs_total(const param_spec *specs, int count)
{
    int64_t total = 0;
    for (int i = 0; i < count; i++)
        total += spec_size(&specs[i]);
    return total;
}

static void scale_row(float *row, int64_t cols, double factor)
{
    for (int64_t j = 0; j < cols; j++)
        row[j] = (float)(factor * (double)row[j]);
}

static double row_norm(const float *row, int64_t cols)
{
    double sum = 0;
    for (int64_t j = 0; j < cols; j++)
        sum += (double)row[j] * (double)row[j];
    return sqrt(sum);
}

typedef struct first_values {
    const param_spec *spec;
    rng_stream stream;
    float *at; /* (rows, cols) of the tensor */
} first_values;

static void fill_row(void *self, int worker, int64_t r)
{
    const first_values *f = self;
    const int64_t cols = f->spec->cols;
    float *row = f->at + r * cols;
    (void)worker;
    rng_normal(f->stream, (uint64_t)r, row, cols);
    scale_row(row, cols, f->spec->unit ? 1 / row_norm(row, cols) : f->spec->deviation);
}

void param_specs_initialize(backend *be, const param_spec *specs, int count, uint64_t seed, float *flat)
{
    for (int i = 0; i < count; i++) {
        first_values values = {&specs[i], {seed, RNG_INIT, (uint32_t)i}, flat};
        be->ops.for_each(be, specs[i].rows, fill_row, &values);
        flat += spec_size(&specs[i]);
    }
}

static void layout(param_set *set, arena *a, size_t member, bool trained_only)
{
    for (int i = 0; i < set->count; i++)
        if (set->specs[i].trained || !trained_only)
            *(tensor *)((char *)&set->items[i] + member) = arena_take(a, set->specs[i].rows, set->specs[i].cols);
}

static cludi_status init_values(param_set *set, cludi_error *error)
{
    arena_begin(&set->values, set->be);
    layout(set, &set->values, offsetof(param_tensors, value), false);
    const int64_t all = (int64_t)(set->values.used / set->be->ops.real_size);
    TRY(arena_allocate(&set->values, "the parameters of the model", error));
    layout(set, &set->values, offsetof(param_tensors, value), false);
    set->value_all = (tensor){set->values.block, 1, all, false};
    set->be->ops.zero(set->be, set->value_all);
    return CLUDI_OK;
}

static void layout_training(param_set *set)
{
    layout(set, &set->gradients, offsetof(param_tensors, gradient), true);
    layout(set, &set->moments, offsetof(param_tensors, m), true);
    layout(set, &set->moments, offsetof(param_tensors, v), true);
    set->square_sums = arena_take(&set->moments, set->count, 1);
}

static cludi_status init_training(param_set *set, cludi_error *error)
{
    arena_begin(&set->gradients, set->be);
    arena_begin(&set->moments, set->be);
    layout_training(set);
    const int64_t all = (int64_t)(set->gradients.used / set->be->ops.real_size);
    const int64_t moments = (int64_t)(set->moments.used / set->be->ops.real_size);
    TRY(arena_allocate(&set->gradients, "the gradients", error));
    TRY(arena_allocate(&set->moments, "the moments of the optimizer", error));
    layout_training(set);
    set->gradient_all = (tensor){set->gradients.block, 1, all, false};
    set->be->ops.zero(set->be, set->gradient_all);
    TRY(stop_request_check(set->be->stop, error)); /* the first touch of much memory takes its time */
    set->be->ops.zero(set->be, (tensor){set->moments.block, 1, moments, false});
    return stop_request_check(set->be->stop, error);
}

static int list_prepared(const param_set *set, tensor *list, param_products products)
{
    int count = 0;
    for (int i = 0; i < set->count; i++)
        if (set->specs[i].products == products)
            list[count++] = set->items[i].value;
    return count;
}

cludi_status param_set_init(param_set *set, backend *be, const param_spec *specs, int count, bool training,
                            cludi_error *error)
{
    *set = (param_set){.be = be, .specs = specs, .count = count};
    set->items = alloc_zeroed(&be->allocator, count, sizeof(param_tensors));
    set->prepared = alloc_zeroed(&be->allocator, count, sizeof(tensor));
    if (!set->items || !set->prepared)
        return error_memory(error, "the list of parameters");
    cludi_status status = init_values(set, error);
    if (status == CLUDI_OK) {
        set->both = list_prepared(set, set->prepared, PARAM_BOTH);
        set->forward = list_prepared(set, set->prepared + set->both, PARAM_FORWARD);
    }
    if (status == CLUDI_OK && training)
        status = init_training(set, error);
    return status;
}

void param_set_clear(param_set *set)
{
    if (!set->be)
        return;
    if (set->prepared)
        set->be->ops.forget(set->be, set->prepared, set->both + set->forward);
    arena_clear(&set->values);
    arena_clear(&set->gradients);
    arena_clear(&set->moments);
    alloc_free(&set->be->allocator, set->items);
    alloc_free(&set->be->allocator, set->prepared);
    *set = (param_set){0};
}

static size_t host_size(host_type type)
{
    return type == HOST_F32 ? sizeof(float) : sizeof(double);
}

void param_set_copy_in(param_set *set, host_type type, const void *flat)
{
    const char *from = flat;
    for (int i = 0; i < set->count; i++) {
        set->be->ops.copy_in(set->be, set->items[i].value, type, from);
        from += (size_t)spec_size(&set->specs[i]) * host_size(type);
    }
}

void param_set_copy_out(param_set *set, host_type type, void *flat)
{
    char *to = flat;
    for (int i = 0; i < set->count; i++) {
        set->be->ops.copy_out(set->be, type, to, set->items[i].value);
        to += (size_t)spec_size(&set->specs[i]) * host_size(type);
    }
}

void param_set_moments_in(param_set *set, host_type type, const void *m, const void *v)
{
    size_t at = 0;
    for (int i = 0; i < set->count; i++) {
        if (set->specs[i].trained) {
            set->be->ops.copy_in(set->be, set->items[i].m, type, (const char *)m + at);
            set->be->ops.copy_in(set->be, set->items[i].v, type, (const char *)v + at);
        }
        at += (size_t)spec_size(&set->specs[i]) * host_size(type);
    }
}

void param_set_moments_out(param_set *set, host_type type, void *m, void *v)
{
    size_t at = 0;
    for (int i = 0; i < set->count; i++) {
        if (set->specs[i].trained) {
            set->be->ops.copy_out(set->be, type, (char *)m + at, set->items[i].m);
            set->be->ops.copy_out(set->be, type, (char *)v + at, set->items[i].v);
        }
        at += (size_t)spec_size(&set->specs[i]) * host_size(type);
    }
}

void param_set_prepare(param_set *set)
{
    set->be->ops.prepare(set->be, set->prepared, set->both, set->gradients.block != NULL);
    set->be->ops.prepare(set->be, set->prepared + set->both, set->forward, false);
}

typedef struct update {
    const param_set *set;
    const adamw_args *args;
} update;

/* Tensor `index`, on one worker: the tensors do not meet. */
static void update_tensor(void *self, int worker, int64_t index)
{
    const update *u = self;
    const param_spec *spec = &u->set->specs[index];
    const param_tensors *item = &u->set->items[index];
    (void)worker;
    if (!spec->trained)
        return;
    backend be = backend_worker(u->set->be);
    const tensor square_sum = backend_rows(&be, u->set->square_sums, index, 1);
    adamw_args own = *u->args;
    own.weight_decay = spec->matrix ? own.weight_decay : 0;
    be.ops.square_sum(&be, square_sum, item->gradient);
    be.ops.adamw(&be, &(adamw_tensors){item->value, item->gradient, item->m, item->v, square_sum}, &own);
}

void param_set_update(param_set *set, const adamw_args *args)
{
    backend whole = *set->be;
    whole.stop = NULL; /* half an update would be worse than a late stop */
    whole.ops.for_each(&whole, set->count, update_tensor, &(update){set, args});
}
