/* Mutual information of two labelings, plain, normalized and corrected for chance.

   With N, a, b, n of contingency.h and the natural logarithm:
     H(a)   = - sum over i of  a(i)/N * log(a(i)/N)
     MI     =   sum over i, j of  n(i,j)/N * log(N n(i,j) / (a(i) b(j)))
     NMI    =   MI / ((H(a) + H(b)) / 2)
     E[MI]  =   sum over i, j, n of  P(n; a(i), b(j), N) * n/N * log(N n / (a(i) b(j)))
     AMI    =   (MI - E[MI]) / ((H(a) + H(b)) / 2 - E[MI])
   P is hypergeometric: the number of rows that class i and cluster j share when the labels are shuffled.

   Vinh, Epps, Bailey (2010), Information theoretic measures for clusterings comparison: variants, properties,
   normalization and correction for chance, Journal of Machine Learning Research 11, 2837-2854,
   https://jmlr.org/papers/v11/vinh10a.html; the expectation is in Vinh, Epps, Bailey (2009),
   doi:10.1145/1553374.1553511.

   P is not computed from factorials, whose logarithms lose nine digits at 10^8 rows, but from the ratio of
   neighboring terms, outwards from the most likely n, and divided by its own sum. Terms below 1e-30 of the largest
   are left out: P is log-concave, so what follows is smaller still.

   Edge cases as in scikit-learn: one class and one cluster give 1; one of one and several of the other give 0.
   One departure: for two labelings that are the same partition NMI and AMI are 1. Where every row is alone in both,
   E[MI] equals the largest MI, AMI is 0/0 and scikit-learn's answer is decided by rounding (0 for 2 and 4 rows,
   1 for 3 and 5). */
#ifndef EVAL_MUTUAL_INFORMATION_H
#define EVAL_MUTUAL_INFORMATION_H

#include <stdint.h>

#include "contingency.h"

/* H, in nats; 0 for one group.
   sizes (count), each >= 1, with the sum rows. Errors: none. Cost: O(count). */
double mutual_information_entropy(const int64_t *sizes, int64_t count, int64_t rows);

/* MI, in nats; >= 0. Errors: none. Cost: O(classes * clusters). */
double mutual_information_observed(const contingency *table);

/* E[MI] over all ways to shuffle the labels, in nats; >= 0.
   Errors: none. Cost: O(sum over i, j of 1 + sqrt(a(i) b(j) / N)) logarithms, at most
   O(classes * clusters + sqrt(classes * clusters * N)). */
double mutual_information_expected(const contingency *table);

/* NMI with the arithmetic mean; 0..1, and exactly 1 for the same partition. Errors: none.
   Cost: O(classes * clusters). */
double mutual_information_normalized(const contingency *table);

/* AMI with the arithmetic mean; about 0 for unrelated labelings, exactly 1 for the same partition; may be negative.
   Errors: none. Cost: that of mutual_information_expected. */
double mutual_information_adjusted(const contingency *table);

#endif
