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

static void fill_normal(backend *be, tensor x, rng_stream stream, uint64_t first)
{
#pragma omp parallel for num_threads(threads_for(be, size_of(x))) schedule(static)
    for (int64_t r = 0; r < x.rows; r++)
        fill_row(rng_block_normal, stream, first + (uint64_t)r, row_of(x, r), x.cols);
}

static void fill_uniform(backend *be, tensor x, rng_stream stream, uint64_t first)
{
#pragma omp parallel for num_threads(threads_for(be, size_of(x))) schedule(static)
    for (int64_t r = 0; r < x.rows; r++)
        fill_row(rng_block_uniform, stream, first + (uint64_t)r, row_of(x, r), x.cols);
}

static void fill_normal_keyed(backend *be, tensor x, rng_stream stream, const uint64_t *keys)
{
#pragma omp parallel for num_threads(threads_for(be, size_of(x))) schedule(static)
    for (int64_t r = 0; r < x.rows; r++)
        fill_row(rng_block_normal, stream, keys[r], row_of(x, r), x.cols);
}

void KERNEL(ref_fill)(backend_ops *ops)
{
    ops->fill_normal = fill_normal;
    ops->fill_uniform = fill_uniform;
    ops->fill_normal_keyed = fill_normal_keyed;
}
