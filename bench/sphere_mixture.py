#!/usr/bin/env python3
"""A mixture on the sphere: unit rows around random directions, for many clusters.

    sphere_mixture.py OUT.npy --clusters K --rows M [--noise S] [--ratio R] [--columns N] [--seed N]

Writes OUT.npy and OUT.labels.npy. Row i is unit(center + noise): center one of K random unit vectors, noise normal with expected norm S.
The largest cluster has R times the rows of the smallest, in geometric steps. Rows are in random order.
"""
import argparse
import pathlib

import numpy as np


def unit(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def sizes(clusters, rows, ratio):
    shares = ratio ** -np.linspace(0, 1, clusters)
    ends = np.rint(np.cumsum(shares) / shares.sum() * rows).astype(int)
    return np.diff(ends, prepend=0)


def mixture(a):
    random = np.random.default_rng(a.seed)
    centers = unit(random.normal(size=(a.clusters, a.columns)))
    labels = random.permutation(np.repeat(np.arange(a.clusters), sizes(a.clusters, a.rows, a.ratio)))
    noise = random.normal(size=(a.rows, a.columns)) * a.noise / a.columns ** 0.5
    return unit(centers[labels] + noise).astype(np.float32), labels.astype(np.int32)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--clusters", type=int, required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--noise", type=float, default=2)
    parser.add_argument("--ratio", type=float, default=1)
    parser.add_argument("--columns", type=int, default=384)
    parser.add_argument("--seed", type=int, default=0)
    a = parser.parse_args()
    rows, labels = mixture(a)
    np.save(a.out, rows)
    np.save(a.out.with_suffix(".labels.npy"), labels)


if __name__ == "__main__":
    main()
