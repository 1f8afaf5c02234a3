#!/usr/bin/env python3
"""table.py [OUT]: Tables 1 and 2 in Markdown: published.csv, beside what `cludi compare` left in OUT/NAME/compare.json.

NMI / ACC / ARI in percent, mean over the seeds; below, each method that was run, with its standard deviation. Needs Python
alone.
"""

import csv
import glob
import json
import os
import sys

MISSING = "data not available here: run `experiments/table1.sh DIR`"
SCORES = ("nmi", "acc", "ari")
# The published column that a method of ours stands beside.
COLUMNS = {
    "cludi": "CLUDI S/16",
    "temi": "TEMI B/16",
    "self-classifier": "Self-Classifier* B/16",
    "tsp": "TSP B/16",
    "scan": "SCAN",
}


def read_published():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "published.csv"), newline="") as file:
        return list(csv.DictReader(file))


def read_here(out):
    """{data set: its compare.json}"""
    here = {}
    for path in sorted(glob.glob(os.path.join(out, "*", "compare.json"))):
        with open(path) as file:
            here[os.path.basename(os.path.dirname(path))] = json.load(file)
    return here


def settings_of(results):
    return {setting["parameters"]["method"]: setting for setting in results["settings"]}


def percent(setting, key):
    return " / ".join("-" if setting[name][key] is None else f"{100 * setting[name][key]:.1f}" for name in SCORES)


def spaced(text):
    return text.replace("/", " / ")


def print_row(cells):
    print("| " + " | ".join(cells) + " |")


def print_head(names):
    print_row(names)
    print("|" + "---|" * len(names))


def print_published(published, here):
    names = [name for name in published[0] if name not in ("data", "K")]
    print_head(["data (K)", *names, "CLUDI here"])
    for row in published:
        setting = settings_of(here[row["data"]]).get("cludi") if row["data"] in here else None
        ours = percent(setting, "mean") if setting else MISSING
        data = f"{row['data']} ({row['K']})" if row["K"] else row["data"]
        print_row([data, *(spaced(row[name]) for name in names), f"**{ours}**" if setting else ours])


def print_here(published, here):
    rows = {row["data"]: row for row in published}
    for data, results in here.items():
        print(f"\n{data}, {results['rows']} x {results['features']}, K = {results['clusters']}:\n")
        print_head(["method", "published", "here, mean", "standard deviation", "seeds", "time"])
        for method, setting in settings_of(results).items():
            column = COLUMNS.get(method)
            known = rows[data][column] if data in rows and column else ""
            shown = f"{spaced(known)} ({column})" if known else ""
            seconds = f"{setting['seconds']['mean']:.0f} s" if setting["seconds"]["runs"] else ""
            spread = percent(setting, "sd") if setting["nmi"]["runs"] > 1 else ""
            print_row([method, shown, percent(setting, "mean"), spread, str(setting["nmi"]["runs"]), seconds])


def main():
    published, here = read_published(), read_here(sys.argv[1] if len(sys.argv) > 1 else "table1")
    print_published(published, here)
    print_here(published, here)


if __name__ == "__main__":
    main()
