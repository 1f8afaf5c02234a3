"""What the parts of the bench share: where things are, running programs, statistics."""
import functools
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

FEATURES, CLUSTERS = 384, 50  # the shapes of bench/settings.h
RIVAL = "/usr/bin/python3"  # Debian's Python sees Debian's torch, sklearn and faiss
# OpenBLAS 0.3.21 does not know newer processors and falls back to kernels four times slower.
BLAS_KERNELS = ("SKYLAKEX", "COOPERLAKE")

COLLAPSE_IS_FINE = (0, 4)  # exit codes: a bench reports a collapse and does not judge it


def say(text=""):
    """Progress and tables; stdout is for the document alone."""
    print(text, file=sys.stderr, flush=True)


class Missing(Exception):
    """What a part needs is not on this machine: the part is skipped with this message."""


class Bench:
    def __init__(self, build, scratch, quick, seeds):
        self.build, self.scratch = pathlib.Path(build).resolve(), pathlib.Path(scratch)
        self.quick, self.seeds = quick, seeds
        self.here = pathlib.Path(__file__).resolve().parent
        shared = self.here.parent.parent / "shared"
        self.oracle = shared / "reference" / "cludi_reference.py"
        self.vit_oracle = shared / "reference" / "vit_reference.py"
        self.features = shared / "data" / "imagenet50_val_dino_vits16.npy"
        self.labels = shared / "data" / "imagenet50_val_labels.npy"

    def choose(self, full, quick):
        return quick if self.quick else full

    def run(self, command, environment=None, accept=(0,)):
        """A program's output; Missing when it says (with 3) that this machine lacks something."""
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, cwd=self.here.parent,
                              env={**os.environ, **(environment or {})})
        if done.returncode == 3:
            raise Missing(done.stderr.strip().splitlines()[-1])
        if done.returncode not in accept:
            raise RuntimeError(f"{' '.join(map(str, command))}: exit code {done.returncode}\n"
                               f"{(done.stdout + done.stderr)[-2000:]}")
        return done.stdout

    def program(self, name, **options):
        """A bench program's JSON."""
        words = [word for key, value in options.items() for word in (f"--{key.replace('_', '-')}", value)]
        text = self.run([self.build / name, *words])
        return json.loads(text) if text else None

    def cludi(self, *words):
        """The JSON of a command of the program."""
        return json.loads(self.run([self.build / "cludi", *words, "--json"], accept=COLLAPSE_IS_FINE))

    def fit(self, data, model, *words):
        return self.cludi("fit", data, "-k", CLUSTERS, "-o", model, "--method", "cludi", "--quiet", *words)

    def predict(self, model, data, out, *words):
        return self.cludi("predict", model, data, "-o", out, "--quiet", *words)

    def scores(self, predicted):
        """NMI, ACC and ARI in percent against the classes of the ImageNet-50 features."""
        found = self.cludi("eval", self.labels, predicted)
        return {key: round(100 * found[key], 2) for key in ("nmi", "acc", "ari")}

    @functools.cached_property
    def precisions(self):
        """Those that this machine has."""
        found = []
        for name in ("f32", "bf16"):
            try:
                self.program("bench_predict", precision=name, rows=256)
                found.append(name)
            except Missing as error:
                say(f"skipped: precision {name}: {error}")
        return found

    def needs_features(self):
        if not self.features.exists():
            raise Missing(f"{self.features} is not there")

    def random_rows(self, rows):
        """A .npy of so many random rows; made once."""
        path = self.scratch / f"rows-{rows}.npy"
        if not path.exists():
            self.program("bench_rows", rows=rows, output=path)
        return path

    def peak(self, words):
        """JSON, seconds and peak memory (bytes) of a command of the program, start to end."""
        answer = self.scratch / "answer.json"
        started = time.perf_counter()
        with open(answer, "w", encoding="utf-8") as out:
            child = subprocess.Popen([str(self.build / "cludi"), *map(str, words), "--quiet", "--json"], stdout=out)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in COLLAPSE_IS_FINE:
            raise RuntimeError(f"cludi {' '.join(map(str, words))}: exit code {child.returncode}")
        return {"seconds": round(time.perf_counter() - started, 2), "peak_bytes": usage.ru_maxrss * 1024,
                "answer": json.loads(answer.read_text())}


def summary(numbers, digits=6):
    return {"median": round(statistics.median(numbers), digits), "least": round(min(numbers), digits),
            "most": round(max(numbers), digits), "count": len(numbers)}


def mean_and_deviation(numbers):
    deviation = statistics.stdev(numbers) if len(numbers) > 1 else 0.0
    return {"mean": round(statistics.mean(numbers), 2), "deviation": round(deviation, 2), "all": numbers}


def blas(kernels):
    return {"OPENBLAS_CORETYPE": kernels}


def git(*words):
    done = subprocess.run(["git", *words], capture_output=True, text=True, cwd=pathlib.Path(__file__).parent)
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def package_version(name):
    try:
        done = subprocess.run(["dpkg-query", "-W", "-f=${Version}", name], capture_output=True, text=True)
    except FileNotFoundError:
        return "unknown"
    return done.stdout.strip() if done.returncode == 0 and done.stdout else "not installed"


def machine():
    cpu = open("/proc/cpuinfo", encoding="utf-8").read()
    field = lambda name: next((line.split(":", 1)[1].strip() for line in cpu.splitlines() if line.startswith(name)), "?")
    wanted = ("avx2", "avx512f", "avx512_bf16", "amx_bf16")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"processor": field("model name"), "processors": os.cpu_count(), "memory_bytes": memory,
            "instructions": [word for word in wanted if word in field("flags").split()],
            "system": " ".join(os.uname()[:1] + os.uname()[2:3]), "load_at_start": os.getloadavg()[0],
            "commit": git("describe", "--always", "--dirty"), "libdnnl": package_version("libdnnl2"),
            "python3-torch": package_version("python3-torch"), "libopenblas0-pthread": package_version("libopenblas0-pthread")}
