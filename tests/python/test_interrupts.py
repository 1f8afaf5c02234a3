"""Signals, threads, and progress. What has to be hit by a signal runs in a process of its own."""

import re
import sys
import threading
import time
import types

import numpy as np
import pytest

from cludi import CLUDI

LONG_FIT = """
import os, signal, sys, threading, time
import numpy as np
from cludi import CLUDI, _estimator
X = np.random.default_rng(0).normal(size=(4000, 64)) + np.repeat(np.arange(4) * 9, 1000)[:, None]
model = CLUDI(4, method="cludi", steps=10_000_000, init_runs=8)
trains, began = threading.Event(), time.monotonic()
show = _estimator._Losses.__call__

def tell(losses, now, messages):
    trains.set()
    return show(losses, now, messages)

_estimator._Losses.__call__ = tell
threading.Thread(target=lambda: (trains.wait(), os.kill(os.getpid(), signal.SIGINT)), daemon=True).start()
"""


def test_ctrl_c_stops_a_training(run_python):
    done = run_python(
        LONG_FIT
        + """
try:
    model.fit(X)
except KeyboardInterrupt:
    assert not hasattr(model, "model_")
    print("stopped", time.monotonic() - began < 1200)
"""
    )
    assert (done.stdout, done.stderr) == ("stopped True\n", "")


def test_an_exception_of_another_handler_gets_out(run_python):
    done = run_python(
        LONG_FIT
        + """
def too_long(number, frame):
    raise TimeoutError("too long")
signal.signal(signal.SIGINT, too_long)
try:
    model.fit(X)
except TimeoutError as error:
    print("stopped:", error)
"""
    )
    assert (done.stdout, done.stderr) == ("stopped: too long\n", "")


STORM = """
import os, signal, sys
import numpy as np
from cludi import CLUDI
STEPS = 40 if "CLUDI_FULL" in os.environ else 10
count = 0
def on_alarm(number, frame):
    global count
    count += 1
signal.signal(signal.SIGALRM, on_alarm)
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
X = np.random.default_rng(0).normal(size=(240, 64)) + np.repeat(np.arange(3) * 9, 80)[:, None]
model = CLUDI(3, method="cludi", steps=STEPS, init_runs=4, n_jobs=1, precision=sys.argv[1]).fit(X)
signal.setitimer(signal.ITIMER_REAL, 0)
plain = CLUDI(3, method="cludi", steps=STEPS, init_runs=4, n_jobs=1, precision=sys.argv[1]).fit(X)
print(count > 10, model.model_.to_bytes() == plain.model_.to_bytes())
"""


def test_handlers_have_a_stack_of_their_own(run_python):
    """oneDNN keeps numbers where a handler would have its frame."""
    done = run_python(STORM, "f32")
    assert (done.stdout, done.stderr, done.returncode) == ("True True\n", "", 0)


def test_the_thread_gets_its_own_stack_back():
    from cludi._signals import AlternateStack, _sigaltstack, _Stack
    import ctypes

    before, within, after = _Stack(), _Stack(), _Stack()
    _sigaltstack(None, ctypes.byref(before))
    with AlternateStack():
        _sigaltstack(None, ctypes.byref(within))
    _sigaltstack(None, ctypes.byref(after))
    assert within.flags == 0 and within.size >= 1 << 16
    assert (after.flags, after.sp) == (before.flags, before.sp)


def test_two_threads_predict_with_one_model(blobs, tiny):
    model = CLUDI(3, **tiny, n_jobs=1).fit(blobs[0])
    X = np.repeat(blobs[0], 50, axis=0)
    expected, answers = model.predict_proba(X), []
    threads = [threading.Thread(target=lambda: answers.append(model.predict_proba(X))) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(answers) == 4 and all((answer == expected).all() for answer in answers)


def test_two_threads_fit(blobs, tiny):
    models = [CLUDI(3, **tiny, random_state=seed) for seed in range(3)]
    threads = [threading.Thread(target=model.fit, args=(blobs[0],)) for model in models]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    for seed, model in enumerate(models):
        assert (model.probabilities_ == CLUDI(3, **tiny, random_state=seed).fit(blobs[0]).probabilities_).all()


def test_others_run_while_the_library_computes():
    X = np.random.default_rng(0).normal(size=(3000, 64)) + np.repeat(np.arange(3) * 9, 1000)[:, None]
    ticks, ends = [], []

    def tick():
        while not ends:
            ticks.append(time.monotonic())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    began = time.monotonic()
    CLUDI(3, method="cludi", steps=30, init_runs=4, n_jobs=1).fit(X)
    took = time.monotonic() - began
    ends.append(True)
    thread.join()
    assert max(np.diff(ticks)) < took / 3


def test_an_error_in_the_progress_is_raised(blobs, tiny, monkeypatch):
    from cludi import _estimator

    def fail(self, now, messages):
        raise OSError("no terminal")

    monkeypatch.setattr(_estimator._Losses, "__call__", fail)
    with pytest.raises(OSError, match="no terminal"):
        CLUDI(3, **tiny).fit(blobs[0])


def test_progress_in_lines(blobs, tiny, capsys, monkeypatch):
    from cludi import _progress

    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    monkeypatch.setattr(_progress, "LINE_EVERY", 0)
    CLUDI(3, **tiny, verbose=1).fit(blobs[0])
    out, err = capsys.readouterr()
    assert out == "" and re.search(r"^cludi: init (\d+)/\1, 0 s$", err, re.MULTILINE)
    assert "cludi: fit 20/20, loss " in err and ", 3 of 3 clusters, largest " in err
    CLUDI(3, **tiny, verbose=2).fit(blobs[0])
    assert "The first partition is " in capsys.readouterr().err
    CLUDI(3, **tiny).fit(blobs[0])
    assert capsys.readouterr() == ("", "")


def test_progress_as_a_bar(blobs, tiny, capsys, monkeypatch):
    from cludi import _progress

    bars = []

    class Bar:
        def __init__(self, **how):
            self.how, self.n, self.closed = how, 0, False
            bars.append(self)

        def set_postfix_str(self, text, refresh):
            self.text = text

        def update(self, more):
            self.n += more

        def close(self):
            self.closed = True

    monkeypatch.setitem(sys.modules, "tqdm.auto", types.SimpleNamespace(tqdm=Bar))
    monkeypatch.setattr(_progress, "BAR_EVERY", 0)
    CLUDI(3, **tiny, verbose=1).fit(blobs[0])
    assert [bar.how["desc"] for bar in bars][-2:] == ["cludi init", "cludi fit"]
    assert all(bar.closed and bar.n == bar.total for bar in bars)
    assert bars[-1].total == 20 and "3 of 3 clusters" in bars[-1].text
