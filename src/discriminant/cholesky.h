/* The factor of a symmetric matrix, for whitening: with A = L L^T, rows y become y L^-T, and A the identity. */
#ifndef DISCRIMINANT_CHOLESKY_H
#define DISCRIMINANT_CHOLESKY_H

#include <stdbool.h>
#include <stdint.h>

/* A: (n, n) symmetric, of which the lower triangle is read; becomes L^-1, lower, with zeros above. False where A is not positive
   definite; A is then anything. Cost: n^3 / 3 multiplications. */
bool cholesky_inverse(double *A, int64_t n);

#endif
