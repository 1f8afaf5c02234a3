"""What 'cludi plan' predicts beside what is then measured: plan_check.py PROGRAM [FASHION-IDX.gz] [CASE ...]

Each case runs plan, fit and predict one after the other, ROUNDS times (3), and prints predicted / measured for the time and
the peak memory of each command, medians of the rounds. Exit 1 when a ratio of memory is off by more than 25 %, or one of time
on a quiet machine: one where the rounds differ by less than 15 %.
"""
import array
import json
import os
import random
import statistics
import struct
import subprocess
import sys
import tempfile
import time

BOUND = 0.25  # of every ratio
QUIET = 1.15  # slowest round / fastest round
ROUNDS = int(os.environ.get("ROUNDS", "3"))
PIECE = 1 << 20  # numbers written at a time: this program stays small, as a child starts with its parent's peak memory

CASES = {  # name: rows, columns, options of plan and fit
    "default": (20000, 384, "-k 50"),
    "default, rows in the file": (100000, 64, "-k 10 --memory 20M"),
    "default, many clusters": (5000, 384, "-k 200"),
    "default, few rows": (500, 32, "-k 5"),
    "features": (20000, 384, "-k 50 --method cludi --steps 100"),
    "many rows": (200000, 128, "-k 10 --method cludi --steps 60 --draws 1 --denoise-steps 1"),
    "rows in the file": (100000, 64, "-k 10 --method cludi --steps 60 --memory 20M"),
    "one thread": (20000, 384, "-k 50 --method cludi --steps 80 --threads 1"),
    "float32": (20000, 384, "-k 50 --method cludi --steps 80 --precision f32"),
    "few rows": (500, 32, "-k 5 --method cludi --steps 100 --batch-size 64"),
    "two kinds of steps": (20000, 384, "-k 50 --method scan --epochs 20"),
    "many heads": (20000, 384, "-k 50 --method temi --epochs 8"),
    "perceptrons": (20000, 384, "-k 50 --method tsp --epochs 8"),
    "zipped": (10000, 784, "-k 10 --method cludi --epochs 2.5"),
}


def write_rows(path, rows, cols, source):
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }" % (rows, cols)
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + header.ljust(117).encode() + b"\n")
        for left in range(rows * cols, 0, -PIECE):
            array.array("f", array.array("b", source.randbytes(min(left, PIECE)))).tofile(file)


def write_zipped(path, rows, cols, source):
    """IDX of bytes of which half are zero, as in drawings, packed by gzip."""
    keep = bytes(b if b > 127 else 0 for b in range(256))
    with open(path, "wb") as file:
        zipper = subprocess.Popen(["gzip", "-c"], stdin=subprocess.PIPE, stdout=file)
        zipper.stdin.write(struct.pack(">BBBBII", 0, 0, 8, 2, rows, cols))
        for left in range(rows * cols, 0, -PIECE):
            zipper.stdin.write(source.randbytes(min(left, PIECE)).translate(keep))
        zipper.stdin.close()
        if zipper.wait() != 0:
            sys.exit("gzip failed")


def measure(command):
    """Seconds and peak bytes of a command that has to end with 0."""
    start = time.monotonic()
    quiet = [(os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)]
    process = os.posix_spawn(command[0], command, os.environ, file_actions=quiet)
    _, status, usage = os.wait4(process, 0)
    if status != 0:
        sys.exit("failed: " + " ".join(command))
    return time.monotonic() - start, usage.ru_maxrss * 1024


def run_round(program, data, options, folder):
    """{what: (predicted, measured)}"""
    model, labels = os.path.join(folder, "model"), os.path.join(folder, "labels.npy")
    plan = json.loads(subprocess.run([program, "plan", data, "--json", *options], check=True, capture_output=True).stdout)
    fit = measure([program, "fit", data, "-o", model, "--quiet", "--allow-collapse", *options])
    threads = [word for i, word in enumerate(options) if {"--threads", "--precision"} & {word, options[i - 1]}]
    predict = measure([program, "predict", model, data, "-o", labels, "--quiet", *threads])
    return {
        "fit time": (plan["fit"]["seconds"], fit[0]),
        "fit memory": (plan["fit"]["peak_memory"], fit[1]),
        "predict time": (plan["predict"]["seconds"], predict[0]),
        "predict memory": (plan["predict"]["peak_memory"], predict[1]),
    }


def compare(name, rounds):
    """Prints a line for each thing measured. True when none is off."""
    good = True
    for what in rounds[0]:
        predicted, measured = zip(*(one[what] for one in rounds))
        ratio = statistics.median(p / m for p, m in zip(predicted, measured))
        quiet = len(rounds) > 2 and max(max(x) / min(x) for x in (predicted, measured)) < QUIET
        is_memory = "memory" in what
        scale, unit = (1e6, "MB") if is_memory else (1, "s")
        off = abs(ratio - 1) > BOUND
        bad = off and (is_memory or quiet)
        note = "OFF" if bad else "off, but the machine is busy" if off else "" if is_memory or quiet else "busy machine"
        print("%-26s%-15s predicted %8.2f  measured %8.2f %-3s ratio %.2f  (%s) %s" % (
            name, what, statistics.median(predicted) / scale, statistics.median(measured) / scale, unit, ratio,
            " ".join("%.2f" % (p / m) for p, m in zip(predicted, measured)), note), flush=True)
        good = good and not bad
    return good


def main():
    program, words = os.path.realpath(sys.argv[1]), sys.argv[2:]
    fashion = words.pop(0) if words and words[0].endswith(".gz") else None
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for name in words or CASES:
            rows, cols, options = CASES[name]
            data = os.path.join(folder, "data")
            if name != "zipped":
                write_rows(data, rows, cols, random.Random(1))
            elif fashion:
                data = fashion
            else:
                write_zipped(data, rows, cols, random.Random(1))
            good &= compare(name, [run_round(program, data, options.split(), folder) for _ in range(ROUNDS)])
    sys.exit(0 if good else 1)


main()
