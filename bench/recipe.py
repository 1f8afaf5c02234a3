#!/usr/bin/python3
"""How good the default clusters are, over data sets and seeds, beside what scikit-learn gives, and what each part of the
recipe is worth.

  recipe.py BUILD quality    cludi with no option but K and the seed, its k-means, and scikit-learn's k-means (best of
                             ten), spectral clustering and consensus of k-means, on each set; rows never seen
  recipe.py BUILD ablation   the recipe with one part changed at a time

Sets are those of data_sets.py, written to BUILD/sets. Labels are used for scores alone. As many fits run at a time as there are
processors, each with one thread: a model does not depend on that. One JSON document goes to BUILD/recipe-PART.json and a
Markdown table to stdout."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SYSTEM_PYTHON = "/usr/bin/python3"  # Debian's Python sees Debian's sklearn
SCORES = ("nmi", "acc", "ari")
QUALITY_SETS = ("imagenet50 imagenet50-imbalanced imagenet50-umap2 imagenet50-umap10 digits digits-careless digits-pca10 "
                "fashion-test fashion-hog letters letters-hog packages satellite breast-cancer vowel dna").split()
RIVALS = ("kmeans", "spectral", "consensus")
BALANCED, UNEVEN, PIXELS = "imagenet50", "imagenet50-imbalanced", "letters"
#   what is changed: (options, the sets that it is about)
PARTS = {
    "the recipe": ((), (BALANCED, UNEVEN, PIXELS)),
    "R4 R5: 300 steps on the start alone": (("--init-steps", 300, "--steps", 300), (BALANCED, PIXELS)),
    "R4: start from one k-means": (("--init-runs", 1), (BALANCED,)),
    "R4 R5: no start, from noise": (("--init-runs", 0), (BALANCED,)),
    "R2 R3: no neighbors at all": (("--n-neighbors", 0), (BALANCED, PIXELS)),
    "R3: student sees its own row only": (("--neighbor-swap", 0), (BALANCED, PIXELS)),
    "R6: equal sizes": (("--cluster-sizes", "equal"), (BALANCED, UNEVEN)),
    "R1: rows to norm 1 alone": (("--preprocessing", "unit"), (BALANCED,)),
    "R1: mean taken away": (("--preprocessing", "directions"), (PIXELS,)),
}
UNSEEN = "imagenet50, 1,000 rows never seen"


class Job:
    """One run: a set, a method, a seed."""

    def __init__(self, given, folder, name, what, seed, words=()):
        self.given, self.folder, self.name, self.what, self.seed, self.words = given, folder, name, what, seed, words
        self.rows, self.labels = folder / f"{name}.npy", folder / f"{name}.labels.npy"

    def call(self, *words, environment=None):
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True,
                              env={**os.environ, **(environment or {})})
        if done.returncode == 3:
            return None  # a rival that skips such data says so with 3
        if done.returncode not in (0, 4):
            raise RuntimeError(f"{' '.join(map(str, words))}: {done.stderr.strip()[-500:]}")
        return json.loads(done.stdout)

    def cludi(self, *words):
        return self.call(self.given.build / "cludi", *words, "--json")

    def fit(self, rows, clusters, model):
        return self.cludi("fit", rows, "-k", clusters, "-o", model, "--seed", self.seed, "--threads", 1, "--method", "cludi", "--quiet", *self.words)

    def score(self, labels, found):
        answer = self.cludi("eval", labels, found)
        return {key: 100 * answer[key] for key in SCORES}

    def run(self):
        with tempfile.TemporaryDirectory(prefix="cludi-recipe-") as scratch:
            scratch = pathlib.Path(scratch)
            return {"set": self.name, "what": self.what, "seed": self.seed, **(self.measure(scratch) or {})}

    def measure(self, scratch):
        found, model = scratch / "found.npy", scratch / "model"
        clusters = number_of_clusters(self.labels)
        if self.what in RIVALS:
            answer = self.call(SYSTEM_PYTHON, HERE / "baselines.py", self.rows, clusters, self.seed, self.what, found,
                               environment={"OPENBLAS_CORETYPE": "SKYLAKEX", "OMP_NUM_THREADS": "1"})
            return answer and {**self.score(self.labels, found), "seconds": answer["seconds"]}
        rows, labels, unseen, unseen_labels = self.rows, self.labels, self.rows, self.labels
        if self.name == UNSEEN:
            rows, labels, unseen, unseen_labels = split(self.folder, self.seed, scratch)
            clusters = 50
        answer = self.fit(rows, clusters, model)
        self.cludi("predict", model, unseen, "-o", found, "--threads", 1, "--quiet")
        return {**self.score(unseen_labels, found), "seconds": answer["seconds"], "steps": answer["steps"],
                "clusters_in_use": answer["clusters_in_use"]}


def number_of_clusters(labels):
    import numpy as np
    return int(np.load(labels).max()) + 1 if labels.exists() else 0


def split(folder, seed, scratch):
    """1,500 random rows of the ImageNet-50 features to fit on and the other 1,000."""
    import numpy as np
    rows, labels = np.load(folder / "imagenet50.npy"), np.load(folder / "imagenet50.labels.npy")
    order = np.random.default_rng(seed).permutation(len(rows))
    paths = [scratch / f"{name}.npy" for name in ("fit", "fit-labels", "unseen", "unseen-labels")]
    for path, array in zip(paths, (rows[order[:1500]], labels[order[:1500]], rows[order[1500:]], labels[order[1500:]])):
        np.save(path, array)
    return paths


def all_jobs(given, folder, names):
    if given.part == "ablation":
        return [Job(given, folder, name, what, seed, words) for name in names for what, (words, sets) in PARTS.items()
                if name in sets for seed in given.seeds]
    jobs = [Job(given, folder, name, what, seed, words) for name in names
            for what, words in (("cludi", ()), ("cludi --method kmeans", ("--method", "kmeans")), *((r, ()) for r in RIVALS))
            for seed in given.seeds]
    if "imagenet50" in names:
        jobs += [Job(given, folder, UNSEEN, what, seed, words) for seed in given.seeds
                 for what, words in (("cludi", ()), ("cludi --method kmeans", ("--method", "kmeans")))]
    return jobs


def mean_and_spread(numbers):
    return statistics.mean(numbers), statistics.stdev(numbers) if len(numbers) > 1 else 0.0


def table(runs):
    print("| data | method | NMI | ACC | ARI | seconds |\n|---|---|---|---|---|---|")
    for name, what in dict.fromkeys((run["set"], run["what"]) for run in runs):
        group = [run for run in runs if (run["set"], run["what"]) == (name, what) and "nmi" in run]
        cells = ["%.1f ± %.1f" % mean_and_spread([run[key] for run in group]) for key in SCORES] if group else ["-"] * 3
        seconds = "%.1f" % statistics.mean(run["seconds"] for run in group) if group else "skipped"
        print(f"| {name} | {what} | {' | '.join(cells)} | {seconds} |")


def judge(runs):
    """On each set and score: cludi less the best of scikit-learn's three; and less k-means alone."""
    print("\n| data | NMI | ACC | ARI: cludi less the best rival, in points | less scikit-learn's k-means |\n|---|---|---|---|---|")
    gains = []
    for name in dict.fromkeys(run["set"] for run in runs if run["set"] != UNSEEN):
        mean = {what: {key: statistics.mean(run[key] for run in runs if run["set"] == name and run["what"] == what and key in run)
                       for key in SCORES} for what in ("cludi", *RIVALS)
                if any(run["set"] == name and run["what"] == what and "nmi" in run for run in runs)}
        gain = [mean["cludi"][key] - max(mean[rival][key] for rival in RIVALS if rival in mean) for key in SCORES]
        least = min(mean["cludi"][key] - mean["kmeans"][key] for key in SCORES)
        gains += gain
        print(f"| {name} | " + " | ".join(f"{g:+.1f}" for g in gain) + f" | {least:+.1f} at least |")
    print(f"\nMean over all sets and scores: {statistics.mean(gains):+.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("part", choices=("quality", "ablation"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--sets", nargs="+")
    parser.add_argument("--folder", type=pathlib.Path, help="where the sets are [BUILD/sets]")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="runs at a time [all processors]")
    given = parser.parse_args()
    folder = given.folder or given.build / "sets"
    names = given.sets or (QUALITY_SETS if given.part == "quality" else (BALANCED, UNEVEN, PIXELS))
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([SYSTEM_PYTHON, HERE / "data_sets.py", folder, *names], stdout=sys.stderr, check=True)
    names = [name for name in names if (folder / f"{name}.npy").exists()]
    runs = []
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        for run in pool.map(Job.run, all_jobs(given, folder, names)):
            runs.append(run)
            print(json.dumps(run), file=sys.stderr, flush=True)
    (given.build / f"recipe-{given.part}.json").write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")
    table(runs)
    if given.part == "quality":
        judge(runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
