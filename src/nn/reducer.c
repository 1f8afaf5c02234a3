#include "reducer.h"

#include "error.h"

int32_t reducer_processes(const reducer *r)
{
    return r && r->reduce && r->processes > 1 ? r->processes : 1;
}

void reducer_run(reducer *r, backend *be, tensor x, reduce_op op)
{
    if (!r || !r->reduce || r->why.status != CLUDI_OK)
        return;
    r->why.status = r->reduce(r->self, be, x, op, &r->why);
}

cludi_status reducer_check(reducer *r, cludi_error *error)
{
    const cludi_status status = r ? r->why.status : CLUDI_OK;
    if (status == CLUDI_OK)
        return status;
    if (error)
        *error = r->why;
    r->why = (cludi_error){.status = CLUDI_OK};
    return status;
}
