"""Finds libcludi: what CLUDI_LIBRARY names, else the one inside the wheel, else the installed one."""

import ctypes
import os
from pathlib import Path

from ._version import __version__

INSIDE = Path(__file__).with_name("libcludi.so")
INSTALLED = "libcludi.so.0"


def _path() -> str:
    named = os.environ.get("CLUDI_LIBRARY")
    if named:
        return named
    return str(INSIDE) if INSIDE.exists() else INSTALLED


def _open(path: str) -> ctypes.CDLL:
    try:
        return ctypes.CDLL(path)
    except OSError as error:
        raise ImportError(
            f"cludi cannot load its library {path}: {error}. Install cludi (`pip install .` or `make install`), or let "
            "CLUDI_LIBRARY name a libcludi.so."
        ) from error


def _version_of(library: ctypes.CDLL, path: str) -> str:
    try:
        function = library.cludi_version
    except AttributeError:
        raise ImportError(f"{path} is no libcludi: it has no cludi_version().") from None
    function.restype = ctypes.c_char_p
    return function().decode()


def load() -> ctypes.CDLL:
    """Open the library and check that it has the version this package was written for.

    Returns
    -------
    ctypes.CDLL
        Calls through it release the global interpreter lock.

    Raises
    ------
    ImportError
        There is no library, or one of another version; the message says which was found.
    """
    path = _path()
    library = _open(path)
    found = _version_of(library, path)
    if found != __version__:
        raise ImportError(f"{path} is cludi {found}; this Python package is for {__version__}. Install both from one source.")
    return library
