#!/bin/bash
# --also: features of the same rows from several files, for turtle: fit, predict and verify; the same bytes however the rows come; what is
# refused. noasan: trains 8 times; api_spaces has the sanitizers.
. "$(dirname "$0")/lib.sh"
groups rows.npy 60
group_labels classes.npy 60
# Each row twice, side by side.
for ((i = 0; i < 60; i++)); do
    tail -c +$((129 + 4 * i)) rows.npy | head -c 4
    tail -c +$((129 + 4 * i)) rows.npy | head -c 4
done | npy others.npy '|i1' '(60, 8)'
groups short.npy 40
how=(--method turtle --preprocessing directions --seed 7 --quiet)

run fit rows.npy --also others.npy -k 3 -o model "${how[@]}" --steps 100 --labels classes.npy --json
expect_code "fit" 0
expect_words "fit" out '"method": "turtle"' '"clusters_in_use": 3'
run predict model rows.npy --also others.npy -o labels.npy --quiet --json
expect_words "predict" out '"rows": 60'
run verify model rows.npy --also others.npy
expect_code "verify" 0
run predict model rows.npy -o labels.npy
expect_code "predict without --also: exit code" 1
expect_words "predict without --also" err 'cludi: "rows.npy": X has 4 columns; the model was trained on 12.'

run fit rows.npy --also others.npy -k 3 -o model "${how[@]}" --steps 10 --threads 1
for options in "--threads 2" "--memory 1"; do
    # shellcheck disable=SC2086
    run fit rows.npy --also others.npy -k 3 -o other "${how[@]}" --steps 10 $options
    expect_same "$options: the same model" other model
done

run fit rows.npy --also short.npy -k 3 -o none "${how[@]}"
expect_code "other rows: exit code" 1
expect_words "other rows" err 'cludi: "short.npy" has 40 rows, but "rows.npy" has 60; files of the same rows are wanted.'
run fit rows.npy --also missing.npy -k 3 -o none "${how[@]}"
expect_code "no file: exit code" 1
expect_words "no file" err 'missing.npy'
run fit rows.npy --also others.npy -k 3 -o none --quiet
expect_code "another method: exit code" 1
expect_words "another method" err 'cludi: The method discriminant takes one space of features, not 2.'
expect_missing "no model" none
expect_usage "five files" fit rows.npy -k 3 -o none --also a --also b --also c --also d -- \
    "--also was given 4 times; 3 files more are taken at most. Try 'cludi fit --help'."
cp others.npy kept.npy
run fit rows.npy --also others.npy -k 3 -o others.npy "${how[@]}"
expect_code "the model over a file of --also: exit code" 2
run predict model rows.npy --also others.npy -o others.npy
expect_code "the labels over a file of --also: exit code" 2
expect_same "the file is as it was" others.npy kept.npy
finish
