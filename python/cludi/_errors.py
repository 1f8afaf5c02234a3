"""The library's status codes as exceptions, each with the library's sentence."""

from typing import Dict, Type

from ._structs import Error

try:
    from sklearn.exceptions import ConvergenceWarning, NotFittedError
except ImportError:

    class ConvergenceWarning(UserWarning):  # type: ignore[no-redef]
        """Training ended, but fewer than half of the clusters are in use."""

    class NotFittedError(ValueError, AttributeError):  # type: ignore[no-redef]
        """A method that needs a trained model was called before fit."""


__all__ = ["ConvergenceWarning", "EXCEPTIONS", "NotFittedError", "OK", "STOPPED", "check"]

OK = 0
STOPPED = 8
EXCEPTIONS: Dict[int, Type[Exception]] = {
    1: ValueError,  # ARGUMENT
    2: MemoryError,
    3: OSError,  # FILE
    4: ValueError,  # FORMAT
    5: ValueError,  # DATA
    6: NotImplementedError,  # UNSUPPORTED
    7: RuntimeError,  # BACKEND
    9: FloatingPointError,  # DIVERGED
}


def check(status: int, error: Error) -> None:
    """Raise what a status means; 0 means nothing."""
    if status != OK:
        raise EXCEPTIONS.get(status, RuntimeError)(error.message.decode(errors="replace"))
