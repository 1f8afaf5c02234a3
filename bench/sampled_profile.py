"""Where a training spends its time, by samples of perf(1): which share is oneDNN's products, which is ours."""
import collections
import os
import pathlib
import re
import shutil
import subprocess

from tools import CLUSTERS, Missing, say

MALLOC = re.compile(r"malloc|calloc|realloc|free|_int_|memalign|sysmalloc|unlink_chunk")
PRODUCT = re.compile(r"brgemm_amx_uker|brgemm_kernel|gemm")  # the rest of oneDNN's generated code copies and packs

TEAM = re.compile(r"wait_for_loop|join_loop|open_loop|close_loop|take_pieces")  # src/base/parallel.c


def classify(place, symbol):
    if place.startswith(("[JIT]", "perf-", "//anon", "[anon")):
        is_product = PRODUCT.search(symbol) and "copy" not in symbol
        return "products (oneDNN's generated code)" if is_product else "oneDNN: packing, copies, tiles (generated code)"
    if "dnnl" in place:
        return "oneDNN: overhead (library code)"
    if place.startswith("[kernel") or place.startswith("[k"):
        return "operating system"
    if place.startswith(("libc.", "libc-", "ld-linux")):
        return "malloc and free" if MALLOC.search(symbol) else "C library: other"
    return "threads: waiting and starting" if TEAM.search(symbol) else name_ours(symbol)


def name_ours(symbol):
    """A function of cludi, without what compilers and instruction sets put behind its name."""
    name = re.sub(r"[.](constprop|isra|part|cold)[.0-9]*", "", symbol)
    name = re.sub(r"_(avx512|avx2|base)$", "", name)
    return "cludi: run (bias, SiLU, residual behind each product)" if name == "run" else f"cludi: {name}"


def parse(report):
    """Samples by class, and the process numbers that oneDNN wrote maps for."""
    shares, numbers = collections.Counter(), set()
    for line in report.splitlines():
        fields = [field.strip() for field in line.split("|")]
        if len(fields) < 3 or not fields[0].isdigit():
            continue
        place, symbol = fields[1], re.sub(r"^\[.\]\s*", "", fields[2])
        shares[classify(place, symbol)] += int(fields[0])
        numbers.update(re.findall(r"tid (\d+)|perf-(\d+)", place))
    return shares, {number for pair in numbers for number in pair if number}


def sample(bench, precision, threads):
    rows, record = bench.random_rows(bench.choose(65536, 2048)), bench.scratch / "perf.data"
    steps = bench.choose(300, 10)
    words = ["perf", "record", "-q", "-o", record, "-e", "cpu-clock", "-F", "997", "--", bench.build / "cludi", "fit", rows,
             "-k", CLUSTERS, "--method", "cludi", "-o", bench.scratch / "perf.model", "--quiet", "--allow-collapse", "--steps", steps,
             "--precision", precision, "--threads", threads]
    done = subprocess.run([str(word) for word in words], env={**os.environ, "DNNL_JIT_PROFILE": "2"}, capture_output=True,
                          text=True)
    if done.returncode != 0:
        raise Missing(f"perf record or the training failed: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
    report = bench.run(["perf", "report", "-q", "--stdio", "-i", record, "--sort", "dso,sym", "-F", "sample,dso,sym", "-t", "|"])
    shares, numbers = parse(report)
    for number in numbers:
        pathlib.Path(f"/tmp/perf-{number}.map").unlink(missing_ok=True)
    record.unlink()
    total = sum(shares.values())
    if total == 0:
        raise Missing("perf gave no samples")
    return {"steps": steps, "samples": total,
            "percent": {name: round(100 * count / total, 2) for name, count in shares.most_common() if count / total > 0.001}}


def sampled_profile(bench):
    if not shutil.which("perf"):
        raise Missing("perf is not installed (Debian package linux-perf)")
    found = {}
    for precision in bench.precisions:
        for threads in (1, 2):
            name = f"{precision}, {threads} thread{'s' if threads > 1 else ''}"
            say(f"profile: {name}")
            try:
                found[name] = sample(bench, precision, threads)
            except Missing as error:
                say(f"skipped: {name}: {error}")
    return found
