#!/usr/bin/python3
"""Means and ratios for bench/run.sh: summary.py scores FILE (a JSON object a line), summary.py speed FILE (who name value)."""
import json
import statistics
import sys


def scores(lines):
    runs = [json.loads(line) for line in lines]
    for key in ("nmi", "ami", "ari", "acc"):
        values = [100 * run["scores"][key] for run in runs]
        spread = f" +- {statistics.stdev(values):.1f}" if len(values) > 1 else ""
        print(f"{key.upper():4s} {statistics.mean(values):.1f}{spread}   ({', '.join(f'{v:.1f}' for v in values)})")
    print(f"seconds per fit {statistics.mean(run['seconds'] for run in runs):.1f}")


def speed(lines):
    table = {}
    for line in lines:
        who, name, value = line.split()[:3]
        table.setdefault(name, {}).setdefault(who, []).append(float(value))
    for name in ("train_step_seconds", "predict_rows_per_second"):
        medians = {who: statistics.median(values) for who, values in table[name].items()}
        if len(medians) == 2:
            ratio = medians["cludi"] / medians["oracle"]
            faster = 1 / ratio if name.endswith("_seconds") else ratio
            print(f"{name}: cludi {medians['cludi']:.4g}, oracle {medians['oracle']:.4g}; {faster:.1f} times faster")
    ceiling = statistics.median(table["product_gflop_per_second"]["cludi"])
    over = statistics.median(table["train_step_over_ceiling"]["cludi"])
    print(f"products alone: {ceiling:.0f} GFLOP/s; a training step takes {over:.2f} times its products at that rate")


{"scores": scores, "speed": speed}[sys.argv[1]](open(sys.argv[2]))
