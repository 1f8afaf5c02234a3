#include "reducer.h"

static void reduce_nothing(void *self, backend *be, tensor x, reduce_op op)
{
    (void)self;
    (void)be;
    (void)x;
    (void)op;
}

reducer reducer_none(void)
{
    return (reducer){reduce_nothing, NULL, 1};
}
