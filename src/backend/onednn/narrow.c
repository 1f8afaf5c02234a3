#include "narrow.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX512_BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))

bool bf16_supported(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bf16");
}

AVX512_BF16 static void bf16_row(uint16_t *out, const float *in, int64_t cols)
{
    enum { LANES = 32, HALF = 16 };
    int64_t j = 0;
    for (; j + LANES <= cols; j += LANES) {
        const __m512bh pair = _mm512_cvtne2ps_pbh(_mm512_loadu_ps(in + j + HALF), _mm512_loadu_ps(in + j));
        _mm512_storeu_si512(out + j, (__m512i)pair);
    }
    for (; j < cols; j += HALF) {
        const int64_t left = cols - j < HALF ? cols - j : HALF;
        const __mmask16 some = (__mmask16)((1U << left) - 1U);
        const __m256bh half = _mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(some, in + j));
        _mm256_mask_storeu_epi16(out + j, some, (__m256i)half);
    }
}

AVX512_BF16 void bf16_rows(uint16_t *out, const float *in, int64_t rows, int64_t cols, int64_t stride)
{
    for (int64_t r = 0; r < rows; r++)
        bf16_row(out + r * cols, in + r * stride, cols);
}

#else

bool bf16_supported(void)
{
    return false;
}

void bf16_rows(uint16_t *out, const float *in, int64_t rows, int64_t cols, int64_t stride)
{
    (void)out;
    (void)in;
    (void)rows;
    (void)cols;
    (void)stride;
}

#endif
