"""The names that parameters had in cludi 0.1.0: still accepted, with a FutureWarning."""

import warnings
from typing import Any, Dict, Mapping

from . import _config

OLD_NAMES: Dict[str, str] = {p.old_name: p.name for p in _config.TABLE if p.old_name != p.name}


def renamed(values: Mapping[str, Any], stacklevel: int = 3) -> Dict[str, Any]:
    """These keyword arguments by today's names.

    Raises
    ------
    TypeError
        A parameter is there by both of its names.
    """
    found: Dict[str, Any] = {}
    for name, value in values.items():
        new = OLD_NAMES.get(name, name)
        if new in found or (new != name and new in values):
            raise TypeError(f"{name} is the old name of {new}; give one of them.")
        if new != name:
            warnings.warn(f"{name} is now called {new}; the old name will go.", FutureWarning, stacklevel=stacklevel)
        found[new] = value
    return found
