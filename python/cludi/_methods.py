"""What the library says of its methods."""

import ctypes
import functools
import types
from itertools import count, takewhile
from typing import Any, Callable, Dict, List, Mapping, NamedTuple

from ._binding import lib
from ._config import TABLE
from ._errors import check
from ._structs import Error, MethodInfo


class Method(NamedTuple):
    """One method."""

    parameters: List[str]  # those that it uses, by Python's names
    has_embedding: bool


def _read(number: int) -> Method:
    info, error = MethodInfo(struct_size=ctypes.sizeof(MethodInfo)), Error()
    check(lib.cludi_method_get_info(number, ctypes.byref(info), ctypes.byref(error)), error)
    names = list(takewhile(bool, (info.parameters[i] for i in count()))) if info.parameters else None
    used = [p.name for p in TABLE if names is None or p.field.encode() in names]
    return Method(used, bool(info.has_embedding))


_NAMES = next(p.choices for p in TABLE if p.field == "method")
METHODS: Dict[str, Method] = {name: _read(number) for number, name in enumerate(_NAMES)}


def unused(parameters: Mapping[str, Any]) -> List[str]:
    """Names of the parameters that differ from their defaults and that their method does not use."""
    used = METHODS[parameters["method"]].parameters
    return [p.name for p in TABLE if p.name not in used and parameters[p.name] != p.default]


def user_of(names: List[str]) -> str:
    """The first method that uses them all."""
    return next(name for name, method in METHODS.items() if set(names) <= set(method.parameters))


class NoEmbedding(AttributeError, NotImplementedError):
    """The method has no embeddings: scikit-learn asks by hasattr(), people read the sentence."""


class OfEmbeddings:
    """An estimator's function that is there when its method has embeddings: that of its model, and before fit its parameter."""

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self._function = function

    def __get__(self, estimator: Any, kind: Any = None) -> Any:
        if estimator is None:
            return self._function
        trained = estimator.__dict__.get("model_")
        method = trained.parameters["method"] if trained else estimator.method
        if method in METHODS and not METHODS[method].has_embedding:
            raise NoEmbedding(f"method={method!r} has no embeddings; method='cludi' has.")
        return types.MethodType(self._function, estimator)
