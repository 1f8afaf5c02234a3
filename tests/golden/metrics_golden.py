#!/usr/bin/python3
"""Writes metrics_golden.h: label arrays and tables with the scores they must have.

Labelings: NMI, AMI, ARI of scikit-learn, matched rows of scipy's linear_sum_assignment (Debian 12: 1.2.1 and 1.10.1).
Tables: as many rows as no label array could hold here; NMI and AMI from the formulas with 40 digits (mpmath; terms
of the expectation over 15 standard deviations), ARI as an exact fraction.

Usage: /usr/bin/python3 metrics_golden.py > metrics_golden.h && clang-format -i metrics_golden.h
"""
import sys
from fractions import Fraction
from math import comb

import mpmath
import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

mpmath.mp.dps = 40
rng = np.random.default_rng(20240607)
INT_MIN, INT_MAX = -(2**31), 2**31 - 1
TYPES = """/* Written by metrics_golden.py; do not edit. */
#ifndef METRICS_GOLDEN_H
#define METRICS_GOLDEN_H

#include <stdint.h>

typedef struct metrics_case {
    const char *name;
    int64_t rows, classes, clusters;
    int64_t matched; /* rows right under the best matching */
    double nmi, ami, ari;
    const int32_t *truth, *predicted; /* (rows) */
} metrics_case;

typedef struct metrics_table {
    const char *name;
    int64_t classes, clusters;
    double nmi, ami, ari;
    int64_t counts[9]; /* (classes, clusters) */
} metrics_table;
"""


def noisy(rows, classes, share, clusters=None):
    """A truth, and a copy with renamed clusters where about `share` of the rows are drawn anew."""
    truth = rng.integers(0, classes, rows)
    clusters = clusters or classes
    names = rng.permutation(max(classes, clusters))
    predicted = names[truth] % clusters
    drawn = rng.random(rows) < share
    predicted[drawn] = rng.integers(0, clusters, drawn.sum())
    return truth, predicted


def labelings():
    one = lambda rows, value=0: np.full(rows, value)
    yield "one row", [7], [-3]
    yield "two rows, one group each", [4, 4], [9, 9]
    yield "two rows, split and together", [0, 1], [5, 5]
    yield "two rows, together and split", [5, 5], [0, 1]
    yield "single cluster on both sides", one(30), one(30, 8)
    yield "single cluster predicted", rng.integers(0, 4, 30), one(30)
    yield "single class in the truth", one(30), rng.integers(0, 4, 30)
    yield "perfect", *[rng.integers(0, 5, 40)] * 2
    yield "perfect, two groups", [0, 0, 1, 1], [0, 0, 1, 1]
    yield "perfect under other names", *noisy(40, 6, 0.0)
    yield "permuted names and a little noise", *noisy(60, 6, 0.15)
    yield "permuted names and much noise", *noisy(60, 6, 0.7)
    for rows in (3, 5, 20):
        yield f"all distinct on both sides, {rows} rows", np.arange(rows), rng.permutation(rows)
    yield "all distinct predicted", rng.integers(0, 3, 24), np.arange(24)
    yield "all distinct in the truth", np.arange(24), rng.integers(0, 3, 24)
    yield "all distinct but for one pair", np.arange(16), np.r_[0, np.arange(15)]
    yield "more clusters than classes", *noisy(80, 3, 0.2, 7)
    yield "fewer clusters than classes", *noisy(80, 7, 0.2, 3)
    yield "each class split in two", np.repeat([0, 1, 2], 10), np.arange(30) // 5
    yield "two classes merged", np.arange(30) // 5, np.repeat([0, 1, 2], 10)
    yield "negative labels", *[labels - 3 for labels in noisy(50, 5, 0.3)]
    yield "extreme labels", rng.choice([INT_MIN, -1, 0, 1, INT_MAX], 40), rng.choice([INT_MIN, 255, 256, INT_MAX], 40)
    yield "labels that differ in one byte", 256**rng.integers(0, 4, 40), -1 - 256**rng.integers(0, 3, 40)
    yield "labels with holes", noisy(50, 4, 0.3)[0] * 1000, noisy(50, 4, 0.3)[1] * -77
    yield "independent, exactly", np.repeat([0, 1, 2], 12), np.tile(np.arange(4), 9)
    yield "worse than chance", [0, 0, 1, 1], [0, 1, 0, 1]
    yield "worse than chance, larger", np.repeat([0, 1, 2], 3), np.tile(np.arange(3), 3)
    yield "one outlier in the truth", np.r_[one(29), 1], rng.integers(0, 2, 30)
    yield "one outlier on both sides", np.r_[one(29), 1], np.r_[1, one(29)]
    yield "sizes like powers of two", np.repeat(np.arange(6), [1, 2, 4, 8, 16, 32]), rng.integers(0, 6, 63)
    yield "greedy matching is wrong", [0] * 9 + [1] * 5, [0] * 5 + [1] * 4 + [0] * 5
    for rows, classes, clusters in ((10, 2, 2), (50, 5, 4), (100, 10, 10), (200, 3, 20), (200, 20, 3)):
        yield (f"random, {rows} rows in {classes} and {clusters}", rng.integers(0, classes, rows),
               rng.integers(0, clusters, rows))
    yield "many sparse groups", *noisy(400, 300, 0.4, 280)
    yield "many sparse groups, mostly right", *noisy(400, 150, 0.1)
    yield "ten uneven groups", *np.minimum(rng.geometric(0.3, (2, 250)), 10)


