/* exp, 1/x, log, sin and cos in float32 by polynomials (coefficients of Cephes, S. Moshier), and GELU, written without branches so
   that compilers vectorize loops over them. They use only IEEE +, -, *, fma, conversions and bit operations: with
   -ffp-contract=off every instruction set gives the same bits. Error below 2 units in the last place. Only what runs in
   kernels uses fma: a build for processors without it calls a slow function. */
#ifndef BASE_FLOAT_MATH_H
#define BASE_FLOAT_MATH_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline float float_of_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t bits_of_float(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* exp(x); x is clamped to [-87.3, 80], so the result is never 0 or infinite. */
static inline float float_exp(float x)
{
    x = x < -87.3F ? -87.3F : x;
    x = x > 80.0F ? 80.0F : x;
    float shifted = fmaf(x, 1.44269504088896341F, 12582912.0F); /* its low bits: n, the nearest integer to x / ln 2 */
    float n = shifted - 12582912.0F;
    float r = fmaf(n, 2.12194440e-4F, fmaf(n, -0.693359375F, x));
    float p = 1.9875691500e-4F;
    p = fmaf(p, r, 1.3981999507e-3F);
    p = fmaf(p, r, 8.3334519073e-3F);
    p = fmaf(p, r, 4.1665795894e-2F);
    p = fmaf(p, r, 1.6666665459e-1F);
    p = fmaf(p, r, 5.0000001201e-1F);
    p = fmaf(p, r * r, r) + 1.0F;
    return float_of_bits(bits_of_float(p) + (bits_of_float(shifted) << 23)); /* times 2^n */
}

/* 1 / x for x in [1e-36, 1e36]: a first guess within 5.1 %, then Newton's step of third and of second order. */
static inline float float_reciprocal(float x)
{
    float y = float_of_bits(0x7ef311c7U - bits_of_float(x));
    float e = fmaf(-x, y, 1.0F);
    y = fmaf(y, fmaf(e, e, e), y);
    e = fmaf(-x, y, 1.0F);
    return fmaf(y, e, y);
}

/* log(x) for normal x > 0. */
static inline float float_log(float x)
{
    uint32_t bits = bits_of_float(x);
    uint32_t shifted = bits - 0x3f3504f3U; /* sqrt(1/2): the mantissa ends in [sqrt(1/2), sqrt(2)) */
    float e = (float)((int32_t)shifted >> 23);
    float m = float_of_bits((shifted & 0x007fffffU) + 0x3f3504f3U) - 1.0F;
    float z = m * m;
    float p = 7.0376836292e-2F;
    p = p * m - 1.1514610310e-1F;
    p = p * m + 1.1676998740e-1F;
    p = p * m - 1.2420140846e-1F;
    p = p * m + 1.4249322787e-1F;
    p = p * m - 1.6668057665e-1F;
    p = p * m + 2.0000714765e-1F;
    p = p * m - 2.4999993993e-1F;
    p = p * m + 3.3333331174e-1F;
    p = p * m * z - 2.12194440e-4F * e - 0.5F * z;
    return m + p + 0.693359375F * e;
}

/* GELU: x Phi(x), Phi(x) = 1/2 + x P(x^2) / Q(x^2) fitted to the error function with relative error 2e-8 for |x| <= 5.6,
   where Phi is 0 or 1 in float32. Error below 3e-7 |x|. */
static inline float float_gelu(float x)
{
    float near = x < -5.6F ? -5.6F : x;
    near = near > 5.6F ? 5.6F : near;
    const float z = near * near;
    float p = 2.229761978e-8F, q = 1.179656018e-6F;
    p = fmaf(p, z, 6.289684077e-6F);
    p = fmaf(p, z, 1.689224088e-4F);
    p = fmaf(p, z, 4.677308528e-3F);
    p = fmaf(p, z, 3.392841009e-2F);
    p = fmaf(p, z, 3.989422719e-1F);
    q = fmaf(q, z, 7.334175222e-5F);
    q = fmaf(q, z, 1.885453552e-3F);
    q = fmaf(q, z, 2.867719203e-2F);
    q = fmaf(q, z, 2.517122394e-1F);
    q = fmaf(q, z, 1.0F);
    return x * fmaf(near * p, float_reciprocal(q), 0.5F);
}

/* cos and sin of 2 pi turn / 2^32. */
static inline void float_cos_sin(uint32_t turn, float *cosine, float *sine)
{
    uint32_t quadrant = (turn + 0x20000000U) >> 30;
    float x = (float)(int32_t)(turn - (quadrant << 30)) * 1.4629180792671596e-9F; /* pi/2 / 2^30: |x| <= pi/4 */
    float z = x * x;
    float s = ((-1.9515295891e-4F * z + 8.3321608736e-3F) * z - 1.6666654611e-1F) * z * x + x;
    float c =
        ((2.443315711809948e-5F * z - 1.388731625493765e-3F) * z + 4.166664568298827e-2F) * z * z - 0.5F * z + 1.0F;
    uint32_t odd = 0U - (quadrant & 1U);
    uint32_t sb = bits_of_float(s), cb = bits_of_float(c);
    uint32_t cos_bits = (cb & ~odd) | (sb & odd), sin_bits = (sb & ~odd) | (cb & odd);
    *cosine = float_of_bits(cos_bits ^ (((quadrant + 1U) & 2U) << 30));
    *sine = float_of_bits(sin_bits ^ ((quadrant & 2U) << 30));
}

#endif
