/* Tensors with known numbers in a backend, and what came out of them. Everything asserts with cmocka. */
#ifndef TESTS_TENSOR_SUPPORT_H
#define TESTS_TENSOR_SUPPORT_H

#include <stdbool.h>

#include "backend.h"

/* Opens a backend on malloc; skips the test when the build or the processor does not have it. name: "ref", "ref64",
   "onednn" (float32) or "onednn bf16". "ref device", "ref64 device": ref with block_rows as a device has them. */
void open_backend(backend *be, const char *name, int threads);

/* true if the build and the processor have it. */
bool has_backend(const char *name);

/* The n-th backend of this build and processor that trains, "ref" first; NULL after the last. */
const char *float_backend(int n);

/* A tensor whose numbers are NaN; free_tensor frees it. */
tensor blank_tensor(backend *be, int64_t rows, int64_t cols);
tensor blank_bf16_tensor(backend *be, int64_t rows, int64_t cols);

/* x in float32, rounded to bf16: to nearest, halves to even. */
double round_bf16(double x);

/* Normals times `scale`, float32 numbers that depend on seed alone: the same on every backend. */
tensor random_tensor(backend *be, int64_t rows, int64_t cols, uint64_t seed, double scale);

/* The same for uniforms in [0, 1). */
tensor uniform_tensor(backend *be, int64_t rows, int64_t cols, uint64_t seed);

void free_tensor(backend *be, tensor x);

/* The numbers of x; freed by the caller. */
double *read_tensor(backend *be, tensor x);
void write_tensor(backend *be, tensor x, const double *numbers);

/* Element i of x. */
double get_element(backend *be, tensor x, int64_t i);
void set_element(backend *be, tensor x, int64_t i, double value);

/* sum of a_i b_i */
double dot_tensors(backend *be, tensor a, tensor b);

/* |a - b| / |b|; 0 when both are 0. */
double relative_error(const double *a, const double *b, int64_t count);

#endif
