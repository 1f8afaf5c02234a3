#!/usr/bin/python3
"""cludi and what people use instead, on each data set in one run: NMI, ACC, ARI and processor seconds of one thread; for
methods with probabilities also how well these tell errors (scores.py), and for those that label new rows the same on rows never seen.

  rivals.py BUILD [--sets NAME...] [--methods NAME...] [--judged fitted unseen] [--seeds 0 1 2 3 4] [--table]

Sets are rows of the table in data_sets.py, methods functions of rival_methods.py; those from PyPI are at the versions of
requirements.txt, in BUILD/rivals. Labels are for scores, and for each method's best setting on each set (a favor to the others: cludi
has no settings here). What is done stays in BUILD/rivals.csv, one line for each set, method, setting and seed: the same command
goes on from there. Then a Markdown table goes to stdout; --table prints it from what there is.

Unseen: the method is fitted to 60 % of the rows, drawn with the seed, and judged on the others."""
import argparse
import csv
import io
import json
import os
import pathlib
import subprocess
import sys

import rivals_table
from data_sets import SETS
from tools import say

HERE = pathlib.Path(__file__).resolve().parent
SYSTEM_PYTHON = "/usr/bin/python3"  # Debian's Python sees Debian's packages
FIELDS = "set judged method setting seed nmi acc ari clusters cpu_seconds acc80 acc95 area ece".split()
KEY = ("set", "judged", "method", "seed")
DEFAULT_SETS = ("imagenet50 imagenet50-imbalanced imagenet50-umap2 imagenet50-umap10 digits digits-careless digits-pca10 letters letters-hog "
                "characters-hog fashion-test fashion-hog packages satellite letter-recognition breast-cancer iris wine vowel dna blobs moons "
                "circles uneven-blobs uneven-blobs-50 spheres-200").split()


class Results:
    """The lines of the file, and which jobs they are of."""

    def __init__(self, path):
        self.path, self.rows, self.done = path, [], set()
        lines = path.read_text(encoding="utf-8").splitlines(True) if path.exists() else []
        whole = [line for line in lines if line.endswith("\n")]  # the last one may be torn
        if not whole or len(whole) < len(lines):
            path.write_text("".join(whole) or ",".join(FIELDS) + "\n", encoding="utf-8")
        self.know(csv.DictReader(whole))

    def know(self, rows):
        rows = list(rows)
        self.rows += rows
        self.done |= {tuple(row[key] for key in KEY) for row in rows}

    def is_done(self, name, judged, method, seed):
        return (name, judged, method, str(seed)) in self.done

    def add(self, rows):
        """All of a job in one write: a job is there with all its settings or not at all."""
        text = io.StringIO()
        rows = [{key: f"{value:.4f}" if isinstance(value, float) else str(value) for key, value in row.items()} for row in rows]
        rows = [{**dict.fromkeys(FIELDS, ""), **row} for row in rows]
        csv.DictWriter(text, FIELDS, lineterminator="\n").writerows(rows)
        with open(self.path, "ab", buffering=0) as file:
            file.write(text.getvalue().encode())
        self.know(rows)


def make_python(build):
    """The Python with what requirements.txt names; Debian's where that cannot be had."""
    folder = build / "rivals"
    python, marker, wanted = folder / "bin" / "python", folder / "requirements.txt", (HERE / "requirements.txt").read_text()
    if marker.exists() and marker.read_text() == wanted:
        return python
    say(f"installing {HERE / 'requirements.txt'} in {folder}")
    try:
        subprocess.run([SYSTEM_PYTHON, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", HERE / "requirements.txt"], check=True)
    except (subprocess.CalledProcessError, FileNotFoundError):
        say("PyPI was not reached, or has them no more: Debian's versions take part, and what Debian lacks does not")
        return SYSTEM_PYTHON
    marker.write_text(wanted)
    return python


def run_some(python, given, results, method, jobs):
    """Jobs of one method in one process, so that what is compiled at a first call serves all; how many got an answer."""
    words = [python, HERE / "rival_methods.py", given.build, given.folder, method]
    environment = {**os.environ, "OPENBLAS_CORETYPE": "SKYLAKEX"} if python == SYSTEM_PYTHON else None
    child = subprocess.Popen([str(word) for word in words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    count = 0
    with child:
        child.stdin.write("".join(f"{name} {judged} {seed}\n" for name, judged, seed in jobs))
        child.stdin.close()
        for (name, judged, seed), line in zip(jobs, child.stdout):
            tell(results, f"{name:22} {judged:7} {method:17} {seed} ", json.loads(line))
            count += 1
    return count


def tell(results, what, answer):
    if "skipped" in answer:
        say(f"{what} skipped: {answer['skipped']}")
        return
    results.add(answer)
    best = max(answer, key=rivals_table.mean_score)
    say(f"{what} {best['nmi']:5.1f} {best['acc']:5.1f} {best['ari']:5.1f}  {best['cpu_seconds']:7.1f} s  {best['setting']}")


def run_all(python, given, results):
    known = json.loads(subprocess.run([python, HERE / "rival_methods.py"], check=True, capture_output=True, text=True).stdout)
    if set(given.methods or ()) - set(known):
        sys.exit(f"rivals.py: methods are: {' '.join(known)}")
    for method in given.methods or known:
        jobs = [(name, judged, seed) for name in given.sets for judged in given.judged for seed in given.seeds
                if (judged == "fitted" or known[method]) and not results.is_done(name, judged, method, seed)]
        while jobs:
            count = run_some(python, given, results, method, jobs)
            if count < len(jobs):
                say(f"{' '.join(map(str, jobs[count]))} {method}: the process died; left out")
            jobs = jobs[count + 1:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("--sets", nargs="+", default=DEFAULT_SETS, choices=SETS, metavar="NAME")
    parser.add_argument("--methods", nargs="+", metavar="NAME", help="of rival_methods.py [all]")
    parser.add_argument("--judged", nargs="+", default=["fitted", "unseen"], choices=["fitted", "unseen"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--table", action="store_true", help="run nothing")
    given = parser.parse_args()
    given.folder = given.build / "sets"
    results = Results(given.build / "rivals.csv")
    if not given.table:
        python = make_python(given.build)
        subprocess.run([SYSTEM_PYTHON, HERE / "data_sets.py", given.folder, *given.sets], stdout=sys.stderr, check=True)
        given.sets = [name for name in given.sets if (given.folder / f"{name}.labels.npy").exists()]
        run_all(python, given, results)
    rows = sorted((row for row in results.rows if row["set"] in given.sets), key=lambda row: given.sets.index(row["set"]))
    text = rivals_table.text(rows)
    (given.build / "rivals.md").write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
