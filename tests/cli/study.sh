# What the tests of compare and sweep share; sourced after lib.sh.

# What differs from run to run: times and memory; and the order of JSON is kept.
mask() { # FILE
    sed -E 's/("(fit_|processor_)?seconds"|"peak_bytes"|"mean"|"sd"|"threads"|"jobs"): [^,]+/\1: X/' "$1"
}

# Of a table the columns of time and memory.
mask_table() { sed -E 's/[0-9.:]+ s? +[0-9.]+ [kMG]B/TIME MEMORY/' "$1"; }

# Of a CSV what is not time or memory: the last five columns are steps, three times and the peak.
mask_csv() { sed -E 's/(,[^,]*){4}$//' "$1"; }

# NAME FOLDER COMMAND: JSON and CSV say the same, and the means are those of the runs.
expect_consistent() {
    if ! command -v python3 >/dev/null; then
        skip "$1" "no python3"
        return
    fi
    python3 - "$2/$3" <<'END' && ok "$1" || fail "$1" "$2/$3.json and .csv differ"
import csv, json, statistics, sys
results = json.load(open(sys.argv[1] + ".json"))
rows = list(csv.DictReader(open(sys.argv[1] + ".csv")))
assert len(rows) == len(results["runs"]), "runs"
def same(text, value):
    return text == "" if value is None else text == value if isinstance(value, str) else abs(float(text) - value) < 1e-12 * max(1, abs(value))
for row, run in zip(rows, results["runs"]):
    flat = {**run["parameters"], **{key: run[key] for key in run if key not in ("parameters", "name", "error")}}
    assert set(row) == set(flat), set(row) ^ set(flat)
    for key in row:
        assert same(row[key], flat[key]), (key, row[key], flat[key])
for setting in results["settings"]:
    runs = [run for run in results["runs"] if run["parameters"] == setting["parameters"]]
    assert setting["done"] + setting["collapsed"] + setting["failed"] == len(runs)
    for key in ("nmi", "silhouette", "stability", "confidence", "seconds", "peak_bytes"):
        known = [run[key] for run in runs if run[key] is not None]
        assert setting[key]["runs"] == len(known), key
        assert not known or abs(setting[key]["mean"] - statistics.mean(known)) < 1e-9 * max(1, abs(statistics.mean(known))), key
        if len(known) > 1 and key != "stability":
            assert abs(setting[key]["sd"] - statistics.stdev(known)) < 1e-6 * max(1, statistics.stdev(known)), key
END
}

# FOLDER COUNT: waits until $program has done so many runs there.
wait_for_runs() {
    has_runs() { [ "$(find "$1/runs" -name '[^.]*.json' | wc -l)" -ge "$2" ]; }
    wait_until "$program" has_runs "$1" "$2"
}
