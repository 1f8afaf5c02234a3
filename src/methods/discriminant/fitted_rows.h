/* The answers of a fit for its own rows, as a tensor of a model: a row that was fitted keeps the clusters that its neighbors helped to
   find. Rows are known by their fingerprints (row_hash.h), in ascending order.

     a row of the table: three whole numbers that are the fingerprint (22, 21 and 21 bits), T clusters, T probabilities, T = min(K, 4) */
#ifndef METHODS_DISCRIMINANT_FITTED_ROWS_H
#define METHODS_DISCRIMINANT_FITTED_ROWS_H

#include <stdint.h>

#include <cludi/status.h>

#include "discriminant.h"

typedef struct fitted_rows {
    const float *table; /* (rows, fitted_rows_width(clusters)) */
    int64_t rows;
    int32_t clusters, kept; /* K, T */
} fitted_rows;

/* T, and the columns of a table. */
int32_t fitted_rows_kept(int32_t clusters);
int64_t fitted_rows_width(int32_t clusters);

/* Equal rows get the answer of the first of them, which is the one that is found again. */
void fitted_rows_agree(const fitted_labels *fitted, const uint64_t *fingerprint, int64_t rows);

/* fitted: with T clusters a row; fingerprint: (rows) ascending. */
void fitted_rows_store(const fitted_labels *fitted, const uint64_t *fingerprint, int64_t rows, float *table);

/* CLUDI_ERROR_FORMAT where a table out of a file holds what no fit writes. */
cludi_status fitted_rows_bind(fitted_rows *f, const float *table, int64_t rows, int32_t clusters, cludi_error *error);

/* p: (K) probabilities, of sum 1; of a row that was fitted, they become those of its table, and the rest of the sum is shared out among
   the other clusters as it was in p. Cost: log2 rows comparisons. */
void fitted_rows_recall(const fitted_rows *f, uint64_t fingerprint, float *p);

#endif
