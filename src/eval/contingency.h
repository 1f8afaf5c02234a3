/* How often each pair of a class and a cluster occurs: the table that every score of a clustering is computed from.

   Labels are any int32 values. Class i is the i-th smallest value of the truth, cluster j the j-th smallest of the
   prediction; values that do not occur have no row and no column, so no class and no cluster is empty. The table is
   dense, which the best matching needs, and limited to CONTINGENCY_CELLS_MAX cells.

   N = rows, a(i) = size of class i, b(j) = size of cluster j, n(i,j) = rows in both, as in Hubert, Arabie (1985),
   Comparing partitions, doi:10.1007/BF01908075. */
#ifndef EVAL_CONTINGENCY_H
#define EVAL_CONTINGENCY_H

#include <stdbool.h>
#include <stdint.h>

#include <cludi/context.h>
#include <cludi/status.h>

#include "stop_request.h"

#define CONTINGENCY_CELLS_MAX (INT64_C(1) << 26) /* 512 MiB of counts, such as 8192 classes in 8192 clusters */
#define CONTINGENCY_ROWS_MAX INT64_C(2147483647) /* 2^31 - 1: products of two sizes fit 64 bits, of four 128 */

typedef struct contingency {
    const cludi_allocator *allocator; /* borrowed */
    int64_t rows;                     /* N */
    int64_t classes;                  /* distinct values of the truth */
    int64_t clusters;                 /* distinct values of the prediction */
    int64_t *counts;                  /* (classes, clusters): n, row-major; owned */
    int64_t *class_sizes;             /* (classes): a, each >= 1; owned */
    int64_t *cluster_sizes;           /* (clusters): b, each >= 1; owned */
    stop_request *stop;               /* asked by scores that take long; NULL: nobody. What was stopped is of no use */
} contingency;

/* Counts the pairs of two labelings of the same rows.
   table     out; free it with contingency_clear; after an error it is empty and may be cleared too
   allocator must live as long as the table
   truth, predicted (rows), any values, not NULL
   rows      1..CONTINGENCY_ROWS_MAX
   Errors: CLUDI_ERROR_ARGUMENT (rows out of range; more than CONTINGENCY_CELLS_MAX cells), CLUDI_ERROR_MEMORY.
   Cost: O(rows * log(classes * clusters) + classes * clusters); 12 bytes a row while it runs, 8 bytes a cell after. */
CLUDI_MUST_CHECK cludi_status contingency_init(contingency *table, const cludi_allocator *allocator,
                                               const int32_t *truth, const int32_t *predicted, int64_t rows,
                                               cludi_error *error);

/* Frees what contingency_init made; a table of zeros is allowed. Errors: none. */
void contingency_clear(contingency *table);

/* Whether both labelings are the same partition under other names: each class is one cluster and the reverse.
   Errors: none. Cost: O(classes * clusters). */
bool contingency_is_same_partition(const contingency *table);

#endif
