#!/usr/bin/python3
"""One function for each method that `make bench-quality` compares. rival_methods.py BUILD FOLDER METHOD reads lines "SET fitted|unseen
SEED" from stdin and answers each with one line: a JSON list with an object for each setting, or an object that says why there is none.
Without arguments it prints the names of the methods, and which label unseen rows. Seconds are processor seconds of one thread; code that numba compiles
at its first call is compiled before. A setting is one that its users vary: rivals.py takes the best on each set.

A function takes a Task and yields (setting, labels, probabilities or None, seconds)."""
import os
import sys

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import functools  # noqa: E402
import json  # noqa: E402
import pathlib  # noqa: E402
import tempfile  # noqa: E402
import warnings  # noqa: E402

import numpy as np  # noqa: E402

import rival_graphs as graphs  # noqa: E402
from rival_task import Skip, Task, timed, unit  # noqa: E402
from scores import doubt, score  # noqa: E402

STARTS, ENSEMBLE = 10, 30
UMAP_SETTINGS = [(columns, neighbors) for columns in (5, 10) for neighbors in (15, 30)]


# ---- k-means ----

def best_kmeans(X, clusters, seed, starts=STARTS):
    from sklearn.cluster import KMeans
    return KMeans(clusters, n_init=starts, random_state=seed).fit_predict(X)


def kmeans(task):
    X = task.X
    labels, seconds = timed(best_kmeans, X, task.clusters, task.seed)
    yield "best of 10", labels, None, seconds


def faiss_kmeans(task):
    import faiss
    X = task.X

    def fit(starts):
        model = faiss.Kmeans(X.shape[1], task.clusters, niter=25, nredo=starts, seed=task.seed + 1, max_points_per_centroid=10**9)
        model.train(X)
        return model.index.search(X, 1)[1][:, 0]
    for starts in (1, STARTS):
        labels, seconds = timed(fit, starts)
        yield f"best of {starts}", labels, None, seconds


def consensus(task):
    """Spectral clustering of how often 30 k-means put two rows together."""
    from sklearn.cluster import SpectralClustering
    X = task.X

    def fit():
        together = np.zeros((len(X), len(X)), np.float32)
        for member in range(ENSEMBLE):
            labels = best_kmeans(X, task.clusters, task.seed * ENSEMBLE + member, 1)
            together += labels[:, None] == labels
        return SpectralClustering(task.clusters, affinity="precomputed", random_state=task.seed).fit_predict(together / ENSEMBLE)
    labels, seconds = timed(fit)
    yield "", labels, None, seconds


# ---- graphs ----

def spectral(task):
    X = task.X
    for neighbors, power in ((15, 0), (30, 1), (30, 2), (45, 1), (45, 2)):
        def fit():
            near = graphs.nearest(X, neighbors)
            graph = graphs.shared(near, power) if power else graphs.joined(near)
            return best_kmeans(graphs.spectral_rows(graph, task.clusters, task.seed), task.clusters, task.seed)
        labels, seconds = timed(fit)
        kind = {0: "joined", 1: "shared", 2: "shared, squared"}[power]
        yield f"{neighbors} {kind}", labels, None, seconds


@functools.cache
def compile_fuzzy():
    graphs.fuzzy(np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32), 15, 0)


def leiden(task):
    compile_fuzzy()
    X = task.X
    for kind, neighbors in (("fuzzy", 15), ("fuzzy", 30), ("shared", 30)):
        def fit():
            graph = graphs.fuzzy(X, neighbors, task.seed) if kind == "fuzzy" else graphs.shared(graphs.nearest(X, neighbors), 1)
            return graphs.communities(graph, task.clusters, task.seed)
        labels, seconds = timed(fit)
        yield f"{neighbors} {kind}", labels, None, seconds


# ---- UMAP and what is near it ----

def umap_model(columns, neighbors, seed, large):
    from umap import UMAP
    return UMAP(n_components=columns, n_neighbors=neighbors, min_dist=0.0, random_state=seed, n_jobs=1,
                force_approximation_algorithm=large)


@functools.cache
def compile_umap(large):
    umap_model(2, 15, 0, large).fit(np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32))


def umap_coordinates(task, columns, neighbors):
    def make():
        X = task.X
        large = len(X) >= 4096  # as UMAP decides
        compile_umap(large)
        rows, seconds = timed(umap_model(columns, neighbors, task.seed, large).fit_transform, X)
        return {"rows": rows}, seconds
    arrays, seconds = task.keep(f"umap-{columns}-{neighbors}", make)
    return arrays["rows"], seconds


def umap_kmeans(task):
    for columns, neighbors in UMAP_SETTINGS:
        rows, before = umap_coordinates(task, columns, neighbors)
        labels, seconds = timed(best_kmeans, rows, task.clusters, task.seed)
        yield f"{columns} dimensions, {neighbors} neighbors", labels, None, before + seconds


