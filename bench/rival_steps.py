#!/usr/bin/env python3
"""Time of a training step of every rival, beside that of cludi's student half. Their scores: cludi compare.

    python3 bench/rival_steps.py FEATURES K [--threads 2] [--rounds 3]

Prints a Markdown table: the least milliseconds of a step over the rounds, in which all methods take turns. cludi's student half is a
step without set-up and teacher, from --profile; a rival's step is the difference of two trainings, over that of their steps.
"""
import argparse
import json
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
RIVALS = ("self-classifier", "temi", "scan", "tsp", "turtle")
FEW, MANY = 20, 220


def fit(options, method, *words):
    with tempfile.TemporaryDirectory() as folder:
        command = [options.cludi, "fit", options.features, "-k", options.clusters, "-o", f"{folder}/model", "--method", method,
                   "--threads", options.threads, "--allow-collapse", "--quiet", "--json", *words]
        return json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout)


def student_step(options):
    answer = fit(options, "cludi", "--steps", 100, "--init-runs", 0, "--profile")
    student = sum(part["seconds"] for part in answer["profile"] if part["phase"] not in ("setup", "teacher"))
    return 1000 * student / answer["steps"]


def rival_step(options, method):
    """The preparation is the same in both."""
    few, many = (fit(options, method, "--steps", steps)["seconds"] for steps in (FEW, MANY))
    return 1000 * (many - few) / (MANY - FEW)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("features")
    parser.add_argument("clusters", type=int)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cludi", default=HERE.parent / "build" / "cludi")
    options = parser.parse_args()
    rounds = [[student_step(options)] + [rival_step(options, method) for method in RIVALS] for _ in range(options.rounds)]
    print("| method | ms per step |\n|---|---|")
    for name, times in zip(("cludi, student half", *RIVALS), zip(*rounds)):
        print(f"| {name} | {min(times):.1f} |")


if __name__ == "__main__":
    main()
