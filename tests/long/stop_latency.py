"""Stops cludi at many moments of every command and phase: how long after the signal does it end, and with which code?

usage: stop_latency.py PROGRAM FOLDER [CASE...]

A case is a command line and the seconds within which signals come, from its start or from when it has told of a step.
CLUDI_STOPS: moments of each case (default 10).
Prints for each case the longest time from the signal to the end, and the processor time taken in it: on a machine that
others use, only both together are cludi's fault."""
import os
import signal
import subprocess
import sys
import time

import numpy

PROGRAM, FOLDER, WANTED = os.path.realpath(sys.argv[1]), sys.argv[2], sys.argv[3:]
MOMENTS = int(os.environ.get("CLUDI_STOPS", "10"))
LONGEST, LONGEST_PROCESSOR = 2.0, 1.0  # seconds
TICK = os.sysconf("SC_CLK_TCK")
SMALL = "--hidden-dim 16 --embedding-dim 8 --batch-size 16 --views 2 --teacher-steps 2 --draws 2 --steps 12".split()
os.chdir(FOLDER)
signal.signal(signal.SIGINT, signal.default_int_handler)  # else jobs in the background ignore it, and cludi with them
numbers = numpy.random.default_rng(0)


def blobs(name, rows, cols):
    """Rows around 50 centers, written a piece at a time."""
    centers = numbers.standard_normal((50, cols), dtype=numpy.float32)
    out = numpy.lib.format.open_memmap(name, mode="w+", dtype=numpy.float32, shape=(rows, cols))
    for i in range(0, rows, 65536):
        own = numbers.integers(50, size=min(65536, rows - i))
        out[i : i + len(own)] = centers[own] + numbers.standard_normal((len(own), cols), dtype=numpy.float32)
    return out


def make_data():
    big = blobs("big.npy", 1000000, 384)
    numpy.save("fortran.npy", numpy.asfortranarray(big[:250000]))
    numpy.savez_compressed("zipped.npz", X=big[:50000])
    with open("rows.csv", "w") as out:
        numpy.savetxt(out, big[:40000], fmt="%.7g", delimiter=",")
    numpy.save("some.npy", big[:16384])
    numpy.save("many.npy", big[:200000, :64])
    numpy.save("truth.npy", numbers.integers(3000, size=2000000).astype(numpy.int32))
    numpy.save("labels.npy", numbers.integers(2000, size=2000000).astype(numpy.int32))
    numpy.save("classes.npy", numbers.integers(2000, size=200000).astype(numpy.int32))
    subprocess.run([PROGRAM, "fit", "some.npy", "-k", "50", "-o", "model", "--method", "cludi", "--init-runs", "1", "--n-neighbors", "0",
                    "--steps", "2", "--quiet"], check=True)
    subprocess.run([PROGRAM, "fit", "big.npy", "-k", "50", "-o", "small", "--method", "cludi", "--init-runs", "1", "--n-neighbors", "0",
                    *SMALL, "--quiet", "--allow-collapse"], check=True)
    subprocess.run([PROGRAM, "fit", "some.npy", "-k", "2000", "-o", "kmodel", "--method", "kmeans", "--quiet"],
                   check=True)


