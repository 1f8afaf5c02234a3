#!/usr/bin/python3
"""Real labeled data sets: data_sets.py FOLDER [NAME...] writes NAME.npy (float32 rows) and NAME.labels.npy (int32,
0 to K-1) for each name, all of them by default; what stands there already is kept. They come from Debian packages
(scripts/install-deps.sh bench) and ../shared/data alone; what is missing is skipped with a message. Every draw has a
fixed seed. A new set is one line in SETS; the rows of the others stand in data_sources.py."""
import argparse
import functools
import pathlib
import sys
import time

import numpy as np

import data_sources as source
import sphere_mixture
from tools import Missing, say


def subset(rows, labels, keep):
    """The rows to keep, their classes counted from 0 again."""
    return rows[keep], np.unique(labels[keep], return_inverse=True)[1]


@functools.cache
def made(name):
    return SETS[name][0]()


def imbalanced(name, classes, most, least):
    """Class sizes that fall geometrically."""
    rows, labels = made(name)
    draw = np.random.default_rng(1)
    chosen = draw.permutation(labels.max() + 1)[:classes]
    sizes = np.rint(np.geomspace(most, least, classes)).astype(int)
    keep = [draw.permutation(np.flatnonzero(labels == k))[:size] for k, size in zip(chosen, sizes)]
    return subset(rows, labels, draw.permutation(np.concatenate(keep)))


def principal(name, columns, offset):
    """Principal coordinates, each axis in its own width, away from the origin."""
    from sklearn.decomposition import PCA
    rows, labels = made(name)
    return PCA(columns, svd_solver="full").fit_transform(rows.astype(np.float64)) + offset, labels


def umapped(name, columns, metric):
    """Coordinates of UMAP (Debian's umap-learn), in one thread, for equal numbers every time."""
    try:
        from umap import UMAP
    except ImportError as error:
        raise Missing(f"{error} (Debian package umap-learn)") from error
    rows, labels = made(name)
    return UMAP(n_components=columns, metric=metric, min_dist=0.0, random_state=0).fit_transform(rows), labels


def careless(name):
    """As exported without a thought: large units, an offset on each column, five columns that say nothing."""
    rows, labels = made(name)
    offsets = np.random.default_rng(2).uniform(0, 10000, rows.shape[1])
    return np.hstack([1000 * rows + offsets, np.full((len(rows), 5), 5000)]), labels


def gradients(name, side, cell):
    """Histograms of oriented gradients of square images in gray: an encoder that nobody trained."""
    rows, labels = made(name)
    return source.gradient_histograms(rows.reshape(-1, side, side), cell), labels


def spheres(clusters, rows):
    return sphere_mixture.mixture(argparse.Namespace(clusters=clusters, rows=rows, noise=2, ratio=1, columns=384, seed=0))


