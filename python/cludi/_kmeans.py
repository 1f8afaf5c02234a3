"""k-means, to compare with."""

from typing import Any, NamedTuple, Optional

import numpy as np

from ._estimator import CLUDI
from ._old_names import renamed


class KMeansResult(NamedTuple):
    """What :func:`cludi.kmeans` found."""

    labels: np.ndarray  #: (n_samples,) int32: the cluster of each row
    inertia: float  #: sum of the squared distances of the unit rows to their centroids
    n_iter: int  #: rounds of the start that was kept
    estimator: CLUDI  #: to predict new rows, and to save


def kmeans(
    X: Any, n_clusters: int = 8, *, preprocessing: str = "auto", random_state: Any = 0, n_jobs: Optional[int] = None, **old: Any
) -> KMeansResult:
    """k-means on the unit rows that CLUDI clusters: the best of ten starts by greedy k-means++.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
    n_clusters : int, default=8
    preprocessing : {"auto", "unit", "directions", "coordinates"}, default="auto"
        How rows become unit rows; its name in cludi 0.1.0, input, is accepted with a FutureWarning.
    random_state : int, RandomState, Generator or None, default=0
    n_jobs : int or None, default=None
        Threads; the result does not depend on it.

    Returns
    -------
    KMeansResult
        A named tuple.

    Examples
    --------
    >>> import cludi
    >>> cludi.kmeans([[0.0], [0.1], [5.0], [5.1]], 2).labels.tolist()
    [0, 0, 1, 1]
    """
    how: Any = {"preprocessing": preprocessing, "random_state": random_state, "n_jobs": n_jobs}
    if set(old) - {"input"}:
        raise TypeError(f"kmeans() got an unexpected keyword argument {min(set(old) - {'input'})!r}")
    how.update(renamed(old))
    estimator = CLUDI(n_clusters, method="kmeans", **how).fit(X)
    info = estimator.model_.info
    return KMeansResult(estimator.labels_, float(info.loss * info.rows), estimator.n_iter_, estimator)