FIT = ["fit", "-o", "out", "--method", "cludi", "-k", "50"]
SLOW = ["--backend", "ref", "--threads", "1"]
TRAIN = FIT + ["some.npy", "--init-runs", "0", "--n-neighbors", "0"]
STEP = "fit: "  # "fit: 3/at most 2048, ...": there is a model, and a checkpoint, to be written
# name: seconds to wait before signals come, or what is to be told before; seconds in which they come; arguments
CASES = {
    "read .npy": (0, 3, FIT + ["big.npy"]),
    "read .npy in Fortran order": (0, 4, FIT + ["fortran.npy"]),
    "read deflated .npz": (0, 1, FIT + ["zipped.npz"]),
    "read CSV": (0, 2, FIT + ["rows.csv"]),
    "fingerprints": (2, 8, FIT + ["big.npy", "--init-runs", "0"]),
    "fingerprints, from the file": (0, 10, FIT + ["big.npy", "--memory", "1M"]),
    "neighbor check and neighbors of the sample": (0.1, 4, FIT + ["some.npy"]),
    "neighbor check and neighbors, ref": (0.1, 20, FIT + ["some.npy"] + SLOW),
    "neighbors by cells": (0.5, 10, FIT + ["many.npy", "--init-runs", "0"]),
    "neighbors by cells, ref": (0.5, 20, FIT + ["many.npy", "--init-runs", "0"] + SLOW),
    "start, K 2000": (3, 30, FIT[:-1] + ["2000", "some.npy", "--init-runs", "24"]),
    "last k-means of the start": (2, 10, FIT[:-1] + ["500", "some.npy", "--init-runs", "1"]),
    "start, K 500, ref": (2, 30, FIT[:-1] + ["500", "some.npy", "--init-runs", "2", "--n-neighbors", "2"] + SLOW),
    "training": (4, 12, FIT + ["some.npy", "--init-runs", "1", "--steps", "2000"]),
    "training, N 8192 B 8": (4, 60, FIT + ["some.npy", "--init-runs", "1", "--init-steps", "1", "--batch-size", "8192", "--views", "8"]),
    "memory of a network, w 2048": (0, 4, TRAIN + ["--hidden-dim", "2048"] + SLOW),
    "training, w 2048, ref": (10, 60, TRAIN + ["--hidden-dim", "2048"] + SLOW),
    "760 MB to write": (STEP, 5, TRAIN + ["--hidden-dim", "2048", "--batch-size", "16", "--views", "2"] + SLOW),
    "labels after training": (0, 12, FIT + ["many.npy", "--init-runs", "0", "--n-neighbors", "0", *SMALL, "--labels",
                                            "classes.npy", "-k", "3000", "--allow-collapse"]),
    "predict": (0, 20, ["predict", "model", "some.npy", "-o", "out"]),
    "predict, 8 samples of 8 steps": (0, 20, ["predict", "model", "big.npy", "-o", "out", "--draws", "8",
                                              "--denoise-steps", "8"]),
    "predict, 1000 steps, ref": (0, 20, ["predict", "model", "some.npy", "-o", "out", "--denoise-steps", "1000"] + SLOW),
    "predict of k-means": (0, 10, ["predict", "kmodel", "big.npy", "-o", "out", "--proba", "proba"]),
    "predict of k-means, ref": (0, 20, ["predict", "kmodel", "big.npy", "-o", "out"] + SLOW),
    "k-means": (0, 30, ["fit", "big.npy", "-k", "50", "--method", "kmeans", "-o", "out"]),
    "k-means, K 2000, ref": (0, 30, ["fit", "some.npy", "-k", "2000", "--method", "kmeans", "-o", "out"] + SLOW),
    "discriminant": (0, 20, ["fit", "some.npy", "-k", "50", "-o", "out"]),
    "discriminant, K 500, ref": (0, 30, ["fit", "some.npy", "-k", "500", "-o", "out"] + SLOW),
    "verify": (0, 6, ["verify", "small", "big.npy"]),
    "plan": (0, 10, ["plan", "big.npy", "-k", "50", "--method", "cludi"]),
    "plan, N 8192 B 8": (0, 60, ["plan", "some.npy", "-k", "50", "--method", "cludi", "--batch-size", "8192", "--views", "8"]),
    "eval": (0, 8, ["eval", "truth.npy", "labels.npy"]),
}


def processor_time(process):
    with open(f"/proc/{process.pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def wait_until_told(process, words):
    while process.poll() is None:
        if words in open("err").read():
            return
        time.sleep(0.05)


def stop(arguments, words, moment, number):
    """Exit code, seconds and processor seconds after the signal; None if the program was quicker."""
    with open("err", "w") as err:
        process = subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.DEVNULL, stderr=err)
        try:
            wait_until_told(process, words)
            process.wait(moment)
            return None
        except subprocess.TimeoutExpired:
            before, began = processor_time(process), time.monotonic()
            process.send_signal(number)
            _, status, usage = os.wait4(process.pid, 0)
            code = os.waitstatus_to_exitcode(status)
            process.returncode = code
            took = time.monotonic() - began
            return code if code >= 0 else 128 - code, took, usage.ru_utime + usage.ru_stime - before


def try_case(name, first, span, arguments):
    worst, done, bad = (0, 0, 0, ""), 0, []
    words, first = (first, 0) if isinstance(first, str) else ("", first)
    for i in range(MOMENTS):
        moment = first + 0.05 + span * (i + 0.5 * (i % 2)) / MOMENTS
        number, wanted = (signal.SIGINT, 130) if i % 2 else (signal.SIGTERM, 143)
        for rest in ("out", "out.partial", "out.checkpoint"):
            if os.path.exists(rest):
                os.remove(rest)
        found = stop(arguments, words, moment, number)
        if found is None:
            break
        code, took, processor = found
        done += 1
        last = (open("err").read().splitlines() or [""])[-1]
        if words == STEP and "Stopped after" not in last:
            bad.append(f"after {moment:.1f} s nothing was kept: {last}")
        if code not in (wanted, 0, 4):
            bad.append(f"code {code} after {moment:.1f} s: {last}")
        if took >= LONGEST and processor >= LONGEST_PROCESSOR:
            bad.append(f"{took:.1f} s ({processor:.1f} s of processor) after {moment:.1f} s: {last}")
        if took > worst[0]:
            worst = took, processor, moment, last
    if done == 0:
        bad.append("it ended before the first signal: " + open("err").read()[:200])
    print(f"{name:38} {done:3} stops, at most {worst[0]:6.2f} s ({worst[1]:.2f} s of processor), "
          f"after {worst[2]:.1f} s: {worst[3][:70]}", flush=True)
    for line in bad:
        print(f"FAIL {name}: {line}", flush=True)
    return not bad


if not os.path.exists("made"):
    make_data()
    open("made", "w").close()
results = [try_case(name, *case) for name, case in CASES.items() if not WANTED or name in WANTED]
sys.exit(0 if all(results) else 1)
