#!/bin/bash
# cludi verify: the model's data in any order and format, other data, another model, a stopped training.
. "$(dirname "$0")/lib.sh"
groups rows.npy 60
groups others.npy 61
run fit rows.npy -k 3 -o model "${SMALL[@]}" --quiet
expect_code "fit" 0
run fit rows.npy -k 3 -o kmeans --method kmeans --quiet
expect_code "fit kmeans" 0
for model in model kmeans; do
    run verify $model rows.npy
    expect_code "$model: its rows" 0
    expect_text "$model: verdict" out "rows.npy: the rows of the training, and their labels are the same (60 compared)"$'\n'
    expect_text "$model: stderr" err ""
    run verify $model others.npy
    expect_code "$model: other rows" 1
    expect_text "$model: other rows: verdict" out "others.npy: other rows than those of the training"$'\n'
done

# Rows in the opposite order: the last one first. The header of rows.npy takes 128 bytes.
bytes=$((($(stat -c %s rows.npy) - 128) / 60))
{
    head -c 128 rows.npy
    for ((i = 59; i >= 0; i--)); do tail -c +$((129 + i * bytes)) rows.npy | head -c $bytes; done
} >turned.npy
cmp -s rows.npy turned.npy && fail "turned rows" "they are the same" || ok "turned rows"
run verify model turned.npy --threads 2
expect_code "rows in another order" 0
run verify model rows.npy --json
expect_text "JSON" out '{"same_rows": true, "same_labels": true, "checked": 60}'$'\n'
run verify model others.npy --json
expect_code "JSON, other rows" 1
expect_text "JSON, other rows" out '{"same_rows": false, "same_labels": null, "checked": 0}'$'\n'

# A number changed in the file.
cp model damaged
printf '\x01' | dd of=damaged bs=1 seek=$(($(stat -c %s model) - 2)) conv=notrunc 2>/dev/null
cmp -s model damaged && printf '\x02' | dd of=damaged bs=1 seek=$(($(stat -c %s model) - 2)) conv=notrunc 2>/dev/null
expect_refused "a damaged model" damaged "its numbers are not those that were saved" -- verify damaged rows.npy
expect_refused "no model" rows.npy "is an array (npy), not a model" -- verify rows.npy rows.npy
expect_usage "one operand" verify model -- "verify needs DATA: cludi verify MODEL DATA [options]; MODEL, a file that 'cludi fit' wrote, comes first. Try 'cludi verify --help'."

# A training that was stopped has no labels to compare.
set -m # without it bash starts background jobs with SIGINT ignored
open_terminal shown
"$CLUDI" fit rows.npy -k 3 -o long "${SMALL[@]}" --steps 100000000 >long.out 2>"$terminal" &
program=$!
wait_until $program grep -q '^fit[: ]' shown
kill -s TERM $program
wait $program 2>/dev/null
run verify long.partial rows.npy
expect_code "a stopped training" 0
expect_words "a stopped training: verdict" out "which was stopped before there were labels to compare"
finish