CUT, DEBIAN = functools.partial, "the descriptions of Debian's packages, one per source"
#   name: (function, K, where it comes from)
SETS = {
    "imagenet50": (source.imagenet50, 50, "../shared/data: ImageNet validation, DINO ViT-S/16"),
    "digits": (CUT(source.scikit, "load_digits"), 10, "python3-sklearn: 8 x 8 pixels"),
    "fashion-test": (CUT(source.fashion, "t10k"), 10, "dataset-fashion-mnist: pixels 0 to 255"),
    "imagenet50-imbalanced": (CUT(imbalanced, "imagenet50", 48, 50, 1), 48, "imagenet50, class sizes 50 to 1"),
    "digits-pca10": (CUT(principal, "digits", 10, 100), 10, "digits, 10 principal coordinates + 100"),
    "digits-careless": (CUT(careless, "digits"), 10, "digits x 1000 + offsets, and 5 constant columns"),
    "breast-cancer": (CUT(source.scikit, "load_breast_cancer"), 2, "python3-sklearn: columns in their own units"),
    "iris": (CUT(source.scikit, "load_iris"), 3, "python3-sklearn: four measures of flowers"),
    "wine": (CUT(source.scikit, "load_wine"), 3, "python3-sklearn: columns in their own units"),
    "blobs": (CUT(source.scikit, "make_blobs", n_samples=2000, centers=12, n_features=10, cluster_std=3), 12, "made: overlapping Gaussians"),
    "moons": (CUT(source.scikit, "make_moons", n_samples=1000, noise=.1), 2, "made: two half circles in the plane"),
    "circles": (CUT(source.scikit, "make_circles", n_samples=1000, noise=.05, factor=.5), 2, "made: a ring in a ring"),
    "uneven-blobs": (CUT(source.uneven_blobs, 2), 8, "made: eight separate blobs of 2,000 and 100 rows in the plane"),
    "uneven-blobs-50": (CUT(source.uneven_blobs, 50), 8, "made: the same in 50 columns, 48 of them noise"),
    "spheres-200": (CUT(spheres, 200, 5000), 200, "made: 25 rows around each of 200 directions (sphere_mixture.py)"),
    "vowel": (CUT(source.mlbench, "Vowel", "Class", "V1"), 11, "r-cran-mlbench: Vowel, without the speaker"),
    "dna": (CUT(source.mlbench, "DNA", "Class"), 3, "r-cran-mlbench: DNA, 0 and 1"),
    "satellite": (CUT(source.mlbench, "Satellite", "classes"), 6, "r-cran-mlbench: Satellite"),
    "letter-recognition": (CUT(source.mlbench, "LetterRecognition", "lettr"), 26, "r-cran-mlbench: LetterRecognition"),
    "shuttle": (CUT(source.mlbench, "Shuttle", "Class"), 7, "r-cran-mlbench: Shuttle, classes of 45,586 to 10 rows"),
    "letters": (CUT(source.glyphs, source.LETTERS), 26, "fonts of Debian: A to Z, 28 x 28 pixels"),
    "letters-hog": (CUT(gradients, "letters", 28, 7), 26, "letters, histograms of gradients"),
    "characters": (CUT(source.glyphs, source.CHARACTERS), 100, "fonts of Debian: 100 characters of three scripts"),
    "characters-hog": (CUT(gradients, "characters", 28, 7), 100, "characters, histograms of gradients"),
    "cifar-hog": (source.cifar_hog, 10, "../shared/data: 400 images of CIFAR-10, histograms of gradients"),
    "packages": (CUT(source.packages, 8000), 24, f"{DEBIAN}: TF-IDF, 128 columns; classes are sections"),
    "imagenet50-umap2": (CUT(umapped, "imagenet50", 2, "cosine"), 50, "imagenet50, 2 coordinates of UMAP"),
    "imagenet50-umap10": (CUT(umapped, "imagenet50", 10, "cosine"), 50, "imagenet50, 10 coordinates of UMAP"),
    "fashion-hog": (CUT(gradients, "fashion-test", 28, 7), 10, "fashion-test, histograms of gradients"),
    "fashion-umap10": (CUT(umapped, "fashion-test", 10, "euclidean"), 10, "fashion-test, 10 coordinates of UMAP"),
    "fashion-all": (CUT(source.fashion, "t10k", "train"), 10, "dataset-fashion-mnist: all 70,000"),
}


def write(folder, name):
    rows_file, labels_file = folder / f"{name}.npy", folder / f"{name}.labels.npy"
    if not labels_file.exists():
        rows, labels = made(name)
        rows, labels = np.ascontiguousarray(rows, np.float32), np.asarray(labels, np.int32)
        assert len(rows) == len(labels) and np.isfinite(rows).all()
        assert np.array_equal(np.unique(labels), np.arange(SETS[name][1])), f"{name}: not {SETS[name][1]} classes"
        np.save(rows_file, rows)
        np.save(labels_file, labels)
    shape, sizes = np.load(rows_file, mmap_mode="r").shape, np.bincount(np.load(labels_file))
    return f"{shape[0]:6} x {shape[1]:3}, K {len(sizes):3}, classes of {sizes.min()} to {sizes.max()} rows"


def main():
    if len(sys.argv) < 2 or set(sys.argv[2:]) - set(SETS):
        sys.exit(f"data_sets.py FOLDER [NAME...], names: {' '.join(SETS)}")
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or SETS:
        started = time.perf_counter()
        try:
            say(f"{name:22} {write(folder, name)} ({time.perf_counter() - started:.0f} s)")
        except Missing as error:
            say(f"skipped: {name}: {error}")


if __name__ == "__main__":
    main()
