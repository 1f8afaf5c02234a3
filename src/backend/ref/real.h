/* The number type of the plain kernels, and the row loops they share. The folder is compiled several times: with
   KERNEL_REAL = float for the "ref" backend and again per instruction set for "onednn", and with double for gradient
   checks ("ref64"). KERNEL(x) is x with the build's suffix.

   Sums run in a fixed order (lanes.h), so every build of one type gives the same bits. */
#ifndef REF_REAL_H
#define REF_REAL_H

#include <math.h>
#include <stdint.h>

#include "backend.h"
#include "float_math.h"

typedef KERNEL_REAL real;

#define KERNEL_PASTE(name, suffix) name##_##suffix
#define KERNEL_EXPAND(name, suffix) KERNEL_PASTE(name, suffix)
#define KERNEL(name) KERNEL_EXPAND(name, KERNEL_SUFFIX)

#include "lanes.h"

#ifdef KERNEL_DOUBLE
static inline real real_exp(real x)
{
    return exp(x);
}
static inline real real_log(real x)
{
    return log(x);
}
static inline real real_sqrt(real x)
{
    return sqrt(x);
}
static inline real real_reciprocal(real x)
{
    return 1 / x;
}
static inline real real_gelu(real x)
{
    return x / 2 * (1 + erf(x * 0.70710678118654752440));
}
#else
static inline real real_exp(real x)
{
    return float_exp(x);
}
static inline real real_log(real x)
{
    return float_log(x);
}
static inline real real_sqrt(real x)
{
    return sqrtf(x);
}
static inline real real_reciprocal(real x)
{
    return float_reciprocal(x);
}
static inline real real_gelu(real x)
{
    return float_gelu(x);
}
#endif

static inline real real_sigmoid(real x)
{
    return real_reciprocal(1 + real_exp(-x));
}

static inline real *row_of(tensor x, int64_t row)
{
    return (real *)x.data + row * x.cols;
}

static inline int64_t size_of(tensor x)
{
    return x.rows * x.cols;
}

static inline real row_max(const real *x, int64_t count)
{
    real most[LANES];
    int64_t j = 0;
    for (int i = 0; i < LANES; i++)
        most[i] = x[i < count ? i : 0];
    for (; j + LANES <= count; j += LANES)
        for (int i = 0; i < LANES; i++)
            most[i] = x[j + i] > most[i] ? x[j + i] : most[i];
    for (; j < count; j++)
        most[0] = x[j] > most[0] ? x[j] : most[0];
    for (int step = LANES / 2; step > 0; step /= 2)
        for (int i = 0; i < step; i++)
            most[i] = most[i + step] > most[i] ? most[i + step] : most[i];
    return most[0];
}

/* To bfloat16, rounded to nearest, halves to even. */
static inline uint16_t real_bf16(real x)
{
    const uint32_t bits = bits_of_float((float)x);
    return (uint16_t)((bits + 0x7fffU + (bits >> 16 & 1U)) >> 16);
}

static inline real real_widen(uint16_t x)
{
    return float_of_bits((uint32_t)x << 16);
}

/* Row r of x, which may be bf16, a piece at a time. */
enum { PIECE = 64 };
static inline void store_piece(tensor x, int64_t r, int64_t first, const real piece[PIECE], int64_t count)
{
    if (x.bf16) {
        uint16_t *out = (uint16_t *)x.data + r * x.cols + first;
        for (int64_t j = 0; j < count; j++)
            out[j] = real_bf16(piece[j]);
        return;
    }
    real *out = row_of(x, r) + first;
    for (int64_t j = 0; j < count; j++)
        out[j] = piece[j];
}

/* Numbers j .. j + 15 of row r of x, which may be bf16. */
static inline void store_lanes(tensor x, int64_t r, int64_t j, lanes numbers)
{
    if (!x.bf16) {
        *(lanes *)(row_of(x, r) + j) = numbers;
        return;
    }
#ifdef KERNEL_DOUBLE
    for (int i = 0; i < LANES; i++)
        ((uint16_t *)x.data)[r * x.cols + j + i] = real_bf16(numbers[i]);
#else
    typedef uint32_t words __attribute__((vector_size(LANES * sizeof(uint32_t))));
    typedef uint16_t halves __attribute__((vector_size(LANES * sizeof(uint16_t)), aligned(2), may_alias));
    const words bits = (words)numbers;
    *(halves *)((uint16_t *)x.data + r * x.cols + j) =
        __builtin_convertvector((bits + 0x7fffU + (bits >> 16 & 1U)) >> 16, halves);
#endif
}

/* The numbers of a piece: where they are, or widened into `piece`. */
static inline const real *load_piece(real piece[PIECE], tensor x, int64_t r, int64_t first, int64_t count)
{
    if (!x.bf16)
        return row_of(x, r) + first;
    const uint16_t *in = (const uint16_t *)x.data + r * x.cols + first;
    for (int64_t j = 0; j < count; j++)
        piece[j] = real_widen(in[j]);
    return piece;
}

/* v = from + (1 + g) o, columns first .. first + count of row r. S3. */
static inline void gate_row(const gated_sum *sum, int64_t r, int64_t first, int64_t count)
{
    const real *from = row_of(sum->from, r) + first, *o = row_of(sum->o, r) + first;
    const real *gate = row_of(sum->modulation, r / sum->group) + 2 * sum->v.cols + first;
    real *v = row_of(sum->v, r) + first;
    for (int64_t j = 0; j < count; j++)
        v[j] = from[j] + (1 + gate[j]) * o[j];
}

/* Each file of the folder puts its operations into the table. */
void KERNEL(ref_memory)(backend_ops *ops);
void KERNEL(ref_fill)(backend_ops *ops);
void KERNEL(ref_product)(backend_ops *ops);
void KERNEL(ref_nearest_rows)(backend_ops *ops);
void KERNEL(ref_top_rows)(backend_ops *ops);
void KERNEL(ref_elementwise)(backend_ops *ops);
void KERNEL(ref_unit_rows)(backend_ops *ops);
void KERNEL(ref_norm_modulate)(backend_ops *ops);
void KERNEL(ref_mix)(backend_ops *ops);
void KERNEL(ref_layer_norm)(backend_ops *ops);
void KERNEL(ref_attention)(backend_ops *ops);
void KERNEL(ref_softmax)(backend_ops *ops);
void KERNEL(ref_columns)(backend_ops *ops);
void KERNEL(ref_losses)(backend_ops *ops);
void KERNEL(ref_adamw)(backend_ops *ops);

/* All of them. */
void KERNEL(ref_operations)(backend_ops *ops);

#endif
