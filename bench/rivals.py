#!/usr/bin/env python3
"""Scores and time of every method of `cludi fit --method`, beside one another.

    python3 bench/rivals.py FEATURES LABELS K [--methods ...] [--seeds 5] [--threads 1] [--json OUT]
    python3 bench/rivals.py FEATURES LABELS K --step

Prints a Markdown table: mean and standard deviation of NMI, ACC and ARI over the seeds, and the mean time of a fit. With --step the
milliseconds of a training step of each rival, beside those of cludi's student (all but the teacher, from --profile).
"""
import argparse
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
METHODS = ("cludi", "kmeans", "self-classifier", "temi", "scan", "tsp")


def fit(options, method, *words):
    with tempfile.TemporaryDirectory() as folder:
        command = [options.cludi, "fit", options.features, "-k", options.clusters, "-o", f"{folder}/model", "--method", method,
                   "--threads", options.threads, "--allow-collapse", "--quiet", "--json", *words]
        return json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout)


def spread(numbers):
    return f"{statistics.mean(numbers):.1f} ({statistics.stdev(numbers) if len(numbers) > 1 else 0:.1f})"


def print_scores(options):
    print("| method | NMI | ACC | ARI | seconds |\n|---|---|---|---|---|")
    found = {}
    for method in options.methods:
        runs = found[method] = [fit(options, method, "--seed", seed, "--labels", options.labels) for seed in range(options.seeds)]
        scores = [spread([100 * run["scores"][key] for run in runs]) for key in ("nmi", "acc", "ari")]
        print("|", method, "|", " | ".join(scores), "|", spread([run["seconds"] for run in runs]), "|", flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps(found, indent=1) + "\n")


def per_step(options, method, few, many):
    """The preparation is the same in both."""
    times = [min(fit(options, method, "--steps", steps)["seconds"] for _ in range(3)) for steps in (few, many)]
    return 1000 * (times[1] - times[0]) / (many - few)


def print_steps(options):
    answer = fit(options, "cludi", "--steps", 100, "--starts", 0, "--profile")
    student = sum(part["seconds"] for part in answer["profile"] if part["phase"] not in ("setup", "teacher"))
    print(f"| method | ms per step |\n|---|---|\n| cludi, student | {1000 * student / answer['steps']:.1f} |", flush=True)
    for method in options.methods:
        if method not in ("cludi", "kmeans"):
            print(f"| {method} | {per_step(options, method, 20, 220):.1f} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("features")
    parser.add_argument("labels")
    parser.add_argument("clusters", type=int)
    parser.add_argument("--methods", nargs="+", default=METHODS, choices=METHODS)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cludi", default=HERE.parent / "build" / "cludi")
    parser.add_argument("--json")
    parser.add_argument("--step", action="store_true")
    arguments = parser.parse_args()
    (print_steps if arguments.step else print_scores)(arguments)
