#include "rng.h"

#include <string.h>

#include "rng_block.h"

typedef void block_fn(rng_stream stream, uint64_t row, int64_t group, float *out);

static void fill(block_fn *block, rng_stream stream, uint64_t row, float *out, int64_t count)
{
    float last[RNG_GROUP];
    int64_t groups = count / RNG_GROUP, rest = count % RNG_GROUP;
    for (int64_t group = 0; group < groups; group++)
        block(stream, row, group, out + group * RNG_GROUP);
    if (rest == 0)
        return;
    block(stream, row, groups, last);
    memcpy(out + groups * RNG_GROUP, last, (size_t)rest * sizeof *out);
}

void rng_normal(rng_stream stream, uint64_t row, float *out, int64_t count)
{
    fill(rng_block_normal, stream, row, out, count);
}

void rng_uniform(rng_stream stream, uint64_t row, float *out, int64_t count)
{
    fill(rng_block_uniform, stream, row, out, count);
}

void rng_bits(rng_stream stream, uint64_t row, uint64_t out[RNG_BITS])
{
    uint32_t words[4][RNG_LANES];
    rng_block_words(stream, row, 0, words);
    for (int i = 0; i < RNG_LANES; i++) {
        out[2 * i] = (uint64_t)words[0][i] << 32 | words[1][i];
        out[2 * i + 1] = (uint64_t)words[2][i] << 32 | words[3][i];
    }
}
