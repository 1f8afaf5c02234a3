"""Progress on stderr: a bar by tqdm where it is installed, else a line every few seconds."""

import sys
import time
from typing import Any, List, Optional

from ._structs import Progress

LINE_EVERY = 5.0  # seconds
BAR_EVERY = 0.1
UNITS = {"neighbors": "block", "init": "k-means", "fit": "step", "predict": "row", "embed": "image"}


def _facts(now: Progress) -> str:
    facts = [f"loss {now.loss:.4g}"] if now.loss > 0 else []
    if now.clusters_in_use > 0:
        facts += [f"{now.clusters_in_use} of {now.clusters} clusters", f"largest {100 * now.largest_share:.1f} %"]
    if now.confidence > 0:
        facts.append(f"confidence {now.confidence:.2f}")
    return ", ".join(facts)


def _find_tqdm() -> Any:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    return tqdm


class ProgressView:
    """What verbose=1 shows of a training. With verbose=2 also the library's messages."""

    def __init__(self, verbose: int) -> None:
        self._verbose = verbose
        self._tqdm = _find_tqdm()
        self._bar: Any = None
        self._phase: Optional[bytes] = None
        self._shown_at = time.monotonic()

    def __call__(self, now: Progress, messages: List[str]) -> None:
        if self._verbose > 1:
            for text in messages:
                print(f"cludi: {text}", file=sys.stderr)
        is_due = time.monotonic() - self._shown_at >= (BAR_EVERY if self._tqdm else LINE_EVERY)
        if is_due or (now.step == now.steps and now.phase_name == self._phase):
            self._shown_at = time.monotonic()
            (self._show_bar if self._tqdm else self._show_line)(now)

    def _show_line(self, now: Progress) -> None:
        self._phase = now.phase_name
        facts = ", ".join(filter(None, [f"{now.phase_name.decode()} {now.step}/{now.steps}", _facts(now)]))
        print(f"cludi: {facts}, {now.seconds:.0f} s", file=sys.stderr)

    def _show_bar(self, now: Progress) -> None:
        if now.phase_name != self._phase:
            self.close()
            self._phase = now.phase_name
            name = now.phase_name.decode()
            self._bar = self._tqdm(desc=f"cludi {name}", unit=" " + UNITS.get(name, "it"), file=sys.stderr)
        self._bar.total = now.steps
        self._bar.set_postfix_str(_facts(now), refresh=False)
        self._bar.update(now.step - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
