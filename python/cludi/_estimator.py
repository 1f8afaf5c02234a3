"""CLUDI, the estimator."""

import ctypes
import functools
import inspect
import numbers
import os
from typing import Any, Dict, List, Optional, Tuple, TypeVar, Union

import numpy as np

from . import _config, _model
from ._binding import lib
from ._context import Context
from ._errors import ConvergenceWarning, NotFittedError
from ._methods import OfEmbeddings, unused, user_of
from ._model import Model, PathLike
from ._old_names import OLD_NAMES, renamed
from ._one_cluster import OneCluster
from ._parameters import Parameters
from ._progress import ProgressView
from ._rows import as_rows, check_feature_names, check_features, feature_names
from ._scikit import BaseEstimator, ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
from ._structs import PredictOptions, Progress
from ._warnings import warn

AnyModel = Union[Model, OneCluster]
Self = TypeVar("Self", bound="CLUDI")
SEEDS = 2**31


def as_seed(random_state: Any) -> int:
    """random_state, as scikit-learn and NumPy have it, as the library's seed."""
    if random_state is None:
        return int.from_bytes(os.urandom(8), "little")
    if isinstance(random_state, numbers.Integral):
        if not 0 <= int(random_state) < 2**64:
            raise ValueError(f"random_state is {random_state}; it must be from 0 to 2**64 - 1.")
        return int(random_state)
    draw = getattr(random_state, "integers", None) or getattr(random_state, "randint", None)
    if draw is None:
        raise ValueError(f"{random_state!r} cannot be used to seed a numpy.random.RandomState instance")
    return int(draw(SEEDS))


def as_threads(n_jobs: Optional[int]) -> int:
    """n_jobs as the library's number of threads, where 0 is all processors."""
    if n_jobs is None or n_jobs == -1:
        return 0
    if not isinstance(n_jobs, (int, np.integer)):
        raise TypeError(f"n_jobs is {n_jobs!r}; it must be a whole number or None.")
    if n_jobs == 0:
        raise ValueError("n_jobs == 0 has no meaning; use None or -1 for all processors.")
    return int(n_jobs) if n_jobs > 0 else max(1, len(os.sched_getaffinity(0)) + 1 + n_jobs)


class _Losses:
    """Keeps the loss of each step of a training, and passes the progress on."""

    def __init__(self, view: Optional[ProgressView]) -> None:
        self.losses: List[float] = []
        self._view = view

    def __call__(self, now: Progress, messages: List[str]) -> None:
        if now.phase_name == b"fit" and (now.loss != 0 or now.clusters_in_use != 0):  # else there is no loss
            self.losses.append(now.loss)
        if self._view:
            self._view(now, messages)

    def close(self) -> None:
        if self._view:
            self._view.close()


