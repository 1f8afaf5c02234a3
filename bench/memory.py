"""A million rows: peak memory, rates, and equal bytes; and the short check that models do not depend on threads."""
import hashlib
import os
import shutil

from tools import CLUSTERS, FEATURES, Missing, say

GIB = 1 << 30


def digest(path):
    sha = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            sha.update(block)
    return sha.hexdigest()


def compare_models(bench, data, steps):
    """Digests of the models of 1 and 2 threads in both precisions."""
    found = {}
    for precision in bench.precisions:
        digests = {}
        for threads in (1, 2):
            model = bench.scratch / "same.model"
            bench.fit(data, model, "--steps", steps, "--precision", precision, "--threads", threads)
            digests[threads] = digest(model)
        found[precision] = {"steps": steps, "sha256_1_thread": digests[1],
                            "sha256_2_threads": digests[2], "identical": digests[1] == digests[2]}
    return found


def same(bench):
    bench.needs_features()
    return compare_models(bench, bench.features, bench.choose(60, 5))


def free_memory():
    fields = dict(line.split(":", 1) for line in open("/proc/meminfo", encoding="utf-8"))
    return 1024 * int(fields["MemAvailable"].split()[0])


def check_room(bench):
    disk = shutil.disk_usage(bench.scratch).free
    if disk < 4 * GIB or free_memory() < 4 * GIB:
        raise Missing(f"a million rows need 4 GiB of disk and of memory; {bench.scratch} has {disk / GIB:.1f} GiB, "
                      f"free memory is {free_memory() / GIB:.1f} GiB")


def memory(bench):
    check_room(bench)
    rows = bench.choose(1_000_000, 20_000)
    say(f"memory: writing {rows} x {FEATURES} rows")
    data, model, other = bench.random_rows(rows), bench.scratch / "million.model", bench.scratch / "other.model"
    length = bench.choose(("--epochs", 1), ("--steps", 10))
    base = ["fit", data, "-k", CLUSTERS, "--method", "cludi", *length]
    found = {"rows": rows, "data_bytes": 4 * rows * FEATURES, "input_block_bytes": 64 << 20}
    try:
        say("memory: fit, rows in memory")
        found["fit"] = bench.peak([*base, "-o", model])
        say("memory: fit --memory 200M, rows in the file")
        found["fit_from_file"] = bench.peak([*base, "--memory", "200M" if not bench.quick else "2M", "-o", other])
        found["fit_from_file"]["same_model"] = digest(model) == digest(other)
        say("memory: predict")
        found["predict"] = bench.peak(["predict", model, data, "-o", bench.scratch / "labels.npy"])
        say("memory: models of 1 and 2 threads")
        found["threads"] = compare_models(bench, data, bench.choose(200, 3))
    finally:
        os.unlink(data)
    for run in (found["fit"], found["fit_from_file"]):
        run["rows_per_second"] = round(256 * run["answer"]["steps"] / run["seconds"], 1)
    found["predict"]["rows_per_second"] = round(rows / found["predict"]["seconds"], 1)
    found["predict"]["answer"].pop("cluster_sizes")
    return found
