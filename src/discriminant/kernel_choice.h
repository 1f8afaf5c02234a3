/* Which kernel and which shrinkage of the scatter tell the start's clusters best, without labels: three quarters of the rows teach prototypes, and those whose softmax
   says best in which cluster of the start the other rows are win. */
#ifndef DISCRIMINANT_KERNEL_CHOICE_H
#define DISCRIMINANT_KERNEL_CHOICE_H

#include "kernel_features.h"
#include "soft_labels.h"

typedef struct kernel_choice_args {
    const cludi_matrix *X; /* (M, n) unit rows in random order */
    const int32_t *start;  /* (M) */
    int32_t clusters;      /* K */
} kernel_choice_args;

/* Sets the kernel of f that wins, the linear one or a Gaussian one of width 2 or 8, and *shrinkage, .4 or .1; the first of equals.
   CLUDI_ERROR_MEMORY, CLUDI_ERROR_DATA, CLUDI_ERROR_DIVERGED, CLUDI_ERROR_BACKEND, CLUDI_STOPPED.
   Cost: for each, on min(M, max(4096, 16 K)) rows, that of kernel_features_set(), kernel_features_make() and twice lda_fit(). */
cludi_status kernel_choice_set(kernel_features *f, const kernel_choice_args *args, double *shrinkage,
                               cludi_error *error);

#endif
