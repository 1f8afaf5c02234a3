"""What the Python package costs beside the library and the program. Prints a table.

usage: python_overhead.py PROGRAM [--rows M] [--features N] [--clusters K] [--steps S] [--repeats R]

CLUDI_LIBRARY names the library of the same build. Times are the least of the repeats, which take turns: on a machine that others
use, the least is what is nearest to the work itself. Fits run on one thread: several that wait for each other on a busy
machine take many times as long as they need.
"""

import argparse
import ctypes
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
CALLS = 2000
SCRIPT = """
import sys, time
import numpy as np
from cludi import CLUDI
X = np.load(sys.argv[1])
began = time.monotonic()
model = CLUDI(int(sys.argv[2]), method="cludi", steps=int(sys.argv[3]), n_jobs=1).fit(X)
print(time.monotonic() - began)
model.save(sys.argv[4])
"""


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    for name, default in (("rows", 2500), ("features", 384), ("clusters", 50), ("steps", 100), ("repeats", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    return parser.parse_args()


def measure(command, environment=None):
    """Wall-clock and processor seconds and peak memory (bytes) of a command, and what it printed."""
    began = time.monotonic()
    process = subprocess.Popen(list(map(str, command)), env=environment, stdout=subprocess.PIPE, text=True)
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed")
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, printed


def least(measurements):
    return tuple(min(m[i] for m in measurements) for i in range(3))


def compare_fit(arguments, folder):
    """The program's fit with its prediction (--labels), and the same through Python."""
    rng = np.random.default_rng(0)
    classes = np.arange(arguments.rows) % arguments.clusters
    centers = rng.normal(size=(arguments.clusters, arguments.features))
    data, labels = folder / "x.npy", folder / "y.npy"
    np.save(data, (centers[classes] + rng.normal(size=(arguments.rows, arguments.features))).astype(np.float32))
    np.save(labels, classes.astype(np.int32))
    sizes = [arguments.clusters, arguments.steps]
    program = [arguments.program, "fit", data, "-k", sizes[0], "--method", "cludi", "--steps", sizes[1], "-o", folder / "program", "--quiet", "--threads", 1]
    python = [sys.executable, "-c", SCRIPT, data, *sizes, folder / "python"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "python")}
    nothing = [sys.executable, "-c", "import numpy, cludi"]
    runs = [[], [], []]
    for _ in range(arguments.repeats):
        for found, command in zip(runs, ([*program, "--labels", labels, "--allow-collapse"], python, nothing)):
            found.append(measure(command, environment))
    same = (folder / "program").read_bytes() == (folder / "python").read_bytes()
    return least(runs[0]), least(runs[1]), least(runs[2]), min(float(run[3]) for run in runs[1]), same


def median_microseconds(call):
    times = []
    for _ in range(CALLS):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return 1e6 * float(np.median(times))


def call_overhead(method):
    """Microseconds of predict on one row, and of the library's call alone."""
    sys.path.insert(0, str(ROOT / "python"))
    import cludi
    from cludi._binding import lib
    from cludi._context import Context
    from cludi._rows import as_matrix
    from cludi._structs import Error, Prediction

    X = np.random.default_rng(0).normal(size=(90, 8)).astype(np.float32) + np.repeat([0, 20, 40], 30)[:, None].astype("f4")
    model = cludi.CLUDI(3, method=method, steps=5, hidden_dim=32, embedding_dim=8, init_runs=4, n_jobs=1, draws=1, denoise_steps=1).fit(X)
    row, labels, error, context = X[:1].copy(), np.empty(1, np.int32), Error(), Context(threads=1)
    out, view = Prediction(labels=labels.ctypes.data), as_matrix(row)
    words = context.handle, model.model_._handle, ctypes.byref(view), None, ctypes.byref(out), ctypes.byref(error)
    return median_microseconds(lambda: model.predict(row)), median_microseconds(lambda: lib.cludi_predict(*words))


def callback_cost():
    """Microseconds from the library into Python's progress and back, and as many for the way there from Python."""
    from cludi import _context, _estimator
    from cludi._structs import Progress

    heard, now = _context._Heard(), Progress(phase=b"fit", step=1, steps=2)
    watch = _context._watch(heard, _estimator._Losses(None))
    next(watch)
    return median_microseconds(lambda: _context._ON_PROGRESS(watch, ctypes.pointer(now)))


def main():
    arguments = read_arguments()
    print("| what | result |\n|---|---|")
    for method in ("kmeans", "cludi"):
        whole, alone = call_overhead(method)
        print(f"| predict, 1 row, {method}: whole; the library's call; between (us) | {whole:.0f}; {alone:.0f}; {whole - alone:.0f} |")
    print(f"| what Python does in each training step (us) | {callback_cost():.1f} |")
    with tempfile.TemporaryDirectory() as folder:
        program, python, nothing, inside, same = compare_fit(arguments, Path(folder))
    print(f"| fit: the program; Python's fit alone (s) | {program[0]:.2f}; {inside:.2f} ({inside / program[0] - 1:+.1%}) |")
    cpu = python[1] - nothing[1]
    print(f"| the same in processor time, less that of the import (s) | {program[1]:.2f}; {cpu:.2f} ({cpu / program[1] - 1:+.1%}) |")
    beyond = python[2] - nothing[2]
    print(f"| peak memory: the program; Python; of these NumPy and imports (MB) | {program[2] / 1e6:.0f}; {python[2] / 1e6:.0f}; "
          f"{nothing[2] / 1e6:.0f} ({beyond / program[2] - 1:+.1%} beyond them) |")  # fmt: skip
    print(f"| the same model, byte for byte | {'yes' if same else 'NO'} |")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
