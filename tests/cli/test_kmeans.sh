#!/bin/bash
# --method kmeans: fit, predict, eval and info; the same bytes with any threads, precision and order of the rows; what it
# refuses; Ctrl-C.
. "$(dirname "$0")/lib.sh"
set -m # without it bash starts background jobs with SIGINT ignored
groups rows.npy 60
group_labels classes.npy 60

run fit rows.npy -k 3 -o model --method kmeans --seed 7
expect_code "fit: exit code" 0
expect_text "fit: stdout" out ""
grep -qE '^fit: ([0-9]+)/\1, loss 0\.[0-9]+, 3 of 3 clusters, [0-9.]+ steps/s, 0:00 left$' err && ok "fit: progress" || fail "fit: progress" "$(cat err)"
grep -qE '^cludi: [0-9]+ rounds of k-means in 0:[0-9]{2}; 3 of 3 clusters in use, the largest with 33.3 % of the rows; rows: coordinates, put on a sphere; model written to "model"$' err &&
    ok "fit: summary" || fail "fit: summary" "$(cat err)"
expect_missing "no partial model" model.partial

run predict model rows.npy -o labels.npy --proba proba.npy
expect_code "predict: exit code" 0
grep -qE '^cludi: 60 rows in [0-9.]+ s \([0-9]+ rows/s\); labels written to "labels.npy"$' err && ok "predict: summary" ||
    fail "predict: summary" "$(cat err)"
run info proba.npy
expect_words "info of probabilities" out "60 x 3"
run eval classes.npy labels.npy
expect_text "eval" out "NMI             100.0 %
AMI             100.0 %
ARI             100.0 %
ACC             100.0 %
classes             3
clusters            3
largest share    33.3 %
smallest share   33.3 %
"
cp out scores
run fit rows.npy -k 3 -o again --method kmeans --seed 7 --labels classes.npy --quiet
expect_same "fit --labels prints what eval prints" out scores
expect_text "fit --quiet" err ""

run info model
sed -E 's/^(bytes|steps|loss)( +).*/\1\2NUMBER/' out >masked
expect_text "info" masked "file             model
format           model
bytes            NUMBER
method           kmeans
features         4
clusters         3
trained numbers  16
seed             7
rows             60
steps            NUMBER
loss             NUMBER
clusters in use  3
largest share    33.3 %
input            rows: coordinates, put on a sphere
--method         kmeans (default discriminant)
--preprocessing  coordinates (default auto)
"
run info model --json
expect_words "info --json" out '"method": "kmeans"'
run fit rows.npy -k 3 -o again --method kmeans --seed 7 --quiet --json
expect_words "fit --json" out '"clusters_in_use": 3' '"collapsed": false' '"precision": "f32"'
run predict model rows.npy -o again.npy --quiet --json --draws 9 --adaptive
expect_words "predict --json" out '"cluster_sizes": [20, 20, 20]' '"draws_per_row": 0.0'
expect_same "predict: samples change nothing" again.npy labels.npy

# The same bytes. The rows backwards: the numbers of the file in groups of four, from the last.
for options in "--threads 1" "--threads 2" "--precision f32" "--memory 1" "--backend ref" "--backend ref --threads 2"; do
    # shellcheck disable=SC2086
    run fit rows.npy -k 3 -o other --method kmeans --seed 7 --quiet $options
    case $options in
    *ref*) run predict other rows.npy -o other.npy --quiet --backend ref && expect_same "$options: labels" other.npy labels.npy ;;
    *) expect_same "$options: the same model" other model ;;
    esac
done
run fit rows.npy -k 3 -o ref1 --method kmeans --seed 7 --quiet --backend ref --threads 1
run fit rows.npy -k 3 -o ref2 --method kmeans --seed 7 --quiet --backend ref --threads 2
expect_same "ref: one thread and two" ref1 ref2
{
    head -c 128 rows.npy
    for ((i = 59; i >= 0; i--)); do tail -c +$((129 + 4 * i)) rows.npy | head -c 4; done
} >backwards.npy
run fit backwards.npy -k 3 -o other --method kmeans --seed 7 --quiet
expect_code "backwards: exit code" 0
expect_same "backwards: the same model" other model
run fit rows.npy -k 3 -o other --method kmeans --seed 7 --quiet --lr 0.1 --steps 5
expect_text "other parameters: the warning" err "cludi: Warning: the method kmeans does not use --steps and --lr; --method cludi does."$'\n'
run predict other rows.npy -o other.npy --quiet
expect_same "other parameters change nothing" other.npy labels.npy

# What it has not.
expect_usage "--profile" fit rows.npy -k 3 -o m --method kmeans --profile -- \
    "--profile: the method kmeans does not train in steps. Try 'cludi fit --help'."
expect_usage "--embedding" predict model rows.npy -o l.npy --embedding z.npy -- \
    "--embedding: a model of the method kmeans has no embeddings. Try 'cludi predict --help'."
expect_missing "--embedding: no labels" l.npy
expect_usage "plan" plan rows.npy -k 3 --method kmeans -- \
    "plan does not know the time and memory of kmeans. Try 'cludi plan --help'."
expect_usage "another method" fit rows.npy -k 3 -o m --method dbscan -- \
    "method is \"dbscan\"; it must be one of cludi, kmeans, self-classifier, temi, scan, tsp, turtle, discriminant. Try 'cludi fit --help'."
labels few.npy 1 2
bytes 1 2 3 4 | npy few.npy '|i1' '(2, 2)'
expect_refused "more clusters than rows" "K is 3, but X has only 2 rows" -- fit few.npy -k 3 -o m --method kmeans --quiet

# Ctrl-C: 2000 centroids of 4000 rows take a while.
groups large.npy 4000
for pair in "INT 130" "TERM 143"; do
    read -r signal wanted <<<"$pair"
    echo "an old model" >kept
    code=0
    "$CLUDI" fit large.npy -k 2000 -o kept --method kmeans --threads 1 --backend ref >out 2>err &
    program=$!
    wait_until $program catches_signals $program
    kill -s "$signal" $program
    wait $program || code=$?
    expect_code "$signal: exit code" "$wanted"
    expect_text "$signal: the old model" kept "an old model"$'\n'
    expect_missing "$signal: no partial model" kept.partial
    expect_text "$signal: sentence" err "cludi: Stopped before there was a result; nothing was written."$'\n'
done
finish
