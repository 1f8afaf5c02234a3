/* Linear discriminant analysis with soft labels: what whitens the scatter within clusters, and the clusters' prototypes.

     n_k = sum_i q_ik,  mu_k = sum_i q_ik f_i / n_k
     G = (1 - shrinkage) (sum_i f_i f_i^T - sum_k n_k mu_k mu_k^T) / sum_i 1, plus shrinkage times its mean diagonal on the diagonal:
         the scatter within clusters, shrunk (Ledoit and Wolf 2004, doi:10.1016/S0047-259X(03)00096-4)
     u_i = unit(f_i L^-T) with G = L L^T,  c_k = unit(sum_i q_ik u_i) */
#ifndef DISCRIMINANT_LDA_H
#define DISCRIMINANT_LDA_H

#include "soft_labels.h"

typedef struct lda {
    backend *be;
    int64_t rows, cols;    /* M, m */
    int64_t rank;          /* of the features' space: the mean diagonal is over so many */
    int32_t clusters;      /* K */
    tensor f, u;           /* (M, m) features, to be filled in; whitened unit rows */
    tensor whiten;         /* (m, m) L^-1 */
    tensor shift;          /* (1, m) less the mean */
    tensor prototype;      /* (K, m) c */
    tensor scatter, means; /* (m, m), (K, m) on their way */
    double *gram, *within; /* (m, m) */
    double *sums, *size;   /* (K, m), (K): of features or unit rows, and of memberships, by cluster */
    float *block;          /* (LDA_BLOCK, m) */
    const soft_labels *q;  /* of the running call */
    int64_t known;         /* rows that it learns from */
    int64_t first, count;  /* of the block that is summed */
} lda;

/* Takes all memory. CLUDI_ERROR_MEMORY; lda_clear() is right after it too. */
cludi_status lda_init(lda *l, backend *be, int64_t rows, int64_t cols, int32_t clusters, cludi_error *error);
void lda_clear(lda *l);

/* Takes the mean of the rows off f, and adds up the products of the first `known`. Cost: known m^2 multiplications. */
cludi_status lda_center(lda *l, int64_t known, cludi_error *error);

/* whiten and prototype from the first `known` rows of lda_center() and their labels q, u of all rows. CLUDI_ERROR_DIVERGED,
   CLUDI_ERROR_BACKEND, CLUDI_STOPPED. Cost: M m^2 + K m^2 + m^3 / 3 multiplications, 2 known m for each cluster that a row is in. */
cludi_status lda_fit(lda *l, const soft_labels *q, double shrinkage, cludi_error *error);

#endif
