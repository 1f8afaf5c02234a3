"""A stack of its own for the handlers of signals that come while the library computes.

oneDNN's generated code keeps numbers below the stack pointer, where a handler on the same stack overwrites them. CPython (3.10
and later) asks for the alternate stack of the thread, but only faulthandler gives it one.
"""

import ctypes
import sys
import threading
from typing import Optional

SIZE = 1 << 16  # the registers of AVX-512 and AMX alone take 11 KiB


class _Stack(ctypes.Structure):
    """stack_t of Linux."""

    _fields_ = [("sp", ctypes.c_void_p), ("flags", ctypes.c_int), ("size", ctypes.c_size_t)]


class _Local(threading.local):
    def __init__(self) -> None:
        self.memory = ctypes.create_string_buffer(SIZE)
        self.stack = _Stack(ctypes.addressof(self.memory), 0, SIZE)


_sigaltstack = ctypes.PyDLL(None).sigaltstack if sys.platform == "linux" else None
_local = _Local()


class AlternateStack:
    """Within `with`, handlers of the calling thread run on a stack of their own; afterwards as before."""

    __slots__ = ("_before",)

    def __init__(self) -> None:
        self._before: Optional[_Stack] = None

    def __enter__(self) -> None:
        before = _Stack()
        if _sigaltstack is not None and _sigaltstack(ctypes.byref(_local.stack), ctypes.byref(before)) == 0:
            self._before = before

    def __exit__(self, *_: object) -> None:
        if _sigaltstack is not None and self._before:
            _sigaltstack(ctypes.byref(self._before), None)
