#include "ref.h"

void ref_operations_base(backend_ops *ops);
void ref_operations_double(backend_ops *ops);

static cludi_status finish(backend *be, cludi_error *error)
{
    (void)be;
    (void)error;
    return CLUDI_OK;
}

static void close_backend(backend *be)
{
    (void)be;
}

/* Plain products read weights as they are. */
static void nothing_to_prepare(backend *be, const tensor *weights, int count, bool backward)
{
    (void)be;
    (void)weights;
    (void)count;
    (void)backward;
}

static void nothing_to_forget(backend *be, const tensor *weights, int count)
{
    (void)be;
    (void)weights;
    (void)count;
}

static cludi_status name_table(backend *be, const char *name)
{
    be->precision = PRECISION_F32;
    be->ops.name = name;
    be->ops.prepare = nothing_to_prepare;
    be->ops.forget = nothing_to_forget;
    be->ops.finish = finish;
    be->ops.close = close_backend;
    return CLUDI_OK;
}

cludi_status ref_open(backend *be, cludi_error *error)
{
    (void)error;
    ref_operations_base(&be->ops);
    return name_table(be, "ref");
}

cludi_status ref64_open(backend *be, cludi_error *error)
{
    (void)error;
    ref_operations_double(&be->ops);
    return name_table(be, "ref64");
}