def tables():
    yield "balanced, nearly right, 1e8 rows", [[33000000, 300000, 33333], [200000, 33000000, 133333],
                                              [0, 33334, 33300000]]
    yield "nearly independent, 1e7 rows", [[2500100, 2499900], [2499800, 2500200]]
    yield "uneven, 2^31 - 1 rows", [[2147481000, 1500], [400, 747]]
    yield "thin cluster, 1e8 rows", [[50000000, 7, 1], [49999000, 2, 990]]
    yield "same partition, 1e8 rows", [[0, 99999999], [1, 0]]


def expected_information(a, b, rows):
    """One cell of E[MI], with 40 digits."""
    deviation = (a * b * (rows - a) * (rows - b) / rows**3)**0.5
    mean = a * b / rows
    least = max(0, a + b - rows, int(mean - 15 * deviation - 40))
    most = min(a, b, int(mean + 15 * deviation + 40))
    lg = lambda n: mpmath.loggamma(n + 1)
    fixed = lg(a) + lg(b) + lg(rows - a) + lg(rows - b) - lg(rows)
    total = mpmath.mpf(0)
    for n in range(max(least, 1), most + 1):
        p = mpmath.exp(fixed - lg(n) - lg(a - n) - lg(b - n) - lg(rows - a - b + n))
        total += p * n / rows * mpmath.log(mpmath.mpf(rows) * n / (a * b))
    return total


def score_table(counts):
    """NMI, AMI, ARI of a table of counts, from the definitions."""
    a, b = [sum(row) for row in counts], [sum(col) for col in zip(*counts)]
    rows = sum(a)
    entropy = lambda sizes: -sum(mpmath.mpf(s) / rows * mpmath.log(mpmath.mpf(s) / rows) for s in sizes)
    mean = (entropy(a) + entropy(b)) / 2
    cells = [(n, a[i], b[j]) for i, row in enumerate(counts) for j, n in enumerate(row)]
    mi = sum(mpmath.mpf(n) / rows * mpmath.log(mpmath.mpf(rows) * n / (x * y)) for n, x, y in cells if n)
    emi = sum(expected_information(x, y, rows) for _, x, y in cells)
    pairs = lambda sizes: sum(comb(s, 2) for s in sizes)
    chance = Fraction(pairs(a) * pairs(b), comb(rows, 2))
    ari = (pairs(n for n, _, _ in cells) - chance) / (Fraction(pairs(a) + pairs(b), 2) - chance)
    return float(mi / mean), float((mi - emi) / (mean - emi)), float(ari)


def literal(value):
    return "INT32_MIN" if value == INT_MIN else str(int(value))


def main():
    print(TYPES)
    rows_of_cases = []
    for k, (name, truth, predicted) in enumerate(labelings()):
        truth, predicted = np.asarray(truth), np.asarray(predicted)
        counts = contingency_matrix(truth, predicted)
        matched = counts[linear_sum_assignment(counts, maximize=True)].sum()
        scores = [float(f(truth, predicted)) for f in
                  (normalized_mutual_info_score, adjusted_mutual_info_score, adjusted_rand_score)]
        for side, labels in (("truth", truth), ("predicted", predicted)):
            print(f"static const int32_t metrics_{side}_{k}[] = {{{', '.join(map(literal, labels))}}};")
        rows_of_cases.append(f'{{"{name}", {len(truth)}, {counts.shape[0]}, {counts.shape[1]}, {matched}, '
                             f'{", ".join(map(repr, scores))}, metrics_truth_{k}, metrics_predicted_{k}}}')
    print("\nstatic const metrics_case metrics_cases[] = {\n" + ",\n".join(rows_of_cases) + "\n};\n")
    rows_of_tables = []
    for name, counts in tables():
        flat = ", ".join(str(n) for row in counts for n in row)
        rows_of_tables.append(f'{{"{name}", {len(counts)}, {len(counts[0])}, '
                              f'{", ".join(map(repr, score_table(counts)))}, {{{flat}}}}}')
        print(name, file=sys.stderr)
    print("static const metrics_table metrics_tables[] = {\n" + ",\n".join(rows_of_tables) + "\n};\n\n#endif")


if __name__ == "__main__":
    main()
