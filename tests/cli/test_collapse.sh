#!/bin/bash
# Fewer than half of the clusters in use at the end: exit 4, one sentence, the model is written all the same.
. "$(dirname "$0")/lib.sh"
numbers=()
for ((i = 0; i < 40; i++)); do
    numbers+=(3 1 4 1)
done
npy same.npy '|i1' '(40, 4)' < <(bytes "${numbers[@]}")

# Without the class loss nothing spreads equal rows over the clusters.
run fit same.npy -k 8 -o model "${SMALL[@]}" --class-weight 0 --steps 60
cp err fit_err
fit_code=$code
run info model
expect_code "the model is written" 0
used=$(sed -n 's/^clusters in use  *//p' out)
if [ "$((2 * used))" -lt 8 ]; then
    code=$fit_code
    cp fit_err err
    expect_code "collapse: exit code" 4
    sentence="cludi: Collapsed: only $used of 8 clusters are in use, fewer than half. All 40 rows are equal in float32"
    tail -n 1 err | grep -qF "$sentence" && ok "collapse: sentence with its reason" ||
        fail "collapse: sentence with its reason" "$(cat err)"
    run fit same.npy -k 8 -o model2 "${SMALL[@]}" --class-weight 0 --steps 60 --quiet --allow-collapse
    expect_code "--allow-collapse: exit code" 0
    expect_words "--allow-collapse: sentence" err "cludi: Collapsed: only $used of 8"
    expect_same "--allow-collapse: the same model" model2 model
    run fit same.npy -k 8 -o model3 "${SMALL[@]}" --class-weight 0 --steps 60 --quiet --json
    expect_code "collapse with --json: exit code" 4
    expect_words "collapse with --json" out '"collapsed": true' "\"clusters_in_use\": $used"
else
    fail "collapse" "$used of 8 clusters are in use for equal rows: this test needs other input"
fi

# Half of them is no collapse: of two clusters one is always in use.
run fit same.npy -k 2 -o model "${SMALL[@]}" --class-weight 0 --quiet
expect_code "one of two clusters: exit code" 0
expect_text "one of two clusters: stderr" err "cludi: All 40 rows are equal in float32: nothing tells clusters apart. If they differ in float64, subtract the mean of each column first.
cludi: Warning: 1 of 2 clusters got no row."$'\n'

# Before every row was seen nobody can tell.
groups rows.npy 60
run fit rows.npy -k 50 -o model "${SMALL[@]}" --batch-size 8 --steps 1 --n-neighbors 0 --quiet
expect_code "one batch of many: exit code" 0
expect_text "one batch of many: stderr" err "cludi: Too few steps to tell whether clusters collapsed: not every row was seen."$'\n'
finish
