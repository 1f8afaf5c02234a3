#!/bin/bash
# --method self-classifier, temi, scan, tsp, turtle: fit, predict, eval and info; the same bytes with any threads and order of the rows; what
# they refuse; collapse; Ctrl-C. noasan: trains 30 times; the C tests of rivals have the sanitizers.
. "$(dirname "$0")/lib.sh"
set -m # without it bash starts background jobs with SIGINT ignored
groups rows.npy 60
group_labels classes.npy 60
{ # the rows backwards: the numbers of the file in groups of four, from the last
    head -c 128 rows.npy
    for ((i = 59; i >= 0; i--)); do tail -c +$((129 + 4 * i)) rows.npy | head -c 4; done
} >backwards.npy
npy same.npy '|i1' '(40, 4)' < <(for ((i = 0; i < 40; i++)); do bytes 3 1 4 1; done)

for method in self-classifier temi scan tsp turtle; do
    steps=$([ $method = temi ] && echo 250 || echo 100) # its learning rate rises slowly
    how=(--method "$method" --seed 7 --steps "$steps")
    run fit rows.npy -k 3 -o model "${how[@]}" --threads 1 --labels classes.npy --json
    expect_code "$method: fit" 0
    expect_words "$method: fit --json" out "\"method\": \"$method\"" "\"steps\": $steps" '"clusters_in_use": 3' '"collapsed": false' \
        '"ari": 1.0' '"confidence": 0.'
    grep -qE "^fit: $steps/$steps, loss -?[0-9.]+, 3 of 3 clusters, largest [0-9.]+ %, confidence [0-9.]+, [0-9.]+ steps/s, 0:00 left\$" err && ok "$method: progress" ||
        fail "$method: progress" "$(cat err)"
    expect_missing "$method: no partial model" model.partial
    expect_missing "$method: no checkpoint" model.checkpoint
    run predict model rows.npy -o labels.npy --proba proba.npy --quiet --json
    expect_words "$method: predict" out '"cluster_sizes": [20, 20, 20]' '"draws_per_row": 0.0'
    run eval classes.npy labels.npy --json
    expect_words "$method: eval" out '"ari": 1.0'
    run info model
    expect_words "$method: info" out "method           $method" "steps            $steps" "--method         $method (default discriminant)"
    run verify model rows.npy
    expect_code "$method: verify" 0

    how=(--method "$method" --seed 7 --steps 20) # enough to tell one training from another
    run fit rows.npy -k 3 -o model "${how[@]}" --threads 1 --quiet --allow-collapse
    run predict model rows.npy -o labels.npy --proba proba.npy --quiet
    for options in "--threads 2" "--threads 1 --memory 1" "--threads 1 --lr 0.1 --batch-size 8 --n-neighbors 3"; do
        # shellcheck disable=SC2086
        run fit rows.npy -k 3 -o other "${how[@]}" --quiet --allow-collapse $options
        run predict other rows.npy -o other.npy --quiet
        expect_same "$method $options: the same labels" other.npy labels.npy
        case $options in *--lr*) ;; *) expect_same "$method $options: the same model" other model ;; esac
    done
    run fit backwards.npy -k 3 -o other "${how[@]}" --threads 1 --quiet --allow-collapse
    expect_same "$method: rows backwards: the same model" other model
    run predict model rows.npy -o other.npy --proba other_proba.npy --quiet --threads 2
    expect_same "$method: probabilities do not depend on threads" other_proba.npy proba.npy

    expect_usage "$method: --embedding" predict model rows.npy -o l.npy --embedding z.npy -- \
        "--embedding: a model of the method $method has no embeddings. Try 'cludi predict --help'."
done

# Equal rows stay together.
run fit same.npy -k 8 -o model --method scan --steps 20 --quiet
expect_code "collapse: exit code" 4
expect_words "collapse: sentence" err "cludi: Collapsed: only 1 of 8 clusters are in use, fewer than half."
run fit same.npy -k 8 -o model --method scan --steps 20 --quiet --allow-collapse
expect_code "--allow-collapse: exit code" 0

# Steps by epochs: batches of 256 rows.
run fit rows.npy -k 3 -o model --method tsp --epochs 11 --quiet --json
expect_words "epochs" out '"steps": 11,'

# Ctrl-C once it trains: the model so far.
open_terminal shown
for method in self-classifier scan turtle; do
    code=0
    "$CLUDI" fit rows.npy -k 3 -o long --method $method --steps 1000000 --threads 1 --backend ref >out 2>"$terminal" &
    program=$!
    wait_until $program grep -q '^fit[: ]' shown
    kill -s INT $program
    wait $program || code=$?
    take_shown err shown
    expect_code "$method: Ctrl-C" 130
    expect_missing "$method: Ctrl-C: no model" long
    run info long.partial
    expect_words "$method: Ctrl-C: a partial model" out "method           $method"
    rm -f long.partial
done
finish
