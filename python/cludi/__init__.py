"""cludi: clustering of feature vectors.

>>> import cludi, numpy as np
>>> X = np.random.default_rng(0).normal(size=(60, 5)) + np.repeat([0, 30, 60], 20)[:, None]
>>> model = cludi.CLUDI(n_clusters=3).fit(X)
>>> cludi.metrics.accuracy(np.repeat([0, 1, 2], 20), model.labels_)
1.0
"""

from . import metrics
from ._config import preset
from ._errors import ConvergenceWarning, NotFittedError
from ._estimator import CLUDI
from ._kmeans import KMeansResult, kmeans
from ._version import __version__
from .files import read, read_labels
from .images import ImageFeatures, embed_images

load = CLUDI.load

__all__ = [
    "CLUDI",
    "ConvergenceWarning",
    "ImageFeatures",
    "KMeansResult",
    "NotFittedError",
    "__version__",
    "embed_images",
    "kmeans",
    "load",
    "metrics",
    "preset",
    "read",
    "read_labels",
]
