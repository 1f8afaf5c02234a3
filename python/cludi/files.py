"""Rows and labels from the files that the program reads: .npy, .npz, CSV, TSV, IDX, safetensors, HDF5, .h5ad, perhaps gzipped
(docs/formats.md)."""

import ctypes
import os
from typing import Optional

import numpy as np

from ._binding import lib
from ._context import Context
from ._model import PathLike
from ._structs import DatasetOptions, Labels


class _Dataset:
    """A cludi_dataset in memory."""

    def __init__(self, path: PathLike, id_column: Optional[str]) -> None:
        self._context = Context()  # its allocator has the rows
        self._handle = ctypes.c_void_p()
        options = DatasetOptions()
        lib.cludi_dataset_options_init_sized(ctypes.byref(options), ctypes.sizeof(options))
        options.in_memory = 1
        options.id_column = id_column.encode() if id_column is not None else None
        arguments = os.fsencode(path), ctypes.byref(options), ctypes.byref(self._handle)
        self._context.own(lib.cludi_dataset_free, self._handle)
        self._context.run(lib.cludi_dataset_open_with, *arguments)

    def as_array(self) -> np.ndarray:
        """A view, which keeps the dataset."""
        matrix = lib.cludi_dataset_get_matrix(self._handle)
        buffer = (ctypes.c_float * (matrix.rows * matrix.stride)).from_address(matrix.data)
        buffer.owner = self  # type: ignore[attr-defined]
        return np.frombuffer(buffer, np.float32).reshape(matrix.rows, matrix.stride)[:, : matrix.cols]


def read(path: PathLike, *, id_column: Optional[str] = None) -> np.ndarray:
    """Read feature vectors, in any format that ``cludi fit`` reads.

    Parameters
    ----------
    path : str or path-like
        Also ``FILE:NAME``, an array of a .npz, a tensor of a safetensors file or a dataset of an HDF5 file.
    id_column : str or None, default=None
        A column of a CSV that holds the names of the rows and is no feature.

    Returns
    -------
    ndarray of shape (n_samples, n_features), float32

    Raises
    ------
    OSError
        The file cannot be read.
    ValueError
        It is not what it should be; the message says what and where.

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
    return _Dataset(path, id_column).as_array()


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
    context.run(lib.cludi_labels_read, os.fsencode(path), ctypes.byref(labels))
    try:
        return np.ctypeslib.as_array(labels.data, (labels.rows,)).copy()
    finally:
        lib.cludi_labels_clear(context.handle, ctypes.byref(labels))
