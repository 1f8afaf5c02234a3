/* All eigenvalues and eigenvectors of a small symmetric matrix, in double: Householder's tridiagonal form, then QL steps with implicit
   shifts (Martin and Wilkinson 1968, Numer. Math. 11 and 12). Everything runs along rows. */
#ifndef GRAPH_SYMMETRIC_EIGEN_H
#define GRAPH_SYMMETRIC_EIGEN_H

#include <cludi/status.h>

#include "stop_request.h"

typedef struct symmetric_eigen {
    int64_t n;
    double *A;       /* (n, n) symmetric; destroyed */
    double *values;  /* (n) out: the eigenvalues, falling */
    double *vectors; /* (n, n) out: row i is the eigenvector of values[i] */
    double *scratch; /* (2 n) */
} symmetric_eigen;

/* Cost: about 6 n^3 FLOP, one thread. CLUDI_STOPPED; CLUDI_ERROR_DATA where a value is not found in 60 steps. */
cludi_status symmetric_eigen_solve(const symmetric_eigen *s, stop_request *stop, cludi_error *error);

#endif
