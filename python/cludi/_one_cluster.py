"""n_clusters=1, which scikit-learn asks of every clusterer and which leaves nothing to train."""

from types import SimpleNamespace
from typing import Any, Dict

import numpy as np

from . import _config


def _refuse_not_finite(rows: np.ndarray) -> None:
    bad = np.argwhere(~np.isfinite(rows))
    if len(bad):
        row, column = bad[0]
        raise ValueError(f"X has NaN or an infinity in row {row}, column {column}; every number must be finite.")


class OneCluster:
    """What a Model of one cluster would answer: every row is in it for certain, at one place of the embedding."""

    has_seen_all = True
    is_collapsed = False

    def __init__(self, rows: np.ndarray, config: Any, seed: int) -> None:
        _refuse_not_finite(rows)
        size = {"features": rows.shape[1], "rows": len(rows), "clusters": 1, "clusters_in_use": 1}
        self.info = SimpleNamespace(**size, seed=seed, steps=0, loss=0.0, largest_share=1.0)
        self.parameters = _config.read(config)
        self.width: int = config.embedding_dim

    def predict(self, rows: np.ndarray, wanted: Dict[str, np.ndarray], *_: Any, **__: Any) -> None:
        _refuse_not_finite(rows)
        for field, array in wanted.items():
            array[...] = 0 if field == "labels" else 1

    def save(self, path: Any) -> None:
        raise ValueError("One cluster has nothing to save; n_clusters must be at least 2.")