def umap_hdbscan(task):
    from sklearn.cluster import HDBSCAN
    for columns, neighbors in UMAP_SETTINGS:
        rows, before = umap_coordinates(task, columns, neighbors)
        for part in (2, 4, 10):
            least = max(5, len(rows) // task.clusters // part)
            labels, seconds = timed(HDBSCAN(least, copy=True).fit_predict, rows)
            yield f"{columns} dimensions, {neighbors} neighbors, least 1/{part}", graphs.without_noise(rows, labels), None, before + seconds


def fit_evoc(X, clusters, neighbors, seed):
    from evoc import EVoC
    columns = min(min(max(neighbors // 4, 4), 15), X.shape[1])  # its default, where the rows have as many
    return EVoC(approx_n_clusters=clusters, n_neighbors=neighbors, node_embedding_dim=columns, random_state=seed).fit_predict(X)


@functools.cache
def compile_evoc():
    fit_evoc(np.random.default_rng(0).normal(size=(2000, 8)).astype(np.float32), 5, 15, 0)


def evoc(task):
    compile_evoc()
    X = task.X
    for neighbors in (15, 30):
        labels, seconds = timed(fit_evoc, X, task.clusters, neighbors, task.seed)
        yield f"{neighbors} neighbors", graphs.without_noise(unit(X), labels), None, seconds


# ---- cludi's start, and what needs no more than it ----

def softmax(logits):
    p = np.exp(logits - logits.max(1, keepdims=True))
    return p / p.sum(1, keepdims=True)


def start(task):
    arrays, seconds = task.start()
    yield "", arrays["labels"], None, seconds


def means(rows, labels, clusters):
    return unit(np.stack([rows[labels == k].sum(0) for k in range(clusters)]))


def start_centroid(task):
    """The nearest mean of the start's clusters, by the cosine; temperature .05."""
    arrays, before = task.start()
    p, seconds = timed(lambda: softmax(arrays["unseen"] @ means(arrays["rows"], arrays["labels"], task.clusters).T / .05))
    yield "", p.argmax(1), p, before + seconds


def start_vote(task):
    """What most of the 15 nearest fitted rows are (a row that is fitted itself is not among them)."""
    arrays, before = task.start()

    def vote():
        places = graphs.nearest_of(arrays["rows"], arrays["unseen"], 15 + (task.judged == "fitted"))[:, -15:]
        return np.stack([(arrays["labels"][places] == k).mean(1) for k in range(task.clusters)], 1)
    p, seconds = timed(vote)
    yield "", p.argmax(1), p, before + seconds


def start_prototypes(task):
    """Cosine prototypes that begin at the start's means and learn to give neighbors the same answer."""
    arrays, before = task.start()

    def fit():
        rows = arrays["rows"]
        prototypes = graphs.consistent(rows, means(rows, arrays["labels"], task.clusters), graphs.nearest(rows, 5), task.seed)
        return softmax(arrays["unseen"] @ prototypes.T / graphs.TEMPERATURE)
    p, seconds = timed(fit)
    yield "", p.argmax(1), p, before + seconds


# ---- methods of the program ----

def program(method):
    def fit(task):
        labels, p, seconds = task.cludi(method)
        yield "", labels, p, seconds
    return fit


#   name: (function, most rows, whether it labels unseen rows), the quick ones first
METHODS = {
    "discriminant": (program("discriminant"), None, True),
    "start": (start, None, False),
    "start-centroid": (start_centroid, None, True),
    "start-vote": (start_vote, 20000, True),
    "start-prototypes": (start_prototypes, 20000, True),
    "cludi-kmeans": (program("kmeans"), None, True),
    "kmeans": (kmeans, None, False),
    "faiss-kmeans": (faiss_kmeans, None, False),
    "leiden": (leiden, 20000, False),
    "spectral": (spectral, 20000, False),
    "scan": (program("scan"), None, True),
    "evoc": (evoc, None, False),
    "umap-kmeans": (umap_kmeans, None, False),
    "umap-hdbscan": (umap_hdbscan, None, False),
    "tsp": (program("tsp"), 20000, False),
    "turtle": (program("turtle"), 20000, False),
    "temi": (program("temi"), 20000, False),
    "consensus": (consensus, 10000, False),
    "cludi": (program("cludi"), None, True),
}


def rows_of(task, method):
    function, most, _ = METHODS[method]
    if most and len(task.source) > most:
        raise Skip(f"{len(task.source)} rows, more than {most}")
    for setting, labels, p, seconds in function(task):
        yield {"setting": setting, **score(task.truth, labels), "cpu_seconds": seconds, **(doubt(task.truth, p) if p is not None else {})}


def answer(build, folder, method, name, judged, seed):
    with tempfile.TemporaryDirectory(prefix="cludi-rivals-") as scratch:
        try:
            task = Task(build, folder, name, judged, seed, pathlib.Path(scratch))
            return [{"set": name, "judged": judged, "method": method, "seed": seed, **row} for row in rows_of(task, method)]
        except Exception as error:  # one that fails on such data says so, and the others go on
            return {"skipped": f"{type(error).__name__}: {error}"}


def main():
    if len(sys.argv) == 1:
        print(json.dumps({name: labels_unseen for name, (_, _, labels_unseen) in METHODS.items()}))
        return
    build, folder, method = (*(pathlib.Path(word).resolve() for word in sys.argv[1:3]), sys.argv[3])
    warnings.simplefilter("ignore")
    out, sys.stdout = sys.stdout, sys.stderr  # what libraries print is no answer
    for line in sys.stdin:
        name, judged, seed = line.split()
        print(json.dumps(answer(build, folder, method, name, judged, int(seed))), file=out, flush=True)


if __name__ == "__main__":
    main()
