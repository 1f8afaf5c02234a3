"""Compares CLUDI, the diffusion model of its paper, k-means and spectral clustering on the digits of scikit-learn, and draws what they found.

usage: compare_digits.py PICTURE.png [--rows N] [--steps N]

Prints NMI, ACC and ARI against the digits, which no method sees. In the picture a dot is an image, at its place by two principal
components; a color is a cluster, named by the digit it holds most of, and a cross is an image of another digit.
"""

import argparse
import time

import matplotlib
import numpy as np
from sklearn.cluster import KMeans, SpectralClustering
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

import cludi

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

DIGITS = 10


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("picture")
    parser.add_argument("--rows", type=int, default=None, help="use the first N images")
    parser.add_argument("--steps", type=int, default=0, help="training steps of the diffusion model (0: until the clusters have converged)")
    return parser.parse_args()


def run(methods, X, y):
    """The labels of each method, (n_samples,), and a line of scores for each."""
    found = {}
    print(f"{'method':20}{'NMI':>8}{'ACC':>8}{'ARI':>8}{'seconds':>10}")
    for name, method in methods.items():
        began = time.monotonic()
        found[name] = method.fit_predict(X)
        scores = cludi.metrics.scores(y, found[name])
        took = time.monotonic() - began
        print(f"{name:20}{100 * scores.nmi:8.1f}{100 * scores.acc:8.1f}{100 * scores.ari:8.1f}{took:10.1f}")
    return found


def main_digits(labels, y):
    """For each row, the digit that its cluster holds most of."""
    return np.array([np.bincount(y[labels == k], minlength=DIGITS).argmax() for k in range(labels.max() + 1)])[labels]


def draw(found, X, y, path):
    places = PCA(2, random_state=0).fit_transform(X)
    figure, axes = plt.subplots(1, len(found), figsize=(5 * len(found), 5.4))
    for axis, (name, labels) in zip(axes, found.items()):
        digits = main_digits(labels, y)
        right = digits == y
        for digit in range(DIGITS):
            here = right & (digits == digit)
            axis.scatter(*places[here].T, s=10, color=f"C{digit}", label=str(digit))
        axis.scatter(*places[~right].T, s=18, marker="x", linewidths=0.8, color="black", label="other")
        accuracy = cludi.metrics.accuracy(y, labels)
        axis.set(title=f"{name}: {100 * accuracy:.1f} % right", xticks=[], yticks=[])
    figure.legend(*axes[0].get_legend_handles_labels(), loc="lower center", ncols=DIGITS + 1, frameon=False, markerscale=2)
    figure.tight_layout(rect=(0, 0.07, 1, 1))
    figure.savefig(path, dpi=120)


def main():
    arguments = read_arguments()
    X, y = load_digits(return_X_y=True)
    X, y = X[: arguments.rows], y[: arguments.rows]
    methods = {
        "CLUDI": cludi.CLUDI(DIGITS),
        "diffusion": cludi.CLUDI(DIGITS, method="cludi", steps=arguments.steps),
        "KMeans": KMeans(DIGITS, n_init=10, random_state=0),
        "SpectralClustering": SpectralClustering(DIGITS, affinity="nearest_neighbors", random_state=0),
    }
    draw(run(methods, X, y), X, y, arguments.picture)


if __name__ == "__main__":
    main()
