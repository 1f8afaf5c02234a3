#!/usr/bin/python3
"""What a careful user of scikit-learn would get: baselines.py ROWS.npy K SEED METHOD LABELS_OUT.npy [--scale SCALE].
METHOD: kmeans (best of ten starts), spectral (graph of 15 neighbors), consensus (how often 30 single-start k-means put
two rows together, then spectral clustering of that). SCALE: raw, unit (rows of norm 1), centered-unit (the mean taken off
before), standard (columns of deviation 1); by default unit, and raw below 20 columns. Prints one JSON object.
OpenBLAS 0.3.21 is slow on newer processors without OPENBLAS_CORETYPE=SKYLAKEX."""
import argparse
import json
import sys
import time

try:
    import numpy as np
    import sklearn
    from sklearn.cluster import KMeans, SpectralClustering
except ImportError as error:
    print(f"{error} (Debian package python3-sklearn)", file=sys.stderr)
    sys.exit(3)

STARTS, NEIGHBORS, ENSEMBLE = 10, 15, 30
FEW_COLUMNS = 20


def unit(X):
    return X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-12)


def standard(X):
    deviation = X.std(axis=0)
    return (X - X.mean(axis=0)) / np.where(deviation > 0, deviation, 1)


SCALES = {"raw": lambda X: X, "unit": unit, "centered-unit": lambda X: unit(X - X.mean(axis=0)), "standard": standard}


def kmeans(X, clusters, seed):
    return KMeans(clusters, n_init=STARTS, random_state=seed).fit_predict(X)


def spectral(X, clusters, seed):
    return SpectralClustering(clusters, affinity="nearest_neighbors", n_neighbors=NEIGHBORS, assign_labels="kmeans",
                              random_state=seed).fit_predict(X)


def consensus(X, clusters, seed):
    together = np.zeros((len(X), len(X)), np.float32)
    for member in range(ENSEMBLE):
        labels = KMeans(clusters, n_init=1, random_state=seed * ENSEMBLE + member).fit_predict(X)
        together += labels[:, None] == labels
    together /= ENSEMBLE
    return SpectralClustering(clusters, affinity="precomputed", assign_labels="kmeans",
                              random_state=seed).fit_predict(together)


METHODS = {"kmeans": (kmeans, None), "spectral": (spectral, 20000), "consensus": (consensus, 10000)}  # and their most rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows")
    parser.add_argument("clusters", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("method", choices=METHODS)
    parser.add_argument("out")
    parser.add_argument("--scale", choices=SCALES)
    given = parser.parse_args()
    X = np.load(given.rows)
    method, most = METHODS[given.method]
    if most and len(X) > most:
        print(f"{given.method} is skipped: {len(X)} rows, more than {most}", file=sys.stderr)
        return 3
    scale = given.scale or ("raw" if X.shape[1] < FEW_COLUMNS else "unit")
    X = SCALES[scale](X.astype(np.float64)).astype(np.float32)
    started = time.perf_counter()
    labels = method(X, given.clusters, given.seed)
    seconds = time.perf_counter() - started
    np.save(given.out, labels.astype(np.int32))
    print(json.dumps({"seconds": round(seconds, 3), "scale": scale, "version": sklearn.__version__}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