class CLUDI(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, Parameters, BaseEstimator):  # type: ignore[misc]
    """Rows into K clusters, new rows into the same.

    The default method, "discriminant", finds what the graph of nearest neighbors agrees on and refines it by kernel
    discriminant analysis; method="cludi" is the diffusion model of the paper.

    {parameters}

    Attributes
    ----------
    labels_ : ndarray of shape (n_samples,), int32
        The cluster of each row of the training, from 0 to n_clusters - 1.
    probabilities_ : ndarray of shape (n_samples, n_clusters), float32
        The probability of each cluster for each row of the training; each row sums to 1.
    confidence_ : ndarray of shape (n_samples,), float32
        The largest probability of each row of the training.
    loss_curve_ : ndarray of shape (n_iter_,), float64
        The loss of each step; method="kmeans": the lowest inertia per row after each round; method="discriminant": empty.
    n_iter_ : int
        Optimizer steps taken; method="kmeans": rounds of the start that was kept; method="discriminant": rounds.
    n_features_in_ : int
        Columns of the rows of the training.
    feature_names_in_ : ndarray of shape (n_features_in_,), object
        Names of the columns, where X had some and all are str.
    model_ : Model
        The library's model. A pickle of the estimator holds its bytes.

    Notes
    -----
    One model may predict in several threads at once. The global interpreter lock is released while the library computes.
    The same rows, parameters and seed give the bytes of ``cludi fit`` and ``cludi predict``.

    References
    ----------
    R. Uziel, I. Chelly, O. Freifeld, A. Pakman, Clustering via Self-Supervised Diffusion, ICML 2025 (arXiv:2507.04283).

    Examples
    --------
    >>> import numpy as np
    >>> from cludi import CLUDI
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(size=(50, 4)), rng.normal(size=(50, 4)) + 20])
    >>> cludi = CLUDI(n_clusters=2).fit(X)
    >>> sorted(np.bincount(cludi.labels_).tolist())
    [50, 50]
    >>> cludi.predict_proba(X[:3]).shape
    (3, 2)
    >>> bool((cludi.predict(X) == cludi.labels_).all())
    True
    """

    _unasked: Optional[Tuple[int, int]] = None  # draws and denoise_steps of the file that it was loaded from

    @functools.wraps(Parameters.__init__)
    def __init__(self, *args: Any, **parameters: Any) -> None:
        super().__init__(*args, **renamed(parameters))

    def set_params(self: Self, **params: Any) -> Self:
        """Set parameters by name, as scikit-learn does; names of cludi 0.1.0 are accepted with a FutureWarning."""
        super().set_params(**renamed(params))
        return self

    def __setstate__(self, state: Dict[str, Any]) -> None:
        """Read a pickle, in which parameters may have the names of cludi 0.1.0."""
        state = {OLD_NAMES.get(name, name): value for name, value in state.items()}
        read = getattr(super(), "__setstate__", self.__dict__.update)
        read(state)

    def fit(self: Self, X: Any, y: Any = None) -> Self:
        """Train on the rows of X.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Numbers of any type, finite. float32 whose rows are each in one piece are not copied.
        y : ignored

        Returns
        -------
        CLUDI
            The estimator itself.

        Raises
        ------
        ValueError
            A parameter is out of bounds, X is no matrix of finite numbers or has fewer rows than clusters.
        FloatingPointError
            Training ran into NaN or infinity.
        KeyboardInterrupt
            Ctrl-C: training stops within two seconds; the estimator stays as it was.

        Warns
        -----
        ConvergenceWarning
            Fewer than half of the clusters are in use.
        UserWarning
            A parameter differs from its default and the method does not use it; clusters got no row, rows are degenerate (all equal, fewer distinct ones than clusters, one far out), neighbors are
            left out: all that ``cludi fit`` warns of.
        """
        rows = as_rows(X, type(self).__name__)
        names = feature_names(X, rows.shape[1])
        progress = _Losses(self._view())
        context = Context(as_seed(self.random_state), show=progress, **self._how())
        try:
            model = self._train(rows, context, names)
        finally:
            progress.close()
        probabilities = np.empty((len(rows), model.info.clusters), np.float32)
        labels = np.empty(len(rows), np.int32)
        model.predict(rows, {"labels": labels, "probabilities": probabilities}, None, **self._how())
        self._keep(model, names)
        self.loss_curve_ = np.array(progress.losses)
        self.labels_, self.probabilities_ = labels, probabilities
        self.confidence_ = probabilities.max(axis=1)
        self._warn()
        return self

    def fit_predict(self, X: Any, y: Any = None) -> np.ndarray:
        """Train on X and return labels_, (n_samples,) int32."""
        return self.fit(X).labels_

    def predict(self, X: Any) -> np.ndarray:
        """The cluster of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            As many columns as at fit. A row gets the same answer alone and among others.

        Returns
        -------
        ndarray of shape (n_samples,), int32
            From 0 to n_clusters - 1.
        """
        return self._predict(X, "labels", (), np.int32)

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each cluster for each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples, n_clusters), float32
            Each row sums to 1.
        """
        return self._predict(X, "probabilities", (self._fitted().info.clusters,), np.float32)

    def transform(self, X: Any) -> np.ndarray:
        """The assignment embedding of each row, scaled to norm sqrt(d); of method="cludi" alone.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples, d), float32

        Raises
        ------
        AttributeError, NotImplementedError
            Both in one: the model is of a method that has no embeddings: of every one but "cludi".
        """
        return self._predict(X, "embedding", (self._fitted().width,), np.float32)

    def score(self, X: Any, y: Any = None) -> float:
        """How much the clusters say about the rows, without labels: 0 to 1, larger is better.

        It is the mutual information of row and cluster, [H(mean p) - mean H(p)] / log K with p the rows of
        :meth:`predict_proba` and H the entropy: 1 when every row is certain and all clusters are equally large, 0 when every
        row has the same probabilities, as after a collapse.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored
        """
        p = self.predict_proba(X).astype(np.float64)
        if p.shape[1] == 1:
            return 0.0
        return float((_entropy(p.mean(axis=0)) - _entropy(p).mean()) / np.log(p.shape[1]))

    def save(self, path: PathLike) -> None:
        """Write the model as ``cludi fit -o`` does: whole or not at all."""
        self._fitted().save(path)

    @classmethod
    def load(cls, path: PathLike) -> "CLUDI":
        """Read a model that :meth:`save` or ``cludi fit`` wrote.

        Parameters
        ----------
        path : str or path-like

        Returns
        -------
        CLUDI
            Ready to predict, with the parameters of its training, and with feature_names_in_ where the rows of the training
            had names: a DataFrame, or a CSV with a header. It has no labels_, probabilities_, confidence_ and loss_curve_.
        """
        model = Model.load(path)
        self = cls(model.info.clusters, random_state=model.info.seed, **model.parameters)
        self._keep(model, model.feature_names)
        self._unasked = self.draws, self.denoise_steps
        return self

    @property
    def _n_features_out(self) -> int:
        return self._fitted().width

    def _more_tags(self) -> Dict[str, Any]:
        return {"preserves_dtype": [np.float32]}

    def _how(self) -> Dict[str, Any]:
        return {"threads": as_threads(self.n_jobs), "backend": self.backend, "precision": self.precision}

    def _view(self) -> Optional[ProgressView]:
        return ProgressView(self.verbose) if self.verbose else None

    def _train(self, rows: np.ndarray, context: Context, names: Optional[np.ndarray]) -> AnyModel:
        parameters = {p.name: getattr(self, p.name) for p in _config.TABLE}
        config = _config.make(parameters)
        if not isinstance(self.n_clusters, numbers.Integral):
            raise TypeError(f"n_clusters is {self.n_clusters!r}; it must be a whole number.")
        if len(rows) < self.n_clusters:
            raise ValueError(f"n_samples={len(rows)} should be >= n_clusters={self.n_clusters}.")
        _warn_unused(parameters)
        if self.n_clusters == 1:
            return OneCluster(rows, config, context.seed)
        return _model.fit(context, rows, int(self.n_clusters), config, names)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def _keep(self, model: AnyModel, names: Optional[np.ndarray]) -> None:
        self.model_ = model
        self._unasked = None
        self.n_iter_ = int(model.info.steps)
        self.n_features_in_ = int(model.info.features)
        if names is not None:
            self.feature_names_in_ = names
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    def _warn(self) -> None:
        """What the program says at the end of a training."""
        info = self.model_.info
        unused = info.clusters - info.clusters_in_use
        if not self.model_.has_seen_all:
            warn("Too few steps to tell whether clusters collapsed: not every row was seen.")
        elif self.model_.is_collapsed:
            warn(
                f"Collapsed: only {info.clusters_in_use} of {info.clusters} clusters are in use, fewer than half.",
                ConvergenceWarning,
            )
        elif unused > 0:
            warn(f"{unused} of {info.clusters} clusters got no row.")

    def _fitted(self) -> AnyModel:
        if not self.__sklearn_is_fitted__():
            raise NotFittedError(
                f"This {type(self).__name__} instance is not fitted yet. Call 'fit' with appropriate arguments before using"
                " this estimator."
            )
        return self.model_

    def _predict(self, X: Any, field: str, columns: tuple, dtype: Any) -> np.ndarray:
        model = self._fitted()
        name = type(self).__name__
        rows = as_rows(X, name)
        check_feature_names(feature_names(X, rows.shape[1]), getattr(self, "feature_names_in_", None), name)
        check_features(rows.shape[1], self.n_features_in_, name)
        out = np.empty((len(rows), *columns), dtype)
        options = PredictOptions()
        lib.cludi_predict_options_init_sized(ctypes.byref(options), ctypes.sizeof(options))
        if self._unasked != (self.draws, self.denoise_steps):  # else the file's own, which have bounds
            options.draws, options.denoise_steps = self.draws, self.denoise_steps
        show = self._view()
        try:
            model.predict(rows, {field: out}, options, show=show, **self._how())
        finally:
            if show:
                show.close()
        return out


def _warn_unused(parameters: Dict[str, Any]) -> None:
    names = unused(parameters)
    if names:
        listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        warn(f"method={parameters['method']!r} does not use {listed}; method={user_of(names)!r} does.")


def _entropy(p: np.ndarray) -> np.ndarray:
    """Of the rows of p, in nats, with 0 log 0 = 0."""
    return -(p * np.log(np.where(p > 0, p, 1))).sum(axis=-1)


def _parameters_text() -> str:
    """The parameters' part of the doc block of Parameters.__init__, indented as the class's."""
    text = inspect.cleandoc(Parameters.__init__.__doc__ or "")
    return text[text.index("Parameters\n") :].replace("\n", "\n    ").replace("\n    \n", "\n\n")


# Behind the class, whose functions scikit-learn wraps when it is made.
CLUDI.transform = OfEmbeddings(CLUDI.transform)  # type: ignore[method-assign,assignment]
CLUDI.fit_transform = OfEmbeddings(CLUDI.fit_transform)  # type: ignore[method-assign,assignment]

if CLUDI.__doc__:  # there is none under python -OO
    CLUDI.__doc__ = CLUDI.__doc__.replace("{parameters}", _parameters_text())
