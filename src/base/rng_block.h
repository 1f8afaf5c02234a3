/* 64 random numbers at a time, inline so that the backends compile them for their own instruction set.
   Column j of a row is lane j % 16 of word (j % 64) / 16 of Philox blocks 16 (j / 64) + lane: stores are contiguous. */
#ifndef BASE_RNG_BLOCK_H
#define BASE_RNG_BLOCK_H

#include <math.h>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wpedantic"
#endif
#include <Random123/philox.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#include "float_math.h"
#include "rng.h"

enum { RNG_LANES = 16, RNG_GROUP = 64 };

/* words[c][lane] = word c of Philox block `first + lane`. The ten rounds of philox4x32_R(10, ...), written with lanes
   innermost so that they vectorise; a test holds them against Random123's own function. */
static inline void rng_block_words(rng_stream stream, uint64_t row, uint32_t first, uint32_t words[4][RNG_LANES])
{
    philox4x32_key_t key = {{(uint32_t)stream.seed, (uint32_t)(stream.seed >> 32)}};
    for (uint32_t lane = 0; lane < RNG_LANES; lane++) {
        words[0][lane] = (uint32_t)row;
        words[1][lane] = (uint32_t)(row >> 32);
        words[2][lane] = stream.step;
        words[3][lane] = stream.purpose << 24 | (first + lane);
    }
    for (int round = 0; round < 10; round++) {
        for (int lane = 0; lane < RNG_LANES; lane++) {
            uint64_t a = (uint64_t)PHILOX_M4x32_0 * words[0][lane], b = (uint64_t)PHILOX_M4x32_1 * words[2][lane];
            words[0][lane] = (uint32_t)(b >> 32) ^ words[1][lane] ^ key.v[0];
            words[1][lane] = (uint32_t)b;
            words[2][lane] = (uint32_t)(a >> 32) ^ words[3][lane] ^ key.v[1];
            words[3][lane] = (uint32_t)a;
        }
        key = _philox4x32bumpkey(key);
    }
}

/* out[64 g .. 64 g + 63]: uniforms in [0, 1), multiples of 2^-24. */
static inline void rng_block_uniform(rng_stream stream, uint64_t row, int64_t group, float *out)
{
    uint32_t words[4][RNG_LANES];
    rng_block_words(stream, row, (uint32_t)group * RNG_LANES, words);
    for (int c = 0; c < 4; c++)
        for (int lane = 0; lane < RNG_LANES; lane++)
            out[c * RNG_LANES + lane] = (float)(int32_t)(words[c][lane] >> 8) * 0x1p-24F;
}

/* out[64 g .. 64 g + 63]: standard normals by Box and Muller; words 0, 1 and words 2, 3 make a pair each. The radius
   comes from 31 bits: |z| reaches 6.66. */
static inline void rng_block_normal(rng_stream stream, uint64_t row, int64_t group, float *out)
{
    uint32_t words[4][RNG_LANES];
    rng_block_words(stream, row, (uint32_t)group * RNG_LANES, words);
    for (int c = 0; c < 4; c += 2)
        for (int lane = 0; lane < RNG_LANES; lane++) {
            float u = (float)(int32_t)(words[c][lane] >> 1) * 0x1p-31F + 0x1p-32F;
            float square = -2.0F * float_log(u), cosine, sine;
            float r = sqrtf(square > 0.0F ? square : 0.0F);
            float_cos_sin(words[c + 1][lane], &cosine, &sine);
            out[c * RNG_LANES + lane] = r * cosine;
            out[(c + 1) * RNG_LANES + lane] = r * sine;
        }
}

#endif
