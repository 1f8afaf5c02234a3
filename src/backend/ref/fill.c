/* Random fills: rows of Philox streams (base/rng.h), straight into the tensor. */
#include "real.h"
#include "rng_block.h"

typedef void block_fn(rng_stream stream, uint64_t row, int64_t group, float *out);

static inline void fill_row(block_fn *block, rng_stream stream, uint64_t row, real *out, int64_t cols)
{
    float numbers[RNG_GROUP];
    for (int64_t j = 0; j < cols; j += RNG_GROUP) {
        int64_t count = cols - j < RNG_GROUP ? cols - j : RNG_GROUP;
        block(stream, row, j / RNG_GROUP, numbers);
        for (int64_t i = 0; i < count; i++)
            out[j + i] = (real)numbers[i];
    }
}

typedef struct fill_loop {
    tensor x;
    rng_stream stream;
    uint64_t first;
    const uint64_t *keys; /* NULL: rows are numbered from `first` on */
} fill_loop;

static void normal_rows(const void *loop, int64_t first, int64_t last)
{
    const fill_loop *l = loop;
    for (int64_t r = first; r < last; r++)
        fill_row(rng_block_normal, l->stream, l->keys ? l->keys[r] : l->first + (uint64_t)r, row_of(l->x, r),
                 l->x.cols);
}

static void uniform_rows(const void *loop, int64_t first, int64_t last)
{
    const fill_loop *l = loop;
    for (int64_t r = first; r < last; r++)
        fill_row(rng_block_uniform, l->stream, l->first + (uint64_t)r, row_of(l->x, r), l->x.cols);
}

static void fill_normal(backend *be, tensor x, rng_stream stream, uint64_t first)
{
    backend_loop(be, size_of(x), x.rows, normal_rows, &(fill_loop){x, stream, first, NULL});
}

static void fill_uniform(backend *be, tensor x, rng_stream stream, uint64_t first)
{
    backend_loop(be, size_of(x), x.rows, uniform_rows, &(fill_loop){x, stream, first, NULL});
}

static void fill_normal_keyed(backend *be, tensor x, rng_stream stream, const uint64_t *keys)
{
    backend_loop(be, size_of(x), x.rows, normal_rows, &(fill_loop){x, stream, 0, keys});
}

void KERNEL(ref_fill)(backend_ops *ops)
{
    ops->fill_normal = fill_normal;
    ops->fill_uniform = fill_uniform;
    ops->fill_normal_keyed = fill_normal_keyed;
}
