"""What callers hand in, as NumPy arrays of numbers or of labels; what is none is refused in one sentence."""

import os
from collections.abc import Mapping
from typing import Any, List, Optional

import numpy as np

# What has this attribute and no numbers of its own has them there.
HINTS = {
    "collect": "{}.collect()",
    "to_dense": "{}.to_dense()",
    "read_all": "{}.read_all()",
    "to_table": "{}.to_table()",
    "__iter__": "list({})",
}


def _kind(X: Any) -> str:
    name = type(X).__name__
    return ("an " if name[0].lower() in "aeiou" else "a ") + name


def as_path(path: Any, name: str = "path") -> bytes:
    """A path as the library takes it; it would end at a null character."""
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise TypeError(f"{name} is {'None' if path is None else _kind(path)}; a path is wanted.")
    encoded = os.fsencode(path)
    if b"\0" in encoded:
        raise ValueError(f"{name} is {path!r}; a path has no null character.")
    return encoded


def _hint(X: Any, name: str) -> str:
    if name.isidentifier() and not isinstance(X, type):
        for word, call in HINTS.items():
            if hasattr(X, word):
                return f"pass {call.format(name)}"
    return "an array is wanted"


def _refuse_no_array(X: Any, name: str, reader: str) -> None:
    if X is None:
        raise TypeError(f"{name} is None; an array is wanted.")
    if isinstance(X, (str, bytes, os.PathLike)):
        raise TypeError(f"{name} is a path; read it with {reader}({os.fsdecode(X)!r}).")
    if hasattr(X, "read") and hasattr(X, "seek"):
        raise TypeError(f"{name} is an open file; read it by its path, with {reader}(PATH).")
    if hasattr(X, "obsm") and hasattr(X, "obs"):
        lacking = "" if "X_pca" in X.obsm else ", which scanpy.pp.pca(adata) computes"
        raise TypeError(f'{name} is {_kind(X)}; pass its rows, adata.obsm["X_pca"]{lacking}.')
    if hasattr(X, "toarray") and hasattr(X, "tocsr"):
        raise TypeError(
            "A sparse matrix was passed, but dense data is required. Use X.toarray() to convert to a dense numpy array."
        )
    if isinstance(X, Mapping):
        entry = repr(next(iter(X))) if X else "NAME"
        raise TypeError(f"{name} is {_kind(X)}; pass the entry of it that is wanted, such as {name}[{entry}].")


# ---- tensors ----


def _is_tensor(X: Any) -> bool:
    return all(hasattr(X, word) for word in ("detach", "device", "numpy"))  # of PyTorch


def _of_tensor(X: Any, name: str) -> np.ndarray:
    if X.device.type == "meta":
        raise TypeError(f"{name} is a tensor on the meta device, which holds no numbers.")
    if X.device.type != "cpu":
        raise TypeError(f"{name} is a tensor on {X.device}; pass {name}.cpu().")
    if str(X.layout) != "torch.strided":
        raise TypeError(f"{name} is a sparse tensor; pass {name}.to_dense().")
    X = X.detach()
    if X.is_quantized:
        X = X.dequantize()
    for resolve in ("resolve_conj", "resolve_neg"):
        X = getattr(X, resolve, lambda X=X: X)()
    try:
        return np.asarray(X.numpy())
    except TypeError:  # NumPy has no such type: bfloat16 and narrower ones
        return np.asarray(X.float().numpy())


# ---- rows one by one ----


def _is_vector(item: Any) -> bool:
    return not isinstance(item, (str, bytes, Mapping)) and hasattr(item, "__len__") and getattr(item, "ndim", 1) > 0


def _stack(items: List[Any], name: str) -> np.ndarray:
    """An array of vectors of equal length, or of numbers, each of any kind."""
    for i, item in enumerate(items):
        if not _is_vector(item) and is_missing(item):
            raise ValueError(f"Row {i} of {name} is missing; leave it out.")
    are_plain = all(type(item) is np.ndarray and item.dtype != object for item in items)
    rows = items if are_plain else [as_array(item, f"Row {i} of {name}") for i, item in enumerate(items)]
    for i, row in enumerate(rows):
        if row.shape != rows[0].shape:
            raise ValueError(
                f"The rows of {name} must be equally long: row 0 has the shape {rows[0].shape}, row {i} {row.shape}."
            )
    return np.stack(rows)


def _of_column(array: np.ndarray, name: str) -> np.ndarray:
    """An object array whose items are vectors, as the array that they make."""
    column = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
    if column.ndim == 1 and any(map(_is_vector, column)):
        return _stack(list(column), name)
    return array


def _refuse_vectors_among_columns(array: np.ndarray, X: Any, name: str) -> None:
    columns = getattr(X, "column_names", getattr(X, "columns", None))  # a table of Arrow has arrays as its columns
    for j in range(array.shape[1] if array.ndim == 2 and array.shape[1] > 1 and len(array) else 0):
        if _is_vector(array[0, j]):
            which = f"{name}[{columns[j]!r}]" if columns is not None else f"{name}[:, {j}]"
            raise ValueError(f"Column {j} of {name} holds vectors, beside other columns; pass {which} alone.")


