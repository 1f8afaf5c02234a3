#!/bin/bash
# --json: one object on stdout with the members that the help promises. Read with python3.
. "$(dirname "$0")/lib.sh"
if ! python3 -c 'import json' 2>/dev/null; then
    skip "json" "python3 is not there to read it"
    exit 77
fi

# NAME PYTHON-EXPRESSION about the object o, after a run.
expect_json() {
    expect_code "$1: exit code" 0
    [ "$(wc -l <out)" -eq 1 ] && ok "$1: one line" || fail "$1: one line" "$(cat out)"
    if python3 -c "import json; o = json.load(open('out')); assert ($2)" 2>python_error; then
        ok "$1"
    else
        fail "$1" "$(tail -n 1 python_error) in $(cat out)"
    fi
}

groups rows.npy 60
group_labels classes.npy 60

run fit rows.npy -k 3 -o model "${SMALL[@]}" --seed 7 --threads 2 --json --quiet --allow-collapse
expect_text "fit: stderr" err ""
expect_json "fit" 'set(o) == {"steps", "seconds", "loss", "clusters_in_use", "clusters", "largest_share", "collapsed",
    "model", "backend", "precision", "threads", "seed", "method", "preprocessing", "preprocessing_words", "confidence"} and o["method"] == "cludi" and o["preprocessing"] == "coordinates" and
    o["preprocessing_words"] == "coordinates, put on a sphere" and 1/3 <= o["confidence"] <= 1 and o["precision"] in ("f32", "bf16") and o["steps"] == 12 and o["clusters"] == 3 and o["seed"] == 7 and
    o["model"] == "model" and o["threads"] == 2 and o["backend"] in ("ref", "onednn") and o["collapsed"] is False and
    0 < o["largest_share"] <= 1 and isinstance(o["loss"], float)'
run fit rows.npy -k 3 -o model "${SMALL[@]}" --seed 7 --json --quiet --labels classes.npy --allow-collapse
expect_json "fit --labels" 'set(o["scores"]) == {"nmi", "ami", "ari", "acc", "rows", "classes", "clusters", "largest_share",
    "smallest_share"} and o["scores"]["rows"] == 60 and o["scores"]["classes"] == 3 and 0 <= o["scores"]["acc"] <= 1'
run fit rows.npy -k 3 -o large "${SMALL[@]}" --seed 18446744073709551615 --json --quiet --allow-collapse
expect_json "fit with the largest seed" 'o["seed"] == "18446744073709551615"'
run fit rows.npy -k 3 -o profiled "${SMALL[@]}" --json --quiet --allow-collapse --profile
expect_json "fit --profile" '[p["phase"] for p in o["profile"]] == ["setup", "data", "noise", "prepare", "teacher", "student",
    "loss", "backward", "update", "report"] and all(p["seconds"] >= 0 and p["processor_seconds"] >= 0 for p in o["profile"]) and
    0.5 * o["seconds"] <= sum(p["seconds"] for p in o["profile"]) <= o["seconds"]'
name=$(printf 'm\xff')
run fit rows.npy -k 3 -o "$name" "${SMALL[@]}" --json --quiet --allow-collapse
expect_json "a path that is not UTF-8" 'o["model"] == "m?"'

run fit rows.npy -k 3 -o kmeans --method kmeans --preprocessing directions --json --quiet
expect_json "fit --method kmeans" 'o["method"] == "kmeans" and o["confidence"] is None and o["preprocessing"] == "directions" and
    o["preprocessing_words"] == "mean taken away, scaled to norm 1"'
run info --json kmeans
expect_json "info of a kmeans model" 'o["method"] == "kmeans" and o["confidence"] is None and o["preprocessing"] == "directions"'

run predict model rows.npy -o labels.npy --json --quiet --draws 2 --adaptive
expect_json "predict --adaptive" '2 <= o["draws_per_row"] <= 64'
run predict model rows.npy -o labels.npy --json --quiet
expect_json "predict" 'set(o) == {"rows", "seconds", "rows_per_second", "draws_per_row", "cluster_sizes", "mean_confidence"} and
    o["rows"] == 60 and o["draws_per_row"] > 0 and len(o["cluster_sizes"]) == 3 and sum(o["cluster_sizes"]) == 60 and 1/3 <= o["mean_confidence"] <= 1.00001'
run eval classes.npy classes.npy --json
expect_json "eval" 'o["nmi"] == o["ami"] == o["ari"] == o["acc"] == 1 and o["rows"] == 60 and o["classes"] == 3 and
    o["clusters"] == 3 and abs(o["largest_share"] - 1/3) < 1e-9 and abs(o["smallest_share"] - 1/3) < 1e-9'
run info rows.npy --json
expect_json "info of an array" 'o == {"file": "rows.npy", "format": "npy", "bytes": 368, "dtype": "|i1", "shape": [60, 4],
    "order": "C"}'
run info --json model
expect_json "info of a model" 'set(o) == {"file", "format", "bytes", "features", "clusters", "parameters", "seed", "rows",
    "steps", "loss", "clusters_in_use", "largest_share", "config", "method", "preprocessing", "preprocessing_words",
    "confidence"} and o["method"] == "cludi" and o["preprocessing"] == o["config"]["preprocessing"] == "coordinates" and
    o["preprocessing_words"] == "coordinates, put on a sphere" and 1/3 <= o["confidence"] <= 1 and o["features"] == 4 and o["seed"] == 7 and
    o["config"]["embedding_dim"] == 8 and o["config"]["temperature"] == 0.1 and o["config"]["snr_weight"] == "max" and o["steps"] == 12'
"$CLUDI" fit --help | sed -n '/^Training:/,$p' | grep -oE '^  --[A-Za-z0-9-]+' | grep -vxE ' *--(seed|preset)' | tr -d ' ' | sed 's/^--//; y/-/_/' >names
run info --json model
expect_json "info has every parameter" 'set(o["config"]) == set(open("names").read().split())'
finish
