"""Warnings that point at the line of the caller, however deep in the package they arise."""

import sys
import warnings
from typing import Type

PACKAGE = __name__.partition(".")[0]


def warn(text: str, category: Type[Warning] = UserWarning) -> None:
    frame, level = sys._getframe(1), 2
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == PACKAGE:
        frame, level = frame.f_back, level + 1
    warnings.warn(text, category, stacklevel=level)
