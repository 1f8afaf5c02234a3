/* Features of unit rows from a Gaussian kernel, by landmarks (Nystroem: Williams and Seeger 2001):

       k(x, y) = exp((x.y - 1) / h),   h = width^2 / 2 times the median over the rows of the squared distance to the 15th neighbor
       f(x) = k(x, landmarks) L^-T,    L L^T = k(landmarks, landmarks) + 1e-4 I

   so that f(x).f(y) is near k(x, y). The landmarks are the first rows: those of the canonical order are as good as random. Clusters of
   several parts, which no one direction of the rows tells, are told by directions of f.

   h = 0 stands for the linear kernel, k(x, y) = x.y. Where there are no more columns than landmarks, the landmarks are then the axes,
   and f(x) is x with zeros behind it. */
#ifndef DISCRIMINANT_KERNEL_FEATURES_H
#define DISCRIMINANT_KERNEL_FEATURES_H

#include "neighbors.h"

enum { KERNEL_LANDMARKS = 512 }; /* or all rows, if they are fewer */

typedef struct kernel_features {
    backend *be;
    int64_t cols, count; /* n, landmarks m */
    int64_t rank;        /* of f's space: m, or n where that is less and the kernel linear */
    double distance;     /* that median */
    double width;        /* h */
    const float *rows;   /* the first m of them */
    tensor landmark;     /* (m, n) */
    tensor unmix;        /* (m, m) L^-1 */
    double *factor;      /* (m, m) the same on the host */
    tensor tile;         /* (workers * block_rows, m) kernel values on their way */
    float *host;         /* the same on the host */
} kernel_features;

/* Takes all memory but that of a copy of the rows. rows: (M, n) unit rows, M >= 2, of which the first stay where they are; graph: of them, similarities of at least one
   neighbor each. CLUDI_ERROR_MEMORY; kernel_features_clear() is right after it too. */
cludi_status kernel_features_init(kernel_features *f, backend *be, const cludi_matrix *rows,
                                  const neighbor_graph *graph, cludi_error *error);
void kernel_features_clear(kernel_features *f);

/* The kernel of that width; 0: the linear one. CLUDI_ERROR_DATA, CLUDI_STOPPED. Cost: m^2 (n + m) multiplications. */
cludi_status kernel_features_set(kernel_features *f, double width, cludi_error *error);

/* out (M, m) = features of all rows, of that kernel. CLUDI_ERROR_MEMORY, CLUDI_STOPPED. Cost: M m (n + m) multiplications, M m exponentials. */
cludi_status kernel_features_make(kernel_features *f, const cludi_matrix *rows, tensor out, cludi_error *error);

#endif
