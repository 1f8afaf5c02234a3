"""What callers hand in, as rows of float32 that the library reads in place; what cannot be is refused in scikit-learn's words."""

from typing import Any, Optional

import numpy as np

from ._arrays import as_numbers
from ._structs import Matrix
from ._warnings import warn

FEW_NAMES = 5


def _refuse_shape(array: np.ndarray, name: str) -> None:
    if array.ndim < 2:
        kind = "scalar" if array.ndim == 0 else "1D"
        raise ValueError(
            f"Expected 2D array, got {kind} array instead:\narray={array}.\nReshape your data either using array.reshape(-1, 1)"
            " if your data has a single feature or array.reshape(1, -1) if it contains a single sample."
        )
    if array.ndim > 2:
        raise ValueError(f"Found array with dim {array.ndim}. {name} expected <= 2.")
    for count, what in zip(array.shape, ("sample", "feature")):
        if count == 0:
            raise ValueError(
                f"Found array with 0 {what}(s) (shape={array.shape}) while a minimum of 1 is required by {name}."
            )


def is_in_place(array: np.ndarray) -> bool:
    """Whether the library can read the array where it is: float32, each row in one piece, rows a whole stride apart."""
    if array.dtype != np.float32 or not array.dtype.isnative or not array.flags.aligned:
        return False
    to_next_row, to_next_number = array.strides
    has_whole_rows = array.shape[1] == 1 or to_next_number == array.itemsize
    return has_whole_rows and to_next_row % array.itemsize == 0 and to_next_row >= array.shape[1] * array.itemsize


def as_rows(X: Any, name: str = "CLUDI") -> np.ndarray:
    """X as rows of float32, the array itself where that is possible.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Numbers of any type: arrays, tensors, data frames, columns of vectors (_arrays.py). Not complex, not sparse.
    name : str
        Who wants the rows, for the messages.

    Returns
    -------
    ndarray of shape (n_samples, n_features), float32
        Not copied when :func:`is_in_place`.
    """
    array = as_numbers(X)
    _refuse_shape(array, name)
    if is_in_place(array):
        return array
    try:
        with np.errstate(over="raise"):
            return np.ascontiguousarray(array, dtype=np.float32)
    except FloatingPointError:
        raise ValueError("Input contains infinity or a value too large for dtype('float32').") from None


def as_matrix(rows: np.ndarray) -> Matrix:
    """A view for the library; rows must outlive it."""
    return Matrix(rows.ctypes.data, rows.shape[0], rows.shape[1], rows.strides[0] // rows.itemsize)


def check_features(count: int, expected: int, name: str) -> None:
    if count != expected:
        raise ValueError(f"X has {count} features, but {name} is expecting {expected} features as input.")


def feature_names(X: Any, count: int) -> Optional[np.ndarray]:
    """The names of X's columns, (n_features,) of str; None where it has none, or one column of vectors."""
    columns = getattr(X, "column_names", getattr(X, "columns", None))  # a table of Arrow has arrays as its columns
    if columns is None or len(columns) == 0 or len(columns) != count:
        return None
    names = np.asarray(columns, dtype=object)
    are_texts = [isinstance(name, str) for name in names]
    if not any(are_texts):
        return None
    if not all(are_texts):
        kinds = sorted({type(name).__name__ for name in names})
        raise TypeError(
            f"Feature names are only supported if all input features have string names, but your input has {kinds} as feature"
            " name / column name types. If you want feature names to be stored and validated, you must convert them all to"
            " strings, by using X.columns = X.columns.astype(str) for example. Otherwise you can remove feature / column names"
            " from your input data, or convert them all to a non-string data type."
        )
    return names


def _list_names(title: str, names: set) -> str:
    if not names:
        return ""
    lines = [f"- {name}\n" for name in sorted(names)]
    return title + "".join(lines[:FEW_NAMES]) + ("- ...\n" if len(lines) > FEW_NAMES else "")


def check_feature_names(given: Optional[np.ndarray], fitted: Optional[np.ndarray], name: str) -> None:
    """Compare the columns' names with those at fit, as scikit-learn does."""
    if given is None and fitted is None:
        return
    if fitted is None:
        warn(f"X has feature names, but {name} was fitted without feature names")
    elif given is None:
        warn(f"X does not have valid feature names, but {name} was fitted with feature names")
    elif list(given) != list(fitted):
        added = _list_names("Feature names unseen at fit time:\n", set(given) - set(fitted))
        missing = _list_names("Feature names seen at fit time, yet now missing:\n", set(fitted) - set(given))
        what = added + missing or "Feature names must be in the same order as they were in fit.\n"
        raise ValueError("The feature names should match those that were passed during fit.\n" + what)
