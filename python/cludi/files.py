"""Rows and labels from the files that the program reads: .npy, .npz, CSV, TSV, IDX, safetensors, HDF5, .h5ad, perhaps gzipped
(docs/formats.md)."""

import ctypes
import warnings
from collections.abc import Iterable
from typing import Any, List, Optional, Sequence, Union

import numpy as np

from ._arrays import as_path
from ._binding import lib
from ._context import Context
from ._model import PathLike
from ._structs import Columns, DatasetOptions, Labels

Column = Union[str, int]
_HEADERS = {None: 0, True: 1, False: 2}  # cludi_header
_DECIMALS = {".": 0, ",": 1}


def _texts(names: Sequence[Column]) -> Any:
    return (ctypes.c_char_p * len(names))(*(str(name).encode() for name in names))


def _make_options(
    id_column: Optional[Column], drop: Sequence[Column], header: Optional[bool], decimal: str
) -> DatasetOptions:
    if header not in _HEADERS:
        raise ValueError(f"header is {header!r}; it must be None, True or False.")
    if decimal not in _DECIMALS:
        raise ValueError(f"decimal is {decimal!r}; it must be '.' or ','.")
    options = DatasetOptions()
    lib.cludi_dataset_options_init_sized(ctypes.byref(options), ctypes.sizeof(options))
    options.in_memory = 1
    options.id_column = str(id_column).encode() if id_column is not None else None
    options.drop, options.drop_count = _texts(drop), len(drop)
    options.header, options.decimal_comma = _HEADERS[header], _DECIMALS[decimal]
    return options


class _Dataset:
    """A cludi_dataset in memory."""

    def __init__(self, path: PathLike, options: DatasetOptions, feature_names: Optional[Sequence[str]]) -> None:
        self._context = Context()  # its allocator has the rows
        self._handle = ctypes.c_void_p()
        options.find_ids = feature_names is None
        if feature_names is not None:
            options.columns = ctypes.pointer(Columns(_texts(feature_names), len(feature_names), None, 0))
        arguments = as_path(path), ctypes.byref(options), ctypes.byref(self._handle)
        self._context.own(lib.cludi_dataset_free, self._handle)
        self._context.run(lib.cludi_dataset_open_with, *arguments)

    @property
    def notes(self) -> List[str]:
        """What a person should know of how the columns were taken."""
        return (lib.cludi_dataset_get_notes(self._handle) or b"").decode(errors="replace").split("\n")[:-1]

    def as_array(self) -> np.ndarray:
        """A view, which keeps the dataset."""
        matrix = lib.cludi_dataset_get_matrix(self._handle)
        buffer = (ctypes.c_float * (matrix.rows * matrix.stride)).from_address(matrix.data)
        buffer.owner = self  # type: ignore[attr-defined]
        return np.frombuffer(buffer, np.float32).reshape(matrix.rows, matrix.stride)[:, : matrix.cols]


def read(
    path: PathLike,
    *,
    id_column: Optional[Column] = None,
    drop: Union[Column, Sequence[Column]] = (),
    header: Optional[bool] = None,
    decimal: str = ".",
    feature_names: Optional[Sequence[str]] = None,
) -> np.ndarray:
    """Read feature vectors, in any format that ``cludi fit`` reads.

    All parameters but the path are for CSV. A column is said by its name or, where no column has that name, by its number
    counted from 1.

    Parameters
    ----------
    path : str or path-like
        Also ``FILE:NAME``, an array of a .npz, a tensor of a safetensors file or a dataset of an HDF5 file.
    id_column : str, int or None, default=None
        A column that holds the names of the rows and is not a feature.
    drop : str, int or sequence of them, default=()
        Columns that are not features.
    header : bool or None, default=None
        Whether the first line has names. None: where it has a text, counts 0, 1, 2, ..., or rises in
        whole numbers that the rows are plainly unlike
    decimal : "." or ",", default="."
        The decimal point of numbers.
    feature_names : sequence of str or None, default=None
        The columns that are wanted, in this order, such as ``feature_names_in_`` of an estimator; a file with other columns
        is refused. None: all, as they are.

    Returns
    -------
    ndarray of shape (n_samples, n_features), float32

    Raises
    ------
    OSError
        The file cannot be read.
    ValueError
        It is not what it should be; the message says what and where.

    Warns
    -----
    UserWarning
        A column looks like an id, the index of a data frame was left out, or a line of numbers was taken for a header.

    Examples
    --------
    >>> import cludi, os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "rows.csv")
    ...     _ = open(path, "w").write("a,b\\n1,2\\n3,4.5\\n")
    ...     cludi.read(path)
    array([[1. , 2. ],
           [3. , 4.5]], dtype=float32)
    """
    if not isinstance(drop, (str, int, np.integer, Iterable)):
        raise TypeError(f"drop is {drop!r}; names or numbers of columns are wanted.")
    dropped = [drop] if isinstance(drop, (str, int, np.integer)) else list(drop)
    dataset = _Dataset(path, _make_options(id_column, dropped, header, decimal), feature_names)
    for note in dataset.notes:
        warnings.warn(note, stacklevel=2)
    return dataset.as_array()


def read_labels(path: PathLike) -> np.ndarray:
    """Read labels, as ``cludi eval`` does.

    Parameters
    ----------
    path : str or path-like
        A one-dimensional array, or ``FILE:COLUMN`` of a CSV. Texts become 0, 1, 2, ... in the order in which they first come.

    Returns
    -------
    ndarray of shape (n_samples,), int32
    """
    context, labels = Context(), Labels()
    context.run(lib.cludi_labels_read, as_path(path), ctypes.byref(labels))
    try:
        return np.ctypeslib.as_array(labels.data, (labels.rows,)).copy()
    finally:
        lib.cludi_labels_clear(context.handle, ctypes.byref(labels))