# ---- missing values ----


def _first(mask: np.ndarray) -> str:
    place = np.argwhere(mask)[0]
    return f"row {place[0]}" + (f", column {place[1]}" if len(place) > 1 else "")


def _refuse_masked(X: Any, name: str) -> None:
    mask = np.atleast_1d(np.broadcast_to(X.mask, X.shape)) if isinstance(X, np.ma.MaskedArray) else np.zeros(1, bool)
    if mask.any():
        raise ValueError(f"{name} has a masked number in {_first(mask)}; fill it in, or leave the row out.")


def is_missing(item: Any) -> bool:
    """None, NaN, pandas' NA and NaT, a masked constant: what pandas counts as missing."""
    if item is None or item is np.ma.masked:
        return True
    try:
        return not (item == item)
    except (TypeError, ValueError):  # NA knows neither
        return type(item).__name__ == "NAType"


def _find_no_number(array: np.ndarray) -> Optional[tuple]:
    for place in np.ndindex(array.shape):
        try:
            float(array[place])
        except (TypeError, ValueError, OverflowError):
            return place
    return None


def _numbers_of_objects(array: np.ndarray, name: str) -> np.ndarray:
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        place = _find_no_number(array)
        if place is None or not place:
            raise
        mask = np.zeros(array.shape, bool)
        mask[place] = True
        if is_missing(array[place]):
            raise ValueError(f"{name} has a missing value in {_first(mask)}; fill it in, or leave the row out.") from None
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{error} ({_first(mask)} of {name})") from None


# ---- arrays ----


def _open(X: Any, name: str) -> np.ndarray:
    if _is_tensor(X):
        return _of_tensor(X, name)
    if hasattr(X, "to_pandas") and not hasattr(X, "__array__"):  # tables of Arrow
        X = X.to_pandas()
    if hasattr(X, "__dlpack__") and not hasattr(X, "__array__"):
        return np.from_dlpack(X)
    if isinstance(X, (list, tuple)) and X and _is_vector(X[0]) and not isinstance(X[0], (list, tuple)):
        return _stack(list(X), name)
    if isinstance(X, (list, tuple)) and X and _is_tensor(X[0]):
        return _stack(list(X), name)
    try:
        return np.asarray(X)
    except ValueError:
        if not isinstance(X, (list, tuple)):
            raise TypeError(f"{name} is {_kind(X)}; an array is wanted.") from None
        if any(map(_is_vector, X)):
            return _stack(list(X), name)  # which says what is uneven or missing
        raise


def as_array(X: Any, name: str = "X", reader: str = "cludi.read") -> np.ndarray:
    """X as an array of whatever type it has, of vectors if it is a column of them.

    Parameters
    ----------
    X : array-like
        Arrays, tensors, data frames, columns of vectors, lists of all that; anything with ``__array__``.
    name : str
        The argument, for the messages.
    reader : str
        The function that reads such a thing from a file.
    """
    _refuse_no_array(X, name, reader)
    _refuse_masked(X, name)
    array = _open(X, name)
    if array.dtype == object and array.ndim == 0 and not isinstance(X, np.ndarray):
        raise TypeError(f"{name} is {_kind(X)}; {_hint(X, name)}.")
    if array.dtype == object:
        _refuse_vectors_among_columns(array, X, name)
        array = _of_column(array, name)
    return array


def as_numbers(X: Any, name: str = "X") -> np.ndarray:
    """X as an array of real numbers, of any type."""
    array = as_array(X, name)
    if array.dtype.kind == "c":
        raise ValueError(f"Complex data not supported\n{array}\n")
    if array.dtype.kind in "OUS":
        return _numbers_of_objects(array, name)
    if array.dtype.names:
        raise TypeError(
            f"{name} is a structured array; pass numpy.lib.recfunctions.structured_to_unstructured({name})."
        )
    if array.dtype.kind == "V" and array.dtype.name in ("bfloat16", "float8_e4m3fn", "float8_e5m2"):  # of ml_dtypes
        return array.astype(np.float32)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} has the type {array.dtype}; it must be numbers.")
    return array


def as_codes(labels: Any, name: str) -> np.ndarray:
    """Labels, any values that NumPy can sort, as int32 from 0."""
    array = as_array(labels, name, "cludi.read_labels")
    if array.ndim != 1:
        raise ValueError(f"{name} must be 1D: shape is {array.shape!r}")
    if array.dtype.kind in "fcmMO":
        missing = np.array(list(map(is_missing, array)), bool) if array.dtype == object else array != array
        if missing.any():
            raise ValueError(f"{name} has a missing value in {_first(missing)}; leave the row out.")
    try:
        return np.unique(array, return_inverse=True)[1].astype(np.int32)
    except TypeError:
        kinds = sorted({type(label).__name__ for label in array})
        raise TypeError(f"{name} has labels of several types, which cannot be sorted: {', '.join(kinds)}.") from None
