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

static void name_table(backend *be, const char *name)
{
    be->ops.name = name;
    be->ops.finish = finish;
    be->ops.close = close_backend;
}

void ref_open(backend *be)
{
    ref_operations_base(&be->ops);
    name_table(be, "ref");
}

void ref64_open(backend *be)
{
    ref_operations_double(&be->ops);
    name_table(be, "ref64");
}
