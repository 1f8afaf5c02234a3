"""Scores of a clustering against known classes; 1 is best.

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
from typing import Any, NamedTuple

import numpy as np

from ._binding import lib
from ._context import Context
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


def _codes(labels: Any, name: str) -> np.ndarray:
    array = np.asarray(labels)
    if array.ndim != 1:
        raise ValueError(f"{name} must be 1D: shape is {array.shape!r}")
    return np.unique(array, return_inverse=True)[1].astype(np.int32)


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
    truth, predicted = _codes(labels_true, "labels_true"), _codes(labels_pred, "labels_pred")
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
