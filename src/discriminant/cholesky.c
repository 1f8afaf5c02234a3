#include "cholesky.h"

#include <math.h>

#include "dots.h"

static bool factor(double *A, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        double *row = A + i * n;
        for (int64_t j = 0; j < i; j++)
            row[j] = (row[j] - dot(row, A + j * n, j)) / A[j * n + j];
        const double square = row[i] - dot(row, row, i);
        if (!(square > 0) || !isfinite(square))
            return false;
        row[i] = sqrt(square);
    }
    return true;
}

/* Row i of L^-1 is (e_i - sum over k < i of L_ik times row k) / L_ii: row by row in place, for L_ik is read before it is overwritten. */
static void invert_row(double *L, int64_t n, int64_t i)
{
    double *row = L + i * n;
    const double diagonal = row[i];
    for (int64_t k = 0; k < i; k++) {
        const double *other = L + k * n, by = row[k];
        row[k] = 0;
        for (int64_t j = 0; j <= k; j++)
            row[j] -= by * other[j];
    }
    for (int64_t j = 0; j < i; j++)
        row[j] /= diagonal;
    row[i] = 1 / diagonal;
}

bool cholesky_inverse(double *A, int64_t n)
{
    if (!factor(A, n))
        return false;
    for (int64_t i = 0; i < n; i++) {
        invert_row(A, n, i);
        for (int64_t j = i + 1; j < n; j++)
            A[i * n + j] = 0;
    }
    return true;
}
