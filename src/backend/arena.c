#include "arena.h"

#include "error.h"
#include "int_safe.h"

enum { ALIGNMENT = 64 };

void arena_begin(arena *a, backend *be)
{
    *a = (arena){.be = be};
}

static tensor take(arena *a, tensor x)
{
    int64_t count;
    size_t bytes, end;
    if (!int64_product(x.rows, x.cols, &count) || !size_product(count, a->be->ops.real_size, &bytes) ||
        bytes > SIZE_MAX / 2 - ALIGNMENT || __builtin_add_overflow(a->used, bytes + ALIGNMENT, &end)) {
        a->overflow = true;
        return x;
    }
    x.data = a->block ? a->block + a->used : NULL;
    a->used += (backend_bytes(a->be, x) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return x;
}

tensor arena_take(arena *a, int64_t rows, int64_t cols)
{
    return take(a, (tensor){NULL, rows, cols, false});
}

tensor arena_take_operand(arena *a, int64_t rows, int64_t cols)
{
    return take(a, (tensor){NULL, rows, cols, a->be->precision == PRECISION_BF16});
}

cludi_status arena_allocate(arena *a, const char *what, cludi_error *error)
{
    if (!a->overflow)
        a->block = a->be->ops.allocate(a->be, a->used);
    a->used = 0;
    return a->block ? CLUDI_OK : error_memory(error, what);
}

void arena_clear(arena *a)
{
    if (a->block)
        a->be->ops.release(a->be, a->block);
    a->block = NULL;
}
