/* The number type of the plain kernels, and the row loops they share. The folder is compiled several times: with
   KERNEL_REAL = float for the "ref" backend and again per instruction set for "onednn", and with double for gradient
   checks ("ref64"). KERNEL(x) is x with the build's suffix.

   Sums run over 16 lanes that are added up in a fixed order, so every build of one type gives the same bits. */
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

enum { LANES = 16 };

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
#endif

static inline real real_sigmoid(real x)
{
    return 1 / (1 + real_exp(-x));
}

/* Threads worth starting for this many elements. */
static inline int threads_for(const backend *be, int64_t elements)
{
    return elements < be->grain ? 1 : be->threads;
}

static inline real *row_of(tensor x, int64_t row)
{
    return (real *)x.data + row * x.cols;
}

static inline int64_t size_of(tensor x)
{
    return x.rows * x.cols;
}

static inline real lanes_sum(const real lanes[LANES])
{
    real half[LANES / 2];
    for (int i = 0; i < LANES / 2; i++)
        half[i] = lanes[i] + lanes[i + LANES / 2];
    return ((half[0] + half[4]) + (half[1] + half[5])) + ((half[2] + half[6]) + (half[3] + half[7]));
}

static inline real row_sum(const real *x, int64_t count)
{
    real lanes[LANES] = {0};
    int64_t whole = count - count % LANES;
    for (int64_t j = 0; j < whole; j += LANES)
        for (int i = 0; i < LANES; i++)
            lanes[i] += x[j + i];
    for (int64_t j = whole; j < count; j++)
        lanes[j - whole] += x[j];
    return lanes_sum(lanes);
}

static inline real row_dot(const real *x, const real *y, int64_t count)
{
    real lanes[LANES] = {0};
    int64_t whole = count - count % LANES;
    for (int64_t j = 0; j < whole; j += LANES)
        for (int i = 0; i < LANES; i++)
            lanes[i] += x[j + i] * y[j + i];
    for (int64_t j = whole; j < count; j++)
        lanes[j - whole] += x[j] * y[j];
    return lanes_sum(lanes);
}

static inline real row_max(const real *x, int64_t count)
{
    real largest = x[0];
    for (int64_t j = 1; j < count; j++)
        largest = x[j] > largest ? x[j] : largest;
    return largest;
}

/* Each file of the folder puts its operations into the table. */
void KERNEL(ref_memory)(backend_ops *ops);
void KERNEL(ref_fill)(backend_ops *ops);
void KERNEL(ref_product)(backend_ops *ops);
void KERNEL(ref_elementwise)(backend_ops *ops);
void KERNEL(ref_unit_rows)(backend_ops *ops);
void KERNEL(ref_norm_modulate)(backend_ops *ops);
void KERNEL(ref_mix)(backend_ops *ops);
void KERNEL(ref_softmax)(backend_ops *ops);
void KERNEL(ref_columns)(backend_ops *ops);
void KERNEL(ref_losses)(backend_ops *ops);
void KERNEL(ref_adamw)(backend_ops *ops);

/* All of them. */
void KERNEL(ref_operations)(backend_ops *ops);

#endif
