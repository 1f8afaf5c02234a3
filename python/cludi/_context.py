"""One call into the library: its context, its callbacks, and what interrupts it.

The callbacks are functions that CPython has in C. A handler of a signal that came while the library computed runs when Python
code runs next; were that a callback written in Python, an exception of the handler (KeyboardInterrupt) would arise before its
first line, where nobody can catch it, and ctypes would drop it. So progress goes to the `send` of a generator, which catches
what arises within it; so does the question whether to stop, which comes ten times a second; and messages go into a dict.
"""

import ctypes
import types
from typing import Any, Callable, Dict, Generator, List, Optional, Tuple

from ._binding import lib
from ._errors import OK, STOPPED, check
from ._signals import AlternateStack
from ._structs import LOG_FN, PROGRESS_FN, STOP_FN, ContextOptions, Error, LogLevel, Progress
from ._warnings import warn

Show = Callable[[Progress, List[str]], None]  # progress, and messages since the last

_ON_PROGRESS = PROGRESS_FN(types.GeneratorType.send)
_ON_STOP = STOP_FN(types.GeneratorType.__next__)
_ON_MESSAGE = LOG_FN(dict.__setitem__)
WARNING = 1


class _Heard:
    """What came through the callbacks of one context."""

    def __init__(self) -> None:
        self.messages: Dict[LogLevel, bytes] = {}
        self.warnings: List[str] = []
        self.raised: Optional[BaseException] = None

    def take_messages(self) -> List[str]:
        texts = []
        for level in list(self.messages):
            text = self.messages.pop(level).decode(errors="replace")
            texts.append(text)
            if level.value == WARNING:
                self.warnings.append(text)
        return texts

    def take_warnings(self) -> List[str]:
        self.take_messages()
        texts, self.warnings = self.warnings, []
        return texts


def _watch(heard: _Heard, show: Optional[Show]) -> Generator[int, Any, None]:
    """Takes one progress after the other, or None; its answer is not 0 when the call is to stop."""
    answer = 0
    while True:
        try:
            progress = yield answer
            if show and progress is not None:
                show(progress.contents, heard.take_messages())
        except GeneratorExit:
            return
        except BaseException as error:  # KeyboardInterrupt above all
            heard.raised = heard.raised or error
            answer = 1


class Context:
    """A cludi_context, for one call at a time."""

    def __init__(
        self, seed: int = 0, threads: int = 0, backend: str = "auto", precision: str = "auto", show: Optional[Show] = None
    ) -> None:
        self.handle = ctypes.c_void_p()
        self.seed = seed
        self._owned: List[Tuple[Callable[[Any], None], Any]] = []
        self._heard = _Heard()
        self._watch = _watch(self._heard, show)  # does not know this object: a cycle would keep the library's memory
        next(self._watch)
        options, error = ContextOptions(), Error()
        lib.cludi_context_options_init_sized(ctypes.byref(options), ctypes.sizeof(options))
        options.seed, options.threads = seed, threads
        options.backend, options.precision = backend.encode(), precision.encode()
        options.log, options.log_user = _ON_MESSAGE, id(self._heard.messages)
        options.progress, options.progress_user = _ON_PROGRESS, id(self._watch)
        options.stop, options.stop_user = _ON_STOP, id(self._watch)
        check(lib.cludi_context_new(ctypes.byref(options), ctypes.byref(self.handle), ctypes.byref(error)), error)

    def __del__(self, free: Callable[[Any], None] = lib.cludi_context_free) -> None:
        while self._owned:
            free_owned, handle = self._owned.pop()
            free_owned(handle)
        free(self.handle)

    def own(self, free: Callable[[Any], None], handle: Any) -> None:
        """Free what needs this context before it: garbage is collected in any order, so what is owned has no __del__."""
        self._owned.append((free, handle))

    def run(self, function: Callable[..., int], *arguments: Any) -> None:
        """Call function(context, *arguments, error), pass on what the library warned of, and raise what it fails with, or what
        its callbacks raised."""
        error = Error()
        with AlternateStack():
            status = function(self.handle, *arguments, ctypes.byref(error))
        raised, self._heard.raised = self._heard.raised, None
        if raised and status in (OK, STOPPED):
            raise raised
        for text in self._heard.take_warnings():
            warn(text)
        check(status, error)

    @property
    def backend(self) -> str:
        return str(lib.cludi_context_backend(self.handle).decode())

    @property
    def precision(self) -> str:
        return str(lib.cludi_context_precision(self.handle).decode())
