/* Labels any rows with a discriminant, a block at a time. */
#ifndef DISCRIMINANT_DISCRIMINANT_PREDICT_H
#define DISCRIMINANT_DISCRIMINANT_PREDICT_H

#include "discriminant.h"

typedef struct discriminant_predictor {
    backend *be;
    discriminant from;
    int64_t block;
    tensor landmark, map, offset, prototype, bias; /* as in *from; offset with its sign turned */
    tensor x, kernel, u, scores;                   /* (block, n), (block, m), (block, m), (block, K) */
    float *host;                                   /* (block, m) kernel values on their way */
} discriminant_predictor;

/* d: its numbers stay where they are and as they are; block: most rows of a call. be: products in float32.
   CLUDI_ERROR_MEMORY; discriminant_predictor_clear() is right after it too. */
cludi_status discriminant_predictor_init(discriminant_predictor *p, backend *be, const discriminant *d, int64_t block,
                                         cludi_error *error);
void discriminant_predictor_clear(discriminant_predictor *p);

/* probabilities (count, K) of unit rows X (count, n), count <= block. CLUDI_ERROR_BACKEND, CLUDI_STOPPED.
   What a row gets does not depend on the others where count is a multiple of be->row_multiple.
   Cost of a row: m (n + m + K) multiplications, m + K exponentials. */
cludi_status discriminant_predict(discriminant_predictor *p, const float *X, int64_t count, float *probabilities,
                                  cludi_error *error);

#endif
