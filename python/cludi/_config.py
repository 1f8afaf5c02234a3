"""The library's table of parameters: defaults, bounds, and parameters of Python as a cludi_config."""

import ctypes
import keyword
from typing import Any, Dict, List, Mapping, NamedTuple, Tuple

from ._binding import PARAMS, Config, lib
from ._errors import check
from ._structs import Error

INT, REAL, CHOICE = range(3)


class Parameter(NamedTuple):
    """One row of the table, in Python's terms."""

    name: str  # in Python
    old_name: str  # in Python with cludi 0.1.0
    field: str  # in the library
    type: int
    default: Any
    low: float
    high: float
    choices: Tuple[str, ...]
    equation: str
    help: str


def _python_name(field: str) -> str:
    return field + "_" if keyword.iskeyword(field) else field


def _choices(param: Any) -> Tuple[str, ...]:
    return tuple(param.choices[i].decode() for i in range(int(param.max) + 1)) if param.type == CHOICE else ()


def _value(number: float, kind: int, choices: Tuple[str, ...]) -> Any:
    if kind == CHOICE:
        return choices[int(number)]
    return int(number) if kind == INT else float(number)


def _parameter(param: Any) -> Parameter:
    field, choices = param.name.decode(), _choices(param)
    default = _value(param.preset, param.type, choices)
    texts = param.equation.decode(), param.help.decode()
    old = _python_name(param.old_name.decode()) if param.old_name else _python_name(field)
    return Parameter(_python_name(field), old, field, param.type, default, param.min, param.max, choices, *texts)


TABLE: List[Parameter] = [_parameter(param) for param in PARAMS]


def as_text(value: Any) -> str:
    """A value as cludi_config_set() reads it: numbers to the last bit."""
    if isinstance(value, str):
        return value
    try:
        return repr(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError):
        return str(value)


def make(values: Mapping[str, Any]) -> Any:
    """A cludi_config with these values.

    Parameters
    ----------
    values : mapping
        Python's names of all parameters and their values.

    Raises
    ------
    ValueError
        A value is out of bounds, of the wrong type, or does not fit another.
    """
    config, error = Config(), Error()
    lib.cludi_config_init_sized(ctypes.byref(config), ctypes.sizeof(config))
    for p in TABLE:
        text = as_text(values[p.name]).encode()
        check(lib.cludi_config_set(ctypes.byref(config), p.field.encode(), text, ctypes.byref(error)), error)
    check(lib.cludi_config_check(ctypes.byref(config), ctypes.byref(error)), error)
    return config


def read(config: Any) -> Dict[str, Any]:
    """The values of a cludi_config by Python's names."""
    return {p.name: _value(getattr(config, p.field), p.type, p.choices) for p in TABLE}


def preset(name: str, n_clusters: int = 8) -> Dict[str, Any]:
    """A named set of parameters, to start from.

    Parameters
    ----------
    name : {"default", "paper"}
    n_clusters : int, default=8

    Returns
    -------
    dict
        Every parameter of :class:`cludi.CLUDI` that the method has, by name.

    Examples
    --------
    >>> import cludi
    >>> cludi.preset("paper")["logits"]
    'linear'
    >>> model = cludi.CLUDI(8, **cludi.preset("paper", 8))
    """
    config, error = Config(), Error()
    check(lib.cludi_config_preset_sized(
        ctypes.byref(config), ctypes.sizeof(config), name.encode(), n_clusters, ctypes.byref(error)
    ), error)
    return read(config)
