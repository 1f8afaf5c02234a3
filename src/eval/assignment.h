/* The best one-to-one matching of rows to columns of a table of weights: the linear assignment problem.

   maximize sum over i of w(i, m(i)), where no column is used twice and min(rows, cols) rows are matched.

   Method: shortest augmenting paths with dual prices, in the rectangular form of Crouse (2016), On implementing 2D
   rectangular assignment algorithms, doi:10.1109/TAES.2016.140952; after Jonker, Volgenant (1987), A shortest
   augmenting path algorithm for dense and sparse linear assignment problems, doi:10.1007/BF02278710. Lines of the
   shorter side are added one at a time; each addition is a Dijkstra search over reduced costs. Whole numbers
   throughout, so the matching is optimal, not nearly so. Of several best matchings the choice is fixed by the order
   of the rows and columns. */
#ifndef EVAL_ASSIGNMENT_H
#define EVAL_ASSIGNMENT_H

#include <stdint.h>

#include <cludi/context.h>
#include <cludi/status.h>

#include "stop_request.h"

/* Finds a matching of the largest total weight.
   stop may be NULL; asked for each line of the shorter side
   weights (rows, cols), row-major, any sign; min(rows, cols) * max |w| must be below 2^61
   rows, cols >= 1
   match   (rows), out: the column of each row, -1 for the rows left over when rows > cols
   Errors: CLUDI_ERROR_MEMORY, CLUDI_STOPPED; match is then undefined.
   Cost: time O(min(rows, cols)^2 * max(rows, cols)); memory O(rows + cols), the weights are not copied. */
CLUDI_MUST_CHECK cludi_status assignment_maximize(const cludi_allocator *allocator, stop_request *stop,
                                                  const int64_t *weights, int64_t rows, int64_t cols, int64_t *match,
                                                  cludi_error *error);

/* The total weight of a matching as assignment_maximize makes it.
   weights (rows, cols), match (rows). Errors: none. Cost: O(rows). */
int64_t assignment_total(const int64_t *weights, int64_t rows, int64_t cols, const int64_t *match);

#endif
