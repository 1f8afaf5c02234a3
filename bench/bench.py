#!/usr/bin/python3
"""Measures cludi. bench.py BUILD [part ...]

Parts, all by default: exact speed profile memory same quality quality_f32 paper knee kmeans vision. bench/README.md says what
each one measures. One JSON document goes to stdout and to BUILD/bench.json; progress and a readable table go to stderr."""
import argparse
import json
import os
import pathlib
import sys
import tempfile
import time

import table
from memory import memory, same
from quality import exact, kmeans, knee, paper, quality, quality_f32
from sampled_profile import sampled_profile
from speed import speed
from tools import Bench, Missing, machine, say
from vision import vision

PARTS = {"exact": exact, "speed": speed, "profile": sampled_profile, "memory": memory, "same": same, "quality": quality,
         "quality_f32": quality_f32, "paper": paper, "knee": knee, "kmeans": kmeans, "vision": vision}


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="the build folder, with the target `benches` built")
    parser.add_argument("parts", nargs="*", metavar="part", help=" ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="few repetitions: does everything work? The numbers mean nothing")
    parser.add_argument("--seeds", default="0 1 2 3 4", help='of quality and kmeans [%(default)s]')
    options = parser.parse_args()
    for name in options.parts:
        if name not in PARTS:
            parser.error(f'no part "{name}"; there are: {" ".join(PARTS)}')
    return options


def run_parts(bench, names, document):
    for name in names:
        say(f"== {name}")
        started = time.perf_counter()
        try:
            document["parts"][name] = PARTS[name](bench)
        except Missing as error:
            document["skipped"][name] = str(error)
            say(f"skipped: {error}")
        except RuntimeError as error:  # the other parts go on
            document["failed"][name] = str(error)
            say(f"failed: {error}")
        document["seconds"][name] = round(time.perf_counter() - started, 1)


def main():
    options = read_arguments()
    document = {"machine": machine(), "quick": options.quick, "verdicts": [], "parts": {}, "skipped": {}, "failed": {},
                "seconds": {}}
    with tempfile.TemporaryDirectory(prefix="cludi-bench-") as scratch:
        seeds = [int(seed) for seed in options.seeds.split()][:1 if options.quick else None]
        bench = Bench(options.build, scratch, options.quick, seeds)
        document["machine"]["cludi"] = bench.run([bench.build / "cludi", "--version"]).strip()
        run_parts(bench, options.parts or list(PARTS), document)
    document["machine"]["load_at_end"] = os.getloadavg()[0]
    document["verdicts"] = table.judge(document["parts"])
    path = pathlib.Path(options.build) / "bench.json"
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(document), flush=True)
    table.show(document)
    say(f"the document: {path}" + (" (--quick: the numbers mean nothing)" if options.quick else ""))
    return 1 if document["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
