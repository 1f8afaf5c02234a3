/* The Rand index corrected for chance: do two labelings agree on which pairs of rows belong together?

   With N, a, b, n of contingency.h and c(x) = x (x - 1) / 2 pairs:
     T = c(N),  S = sum over i, j of c(n(i,j)),  A = sum over i of c(a(i)),  B = sum over j of c(b(j))
     ARI = (S - A B / T) / ((A + B) / 2 - A B / T)  =  2 (S T - A B) / ((A + B) T - 2 A B)
   A B / T is the expectation of S when the labels are shuffled.

   Hubert, Arabie (1985), Comparing partitions, Journal of Classification 2, 193-218, doi:10.1007/BF01908075. */
#ifndef EVAL_RAND_INDEX_H
#define EVAL_RAND_INDEX_H

#include "contingency.h"

/* ARI: about 0 for unrelated labelings, may be negative; exactly 1 for the same partition, also where that is one class
   in one cluster or every row alone in both, as in scikit-learn. Numerator and denominator are exact (128-bit) up to
   CONTINGENCY_ROWS_MAX rows, so no digits are lost. Errors: none. Cost: O(classes * clusters). */
double rand_index_adjusted(const contingency *table);

#endif
