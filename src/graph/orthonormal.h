/* Orthonormal columns, by Cholesky's factor of their scalar products, in float32 and therefore twice (Yamamoto, Nakatsukasa, Yanagisawa
   and Fukaya 2015, ETNA 44), with a small shift so that columns that float32 cannot tell apart do no harm. */
#ifndef GRAPH_ORTHONORMAL_H
#define GRAPH_ORTHONORMAL_H

#include "backend.h"

/* Room for blocks of p columns. */
typedef struct orthonormal {
    backend *be;
    int64_t p;
    tensor square;  /* (p, p) */
    double *factor; /* (p + 1, p), the last row scratch */
} orthonormal;

/* CLUDI_ERROR_MEMORY; orthonormal_clear() is right after it too. */
cludi_status orthonormal_init(orthonormal *o, backend *be, int64_t p, cludi_error *error);
void orthonormal_clear(orthonormal *o);

/* The columns of x (M, p) are replaced by orthonormal ones that span the same; y: (M, p) room. CLUDI_ERROR_BACKEND, CLUDI_STOPPED. */
cludi_status orthonormal_make(const orthonormal *o, tensor x, tensor y, cludi_error *error);

/* out (p, p) = a^T b in double; a, b: (M, p). As orthonormal_make. */
cludi_status orthonormal_products(const orthonormal *o, tensor a, tensor b, double *out, cludi_error *error);

#endif
