"""The functions of the module."""

import gc

import numpy as np
import pytest

import cludi
from cludi import metrics


def test_metrics_against_scikit_learn():
    theirs = pytest.importorskip("sklearn.metrics")
    from scipy.optimize import linear_sum_assignment

    rng = np.random.default_rng(0)
    truth, predicted = rng.integers(0, 5, 300), rng.integers(0, 7, 300)
    predicted[:150] = truth[:150]
    mine = metrics.scores(truth, predicted)
    table = theirs.cluster.contingency_matrix(truth, predicted)
    assert mine.nmi == pytest.approx(theirs.normalized_mutual_info_score(truth, predicted), rel=1e-12)
    assert mine.ami == pytest.approx(theirs.adjusted_mutual_info_score(truth, predicted), rel=1e-9)
    assert mine.ari == pytest.approx(theirs.adjusted_rand_score(truth, predicted), rel=1e-12)
    assert mine.acc == pytest.approx(table[linear_sum_assignment(-table)].sum() / 300, rel=1e-12)
    assert (mine.rows, mine.classes, mine.clusters) == (300, 5, 7)
    assert [metrics.nmi(truth, predicted), metrics.ami(truth, predicted), metrics.ari(truth, predicted)] == list(mine[:3])


def test_metrics_of_any_labels():
    assert metrics.accuracy(["b", "b", "a"], [2**40, 2**40, -3]) == 1
    with pytest.raises(ValueError, match="labels_true has 3 labels; labels_pred has 2."):
        metrics.scores([1, 2, 3], [1, 2])
    with pytest.raises(ValueError, match="labels_pred must be 1D"):
        metrics.scores([1, 2], [[1, 2]])
    with pytest.raises(ValueError):
        metrics.scores([], [])


def test_silhouette_against_scikit_learn():
    theirs = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 6, 400)
    labels[0] = 99  # alone in its cluster
    X = rng.normal(size=(400, 20)) + labels[:, None] % 7
    X = X.astype(np.float32).astype(np.float64)
    assert metrics.silhouette(X, labels) == pytest.approx(theirs.silhouette_score(X, labels), rel=1e-12)
    texts = np.array(["a", "b", "c", "d", "e", "f"])[labels % 6]
    assert metrics.silhouette(X, texts, sample=1000) == pytest.approx(theirs.silhouette_score(X, texts), rel=1e-12)
    some = metrics.silhouette(X, labels, sample=200)
    assert some == metrics.silhouette(X, labels, sample=200) != metrics.silhouette(X, labels, sample=200, random_state=1)


def test_silhouette_refuses():
    with pytest.raises(ValueError, match="X has 3 rows; labels has 2 labels."):
        metrics.silhouette([[1], [2], [3]], [0, 1])
    with pytest.raises(ValueError, match="all in one cluster"):
        metrics.silhouette([[1], [2], [3]], [0, 0, 0])
    with pytest.raises(ValueError, match="NaN"):
        metrics.silhouette([[1], [float("nan")], [3]], [0, 1, 0])


def test_kmeans(blobs):
    X, classes = blobs
    found = cludi.kmeans(X, 3, preprocessing="unit")
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    inertia = sum(((unit[classes == k] - unit[classes == k].mean(axis=0)) ** 2).sum() for k in range(3))
    assert metrics.accuracy(classes, found.labels) == 1
    assert found.inertia == pytest.approx(inertia, rel=1e-4)
    assert found.n_iter >= 1 and (found.estimator.predict(X) == found.labels).all()


def test_a_call_costs_little(blobs):
    """Under 100 microseconds beyond the library's own call; the least of many, because the machine may be busy."""
    import ctypes
    import time

    from cludi._binding import lib
    from cludi._context import Context
    from cludi._rows import as_matrix
    from cludi._structs import Error, Prediction

    model = cludi.kmeans(blobs[0], 3, n_jobs=1).estimator
    row, labels, error, context = blobs[0][:1], np.empty(1, np.int32), Error(), Context(threads=1)
    out, view = Prediction(labels=labels.ctypes.data), as_matrix(row)
    words = context.handle, model.model_._handle, ctypes.byref(view), None, ctypes.byref(out), ctypes.byref(error)

    def least(call):
        times = []
        for _ in range(500):
            began = time.thread_time()
            call()
            times.append(time.thread_time() - began)
        return min(times)

    assert least(lambda: model.predict(row)) - least(lambda: lib.cludi_predict(*words)) < 100e-6


def test_what_a_context_owns_goes_first():
    from cludi._context import Context

    freed = []
    context = Context()
    for name in "abc":
        context.own(lambda name, handle=context.handle: freed.append((name, bool(handle))), name)
    context.itself = context  # garbage that refers to itself: everything in it goes at once, in any order
    del context
    gc.collect()
    assert freed == [("c", True), ("b", True), ("a", True)]


def test_read(tmp_path):
    X = np.random.default_rng(0).normal(size=(5, 3))
    np.save(tmp_path / "x.npy", X)
    np.savez(tmp_path / "x.npz", a=X, b=X[:2].T)
    (tmp_path / "x.csv").write_text("name,u,v\nfirst,1,2\nsecond,3,4\n")
    assert (cludi.read(tmp_path / "x.npy") == X.astype(np.float32)).all()
    assert cludi.read(str(tmp_path / "x.npz") + ":b").shape == (3, 2)
    rows = cludi.read(tmp_path / "x.csv", id_column="name")
    assert rows.tolist() == [[1, 2], [3, 4]] and rows.dtype == np.float32
    rows[0, 0] = 9  # the caller's own
    with pytest.raises(OSError, match="nothing.npy"):
        cludi.read(tmp_path / "nothing.npy")
    with pytest.raises(ValueError, match="x.csv"):
        cludi.read(tmp_path / "x.csv")


def test_read_keeps_its_memory(tmp_path):
    import gc

    np.save(tmp_path / "x.npy", np.arange(1 << 20, dtype=np.float32).reshape(-1, 4))
    part = cludi.read(tmp_path / "x.npy")[1000:, :2]
    gc.collect()
    [np.ones(1 << 20) for _ in range(4)]
    assert (part[0] == [4000, 4001]).all() and part[-1, 0] == (1 << 20) - 4


def test_read_labels(tmp_path):
    (tmp_path / "x.csv").write_text("kind\ndog\ncat\ndog\n")
    labels = cludi.read_labels(f"{tmp_path}/x.csv:kind")
    assert labels.tolist() == [0, 1, 0] and labels.dtype == np.int32
