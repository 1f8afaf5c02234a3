/* 64 random numbers at a time, inline so that the backends compile them for their own instruction set.
   Column j of a row is lane j % 16 of word (j % 64) / 16 of Philox blocks 16 (j / 64) + lane: stores are contiguous. */
#ifndef BASE_RNG_BLOCK_H
#define BASE_RNG_BLOCK_H

#include <math.h>
#include <string.h>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

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

/* As many lanes as a register has. */
#if defined(__AVX512F__)
enum { RNG_PART = 16 };
#elif defined(__AVX2__)
enum { RNG_PART = 8 };
#else
enum { RNG_PART = 4 };
#endif
typedef uint32_t rng_part __attribute__((vector_size(RNG_PART * sizeof(uint32_t))));

/* The two halves of the 64-bit products m x. Compilers do not find the instruction that multiplies every other lane. */
static inline void rng_multiply(rng_part *high, rng_part *low, rng_part x, uint32_t m)
{
#if defined(__AVX512F__)
    const __m512i factor = _mm512_set1_epi64((long long)m), all = (__m512i)x;
    const __m512i even = _mm512_mul_epu32(all, factor), odd = _mm512_mul_epu32(_mm512_srli_epi64(all, 32), factor);
    *low = (rng_part)_mm512_mask_shuffle_epi32(even, 0xaaaa, odd, _MM_PERM_CCAA);
    *high = (rng_part)_mm512_mask_shuffle_epi32(odd, 0x5555, even, _MM_PERM_DDBB);
#elif defined(__AVX2__)
    const __m256i factor = _mm256_set1_epi64x((long long)m), all = (__m256i)x;
    const __m256i even = _mm256_mul_epu32(all, factor), odd = _mm256_mul_epu32(_mm256_srli_epi64(all, 32), factor);
    *low = (rng_part)_mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa);
    *high = (rng_part)_mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
#else
    for (int lane = 0; lane < RNG_PART; lane++) {
        const uint64_t product = (uint64_t)m * x[lane];
        (*high)[lane] = (uint32_t)(product >> 32);
        (*low)[lane] = (uint32_t)product;
    }
#endif
}

/* words[c][lane] = word c of Philox block `first + lane`. The ten rounds of philox4x32_R(10, ...) on RNG_PART blocks at a
   time; a test holds them against Random123's own function. */
static inline void rng_block_words(rng_stream stream, uint64_t row, uint32_t first, uint32_t words[4][RNG_LANES])
{
    static const uint32_t COUNT[RNG_LANES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    for (uint32_t lane = 0; lane < RNG_LANES; lane += RNG_PART) {
        philox4x32_key_t key = {{(uint32_t)stream.seed, (uint32_t)(stream.seed >> 32)}};
        rng_part block, zero = {0};
        memcpy(&block, COUNT + lane, sizeof block);
        rng_part w[4] = {zero + (uint32_t)row, zero + (uint32_t)(row >> 32), zero + stream.step,
                         (block + first) | stream.purpose << 24};
        for (int round = 0; round < 10; round++) {
            rng_part high_a, low_a, high_b, low_b;
            rng_multiply(&high_a, &low_a, w[0], PHILOX_M4x32_0);
            rng_multiply(&high_b, &low_b, w[2], PHILOX_M4x32_1);
            w[0] = high_b ^ w[1] ^ key.v[0];
            w[1] = low_b;
            w[2] = high_a ^ w[3] ^ key.v[1];
            w[3] = low_a;
            key = _philox4x32bumpkey(key);
        }
        for (int c = 0; c < 4; c++)
            memcpy(words[c] + lane, &w[c], sizeof w[c]);
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
