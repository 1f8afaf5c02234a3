"""Scores of a clustering, against known classes or without any; 1 is best.

Labels are any values that NumPy can sort: numbers or texts. Only which are equal matters.

Examples
--------
>>> from cludi import metrics
>>> metrics.accuracy(["cat", "cat", "dog"], [1, 1, 0])
1.0
>>> round(metrics.scores([0, 0, 1, 1], [0, 0, 1, 2]).ari, 3)
0.571
"""

import ctypes
from typing import Any, NamedTuple, Optional

from ._arrays import as_codes
from ._binding import lib
from ._context import Context
from ._rows import as_matrix, as_rows
from ._structs import Scores as _Struct


class Scores(NamedTuple):
    """Every score of one comparison."""

    nmi: float  #: normalized mutual information, arithmetic mean of the entropies; 0..1
    ami: float  #: adjusted mutual information, arithmetic mean; <= 1
    ari: float  #: adjusted Rand index; <= 1
    acc: float  #: share of rows right under the best one-to-one matching of clusters to classes; 0..1
    rows: int  #: rows compared
    classes: int  #: distinct values in labels_true
    clusters: int  #: distinct values in labels_pred
    largest_share: float  #: share of the rows in the largest cluster; 0..1
    smallest_share: float  #: share of the rows in the smallest non-empty cluster; 0..1


def scores(labels_true: Any, labels_pred: Any) -> Scores:
    """Compare two labelings of the same rows.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        Classes.
    labels_pred : array-like of shape (n_samples,)
        Clusters. Their number may differ from that of the classes.

    Returns
    -------
    Scores
        A named tuple.
    """
    truth, predicted = as_codes(labels_true, "labels_true"), as_codes(labels_pred, "labels_pred")
    if len(truth) != len(predicted):
        raise ValueError(f"labels_true has {len(truth)} labels; labels_pred has {len(predicted)}.")
    out = _Struct(struct_size=ctypes.sizeof(_Struct))
    Context().run(lib.cludi_score, truth.ctypes.data, predicted.ctypes.data, len(truth), ctypes.byref(out))
    return Scores(*(getattr(out, field) for field in Scores._fields))


def accuracy(labels_true: Any, labels_pred: Any) -> float:
    """Share of rows right under the best one-to-one matching of clusters to classes; see :func:`scores`."""
    return scores(labels_true, labels_pred).acc


def nmi(labels_true: Any, labels_pred: Any) -> float:
    """Normalized mutual information; see :func:`scores`."""
    return scores(labels_true, labels_pred).nmi


def ami(labels_true: Any, labels_pred: Any) -> float:
    """Adjusted mutual information; see :func:`scores`."""
    return scores(labels_true, labels_pred).ami


def ari(labels_true: Any, labels_pred: Any) -> float:
    """Adjusted Rand index; see :func:`scores`."""
    return scores(labels_true, labels_pred).ari


def silhouette(X: Any, labels: Any, sample: Optional[int] = None, random_state: int = 0) -> float:
    """Mean silhouette coefficient: how much nearer rows are to their own cluster than to the next, without known classes.

    The number of ``sklearn.metrics.silhouette_score`` with Euclidean distances (Rousseeuw, 1987), in little memory.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Rows, of which distances are taken as they are.
    labels : array-like of shape (n_samples,)
        Clusters.
    sample : int, default=None
        How many rows, drawn at random, stand for all; None takes all of them, in time that grows with their square.
    random_state : int, default=0
        Seed of the sample.

    Returns
    -------
    float
        -1..1.
    """
    rows, codes = as_rows(X, "silhouette"), as_codes(labels, "labels")
    if len(rows) != len(codes):
        raise ValueError(f"X has {len(rows)} rows; labels has {len(codes)} labels.")
    view, out = as_matrix(rows), ctypes.c_double()
    Context(seed=random_state).run(
        lib.cludi_silhouette, ctypes.byref(view), codes.ctypes.data, sample or 0, ctypes.byref(out)
    )
    return out.value
