#!/usr/bin/env python3
"""Figure 2: accuracy against the number of prediction draws, for clean and for corrupted rows.

usage: figure2.py DATA K LABELS OUT [--draws 1,2,4,8,16,32,64] [--seeds 10] [OPTION OF cludi fit...]

Trains one model (seed 0, or --seed S), OUT/model.safetensors, then predicts with each number of draws and each seed of
the prediction, DATA itself and a copy corrupted as in S7 of docs/theory.md: of the row scaled to norm 1 each component is
set to zero with probability 0.2, then noise of variance u/n is added to each, u ~ U(0.1, 0.3), one u per row; then the row
gets its norm back. Prints mean and standard deviation over the seeds, keeps every number in OUT/figure2.csv, draws
OUT/figure2.svg. The same command goes on where it was stopped.
"""

import argparse
import csv
import json
import os
import subprocess
import sys

import numpy as np

import cludi
import plot

PROGRAM = os.environ.get("CLUDI", "cludi")
DROP, LOW, HIGH = 0.2, 0.1, 0.3
FIELDS = ["rows", "draws", "seed", "acc", "nmi", "ari"]


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("K", type=int)
    parser.add_argument("labels", help="known classes of the rows")
    parser.add_argument("out", help="folder for the results")
    parser.add_argument("--draws", default="1,2,4,8,16,32,64", help="numbers of noise draws")
    parser.add_argument("--seeds", type=int, default=10, help="seeds of the prediction: 0, 1, ...")
    arguments, arguments.fit = parser.parse_known_args()
    arguments.draws = [int(B) for B in arguments.draws.split(",")]
    return arguments


def run(*words):
    subprocess.run([PROGRAM, *map(str, words)], check=True)


def keep_request(path, request):
    """A folder has the results of one model alone."""
    if os.path.exists(path):
        with open(path) as file:
            kept = json.load(file)
        if kept != request:
            sys.exit(f"figure2.py: {path}: the results are those of {kept}; wanted are {request}. Name another folder.")
    with open(path, "w") as file:
        json.dump(request, file)


def corrupt(rows, rng):
    """S7, with the norm of each row as it was."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    variance = rng.uniform(LOW, HIGH, (len(rows), 1)) / rows.shape[1]
    kept = rows / np.maximum(norms, np.finfo(np.float32).tiny) * (rng.random(rows.shape) >= DROP)
    return ((kept + rng.standard_normal(rows.shape) * np.sqrt(variance)) * norms).astype(np.float32)


def measure(model, rows, draws, seed, truth, out):
    labels = os.path.join(out, "labels.npy")
    run("predict", model, rows, "-o", labels, "--draws", draws, "--seed", seed, "--quiet")
    return cludi.metrics.scores(truth, np.load(labels))


def measure_all(arguments, model, inputs, truth):
    """The accuracies, {(name, draws): [one per seed]}; those in the CSV are not measured again."""
    path = os.path.join(arguments.out, "figure2.csv")
    done = {}
    if os.path.exists(path):
        with open(path, newline="") as file:
            done = {(r["rows"], int(r["draws"]), int(r["seed"])): float(r["acc"]) for r in csv.DictReader(file)}
    found = {}
    with open(path, "a", newline="") as file:
        writer = csv.writer(file)
        if file.tell() == 0:
            writer.writerow(FIELDS)
        for key in ((name, B, seed) for B in arguments.draws for name in inputs for seed in range(arguments.seeds)):
            if key not in done:
                scores = measure(model, inputs[key[0]], *key[1:], truth, arguments.out)
                writer.writerow([*key, scores.acc, scores.nmi, scores.ari])
                file.flush()
                done[key] = scores.acc
            found.setdefault(key[:2], []).append(100 * done[key])
    return found


def show(arguments, names, found):
    print("draws  " + "".join(f"{name + ' ACC (sd)':>20}" for name in names) + "       gap")
    means, spreads = {}, {}
    for name in names:
        columns = [found[name, B] for B in arguments.draws]
        means[name], spreads[name] = np.mean(columns, 1), np.std(columns, 1, ddof=min(1, arguments.seeds - 1))
    for i, B in enumerate(arguments.draws):
        cells = "".join(f"{f'{means[name][i]:.1f} ({spreads[name][i]:.2f})':>20}" for name in names)
        print(f"{B:7}  {cells}{means[names[0]][i] - means[names[1]][i]:10.1f}")
    lines = [plot.series(name, arguments.draws, means[name], spreads[name]) for name in names]
    path = os.path.join(arguments.out, "figure2.svg")
    title = f"{os.path.basename(arguments.data)}, K = {arguments.K}, one model"
    heading = f"Mean and standard deviation over {arguments.seeds} seeds of the prediction"
    plot.write(path, title, [plot.panel(heading, "B: noise draws averaged per row", "ACC (%)", lines, log_x=True)])
    print(f"The picture is {path}.")


def main():
    arguments = read_arguments()
    os.makedirs(arguments.out, exist_ok=True)
    keep_request(
        os.path.join(arguments.out, "request.json"),
        {"data": arguments.data, "K": arguments.K, "labels": arguments.labels, "fit": arguments.fit},
    )
    model = os.path.join(arguments.out, "model.safetensors")
    if not os.path.exists(model):
        run("fit", arguments.data, "-k", arguments.K, "-o", model, "--method", "cludi", "--resume", "--allow-collapse", *arguments.fit)
    corrupted = os.path.join(arguments.out, "corrupted.npy")
    np.save(corrupted, corrupt(cludi.read(arguments.data), np.random.default_rng(0)))
    inputs = {"clean": arguments.data, "corrupted": corrupted}
    found = measure_all(arguments, model, inputs, cludi.read_labels(arguments.labels))
    show(arguments, list(inputs), found)


if __name__ == "__main__":
    main()
