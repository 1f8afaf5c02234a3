#!/usr/bin/python3
"""What each part of the recipe of --method cludi is worth: scores and seconds with one part changed at a time, over seeds.

  recipe.py BUILD [--seeds 0 1 2 3 4]

Sets are those of data_sets.py, written to BUILD/sets. Labels are used for scores alone. As many fits run at a time as there are
processors, each with one thread: a model does not depend on that. One JSON document goes to BUILD/recipe.json and a
Markdown table to stdout. rivals.py compares the whole recipe with other methods."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

from data_sets import SETS

HERE = pathlib.Path(__file__).resolve().parent
SYSTEM_PYTHON = "/usr/bin/python3"  # Debian's Python sees Debian's sklearn
SCORES = ("nmi", "acc", "ari")
BALANCED, UNEVEN, PIXELS = "imagenet50", "imagenet50-imbalanced", "letters"
#   what is changed: (options, the sets that it is about)
PARTS = {
    "the recipe": ((), (BALANCED, UNEVEN, PIXELS)),
    "R4 R5: 300 steps on the start alone": (("--init-steps", 300, "--steps", 300), (BALANCED, PIXELS)),
    "R4: one run of plain k-means in the start": (("--init-runs", 1), (BALANCED,)),
    "R4 R5: no start, from noise": (("--init-runs", 0), (BALANCED,)),
    "R2 R3: no neighbors at all": (("--n-neighbors", 0), (BALANCED, PIXELS)),
    "R3: student sees its own row only": (("--neighbor-swap", 0), (BALANCED, PIXELS)),
    "R6: equal sizes": (("--cluster-sizes", "equal"), (BALANCED, UNEVEN)),
    "R1: rows to norm 1 alone": (("--preprocessing", "unit"), (BALANCED,)),
    "R1: mean taken away": (("--preprocessing", "directions"), (PIXELS,)),
}


class Job:
    """One run: a set, a changed part, a seed."""

    def __init__(self, given, name, what, seed, words):
        self.program, self.name, self.what, self.seed, self.words = given.build / "cludi", name, what, seed, words
        self.rows, self.labels = given.folder / f"{name}.npy", given.folder / f"{name}.labels.npy"

    def cludi(self, *words):
        done = subprocess.run([str(word) for word in (self.program, *words, "--json")], capture_output=True, text=True)
        if done.returncode not in (0, 4):
            raise RuntimeError(f"cludi {' '.join(map(str, words))}: {done.stderr.strip()[-500:]}")
        return json.loads(done.stdout)

    def run(self):
        with tempfile.TemporaryDirectory(prefix="cludi-recipe-") as scratch:
            found, model = pathlib.Path(scratch) / "found.npy", pathlib.Path(scratch) / "model"
            fit = self.cludi("fit", self.rows, "-k", SETS[self.name][1], "-o", model, "--method", "cludi", "--seed", self.seed,
                             "--threads", 1, "--quiet", *self.words)
            self.cludi("predict", model, self.rows, "-o", found, "--threads", 1, "--quiet")
            scores = self.cludi("eval", self.labels, found)
        return {"set": self.name, "what": self.what, "seed": self.seed, **{key: 100 * scores[key] for key in SCORES},
                **{key: fit[key] for key in ("seconds", "steps", "clusters_in_use")}}


def all_jobs(given, names):
    return [Job(given, name, what, seed, words) for name in names for what, (words, sets) in PARTS.items() if name in sets
            for seed in given.seeds]


def mean_and_spread(numbers):
    return statistics.mean(numbers), statistics.stdev(numbers) if len(numbers) > 1 else 0.0


def table(runs):
    print("| data | changed | NMI | ACC | ARI | seconds |\n|---|---|---|---|---|---|")
    for name, what in dict.fromkeys((run["set"], run["what"]) for run in runs):
        group = [run for run in runs if (run["set"], run["what"]) == (name, what)]
        cells = ["%.1f ± %.1f" % mean_and_spread([run[key] for run in group]) for key in SCORES]
        print(f"| {name} | {what} | {' | '.join(cells)} | {statistics.mean(run['seconds'] for run in group):.1f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--sets", nargs="+", default=[BALANCED, UNEVEN, PIXELS])
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="runs at a time [all processors]")
    given = parser.parse_args()
    given.folder = given.build / "sets"
    subprocess.run([SYSTEM_PYTHON, HERE / "data_sets.py", given.folder, *given.sets], stdout=sys.stderr, check=True)
    names = [name for name in given.sets if (given.folder / f"{name}.npy").exists()]
    runs = []
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        for run in pool.map(Job.run, all_jobs(given, names)):
            runs.append(run)
            print(json.dumps(run), file=sys.stderr, flush=True)
    (given.build / "recipe.json").write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")
    table(runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
