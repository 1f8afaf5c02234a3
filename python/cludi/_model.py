"""A trained model: the library's, with what it says of itself."""

import ctypes
import os
import tempfile
import warnings
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple, Union

import numpy as np

from . import _config
from ._arrays import as_path
from ._binding import ModelInfo, lib
from ._context import Context, Show
from ._errors import check
from ._rows import as_matrix
from ._structs import Columns, Error, FitOutline, Prediction, PredictOptions

PathLike = Union[str, "os.PathLike[str]"]


class Model:
    """A cludi_model. It never changes, so that any number of threads may predict with it; pickled, it is its file's bytes."""

    def __init__(self, context: Context, handle: ctypes.c_void_p) -> None:
        self._context = context  # whose allocator the model uses
        self._handle = handle
        context.own(lib.cludi_model_free, handle)
        self._idle: Dict[Tuple[Any, ...], List[Context]] = {}  # what oneDNN planned is kept from call to call
        info, error = ModelInfo(struct_size=ctypes.sizeof(ModelInfo)), Error()
        check(lib.cludi_model_get_info(handle, ctypes.byref(info), ctypes.byref(error)), error)
        self.info = info

    @classmethod
    def load(cls, path: PathLike) -> "Model":
        context, handle = Context(), ctypes.c_void_p()
        context.run(lib.cludi_model_load, as_path(path), ctypes.byref(handle))
        return cls(context, handle)

    @property
    def feature_names(self) -> Optional[np.ndarray]:
        """The names of the columns it was trained on, (n_features,) of str; None where they had none."""
        columns = lib.cludi_model_get_columns(self._handle)
        if columns.count == 0:
            return None
        return np.array([columns.names[i].decode() for i in range(columns.count)], dtype=object)

    def save(self, path: PathLike) -> None:
        error = Error()
        check(lib.cludi_model_save(self._handle, as_path(path), ctypes.byref(error)), error)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Model":
        with tempfile.TemporaryDirectory(prefix="cludi-") as folder:
            path = Path(folder, "model.safetensors")
            path.write_bytes(data)
            return cls.load(path)

    def to_bytes(self) -> bytes:
        with tempfile.TemporaryDirectory(prefix="cludi-") as folder:
            path = Path(folder, "model.safetensors")
            self.save(path)
            return path.read_bytes()

    def __reduce__(self) -> Any:
        return Model.from_bytes, (self.to_bytes(),)

    def __copy__(self) -> "Model":
        return self

    def __deepcopy__(self, memo: Dict[int, Any]) -> "Model":
        return self

    @property
    def width(self) -> int:
        """d: columns of an assignment embedding."""
        return int(self.info.config.embedding_dim)

    @property
    def parameters(self) -> Dict[str, Any]:
        """As trained, by Python's names."""
        return _config.read(self.info.config)

    @property
    def has_seen_all(self) -> bool:
        """Whether the training saw every row."""
        info, outline, error = self.info, FitOutline(struct_size=ctypes.sizeof(FitOutline)), Error()
        how = ctypes.byref(info.config), info.rows, info.clusters
        check(lib.cludi_fit_describe(*how, ctypes.byref(outline), ctypes.byref(error)), error)
        return bool(info.steps * outline.batch_rows >= info.rows)

    @property
    def is_collapsed(self) -> bool:
        """Fewer than half of the clusters are in use, after a training that saw every row."""
        return self.has_seen_all and bool(2 * self.info.clusters_in_use < self.info.clusters)

    def predict(
        self,
        rows: np.ndarray,
        wanted: Dict[str, np.ndarray],
        options: Optional[PredictOptions],
        show: Optional[Show] = None,
        **how: Any,
    ) -> None:
        """Fill the arrays of `wanted`.

        Parameters
        ----------
        rows : ndarray of shape (n_samples, n_features), float32
        wanted : dict of ndarray
            By the fields of cludi_prediction: labels (n_samples,) int32, probabilities (n_samples, n_clusters) float32,
            embedding (n_samples, d) float32, samples (n_samples,) int32.
        options : PredictOptions or None
            None: as in the model.
        show : callable or None
            Of :class:`Context`.
        how
            Of :class:`Context`: threads, backend, precision.
        """
        idle = self._idle.setdefault(tuple(how.values()), [])
        context = self._take_context(idle, show, how)
        out = Prediction(**{field: array.ctypes.data for field, array in wanted.items()})
        ask = ctypes.byref(options) if options else None
        context.run(lib.cludi_predict, self._handle, ctypes.byref(as_matrix(rows)), ask, ctypes.byref(out))
        if show is None:
            idle.append(context)

    def _take_context(self, idle: List[Context], show: Optional[Show], how: Dict[str, Any]) -> Context:
        try:
            return Context(self.info.seed, show=show, **how) if show else idle.pop()
        except IndexError:  # none, or another thread has it
            return Context(self.info.seed, **how)


def _set_names(handle: ctypes.c_void_p, names: np.ndarray) -> None:
    """Names that a model cannot keep are no reason to lose it."""
    error = Error()
    try:
        encoded = (ctypes.c_char_p * len(names))(*(name.encode() for name in names))
        columns = Columns(encoded, len(names), None, 0)
        check(lib.cludi_model_set_columns(handle, ctypes.byref(columns), ctypes.byref(error)), error)
    except (ValueError, NotImplementedError) as why:
        warnings.warn(f"The model has no names of columns. {why}", stacklevel=5)


def fit(
    context: Context, rows: np.ndarray, n_clusters: int, config: Any, names: Optional[np.ndarray] = None
) -> Model:
    """Train a model on rows (n_samples, n_features) of float32, whose columns may have names (n_features,)."""
    handle = ctypes.c_void_p()
    X = as_matrix(rows)
    try:
        context.run(lib.cludi_fit, ctypes.byref(X), n_clusters, ctypes.byref(config), ctypes.byref(handle))
    except BaseException:
        lib.cludi_model_free(handle)  # a training that was stopped leaves one
        raise
    if names is not None:
        _set_names(handle, names)
    return Model(context, handle)
