"""Line plots drawn by the library: the structs of include/cludi/report.h, field by field in the same order."""

import ctypes
import os
from ctypes import POINTER, c_char_p, c_double, c_int32, c_int64, c_uint32

from cludi._binding import lib
from cludi._context import Context


class _Series(ctypes.Structure):
    _fields_ = [
        ("name", c_char_p),
        ("x", POINTER(c_double)),
        ("y", POINTER(c_double)),
        ("spread", POINTER(c_double)),
        ("points", c_int64),
        ("joined", c_int32),
    ]


class _Panel(ctypes.Structure):
    _fields_ = [
        ("title", c_char_p),
        ("x_label", c_char_p),
        ("y_label", c_char_p),
        ("x_names", POINTER(c_char_p)),
        ("x_name_count", c_int32),
        ("log_x", c_int32),
        ("series", POINTER(_Series)),
        ("series_count", c_int32),
    ]


class _Plot(ctypes.Structure):
    _fields_ = [("struct_size", c_uint32), ("title", c_char_p), ("panels", POINTER(_Panel)), ("panel_count", c_int32)]


def _numbers(values):
    return (c_double * len(values))(*values)


def series(name, x, y, spread=None):
    """A line through the points (x, y); spread is half of the height of the error bars."""
    bars = _numbers(spread) if spread is not None else None
    return _Series(name.encode() if name else None, _numbers(x), _numbers(y), bars, len(x), 1)


def panel(title, x_label, y_label, lines, log_x=False):
    names = title.encode(), x_label.encode(), y_label.encode()
    return _Panel(*names, None, 0, log_x, (_Series * len(lines))(*lines), len(lines))


def write(path, title, panels):
    plot = _Plot(ctypes.sizeof(_Plot), title.encode(), (_Panel * len(panels))(*panels), len(panels))
    Context().run(lib.cludi_plot_write, os.fsencode(path), ctypes.byref(plot))
