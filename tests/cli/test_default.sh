#!/bin/bash
# The default method, discriminant: fit, predict, eval, verify and info; the same bytes with any threads, precision, memory and order of
# the rows; what it has not; parameters that it does not use.
. "$(dirname "$0")/lib.sh"
groups rows.npy 60
group_labels classes.npy 60
run fit rows.npy -k 3 -o model --seed 7 --labels classes.npy
expect_code "fit: exit code" 0
expect_words "fit: summary" err "cludi: The first partition is " "cludi: 16 rounds in 0:0" "; 3 of 3 clusters in use, the largest with 33.3 % of the rows, confidence "
expect_words "fit: scores" out "NMI             100.0 %" "ACC             100.0 %"
cp out scores
run info model
for line in "method           discriminant" "steps            16" "--preprocessing  coordinates (default auto)"; do
    grep -qxF -- "$line" out && ok "info: $line" || fail "info: $line" "$(cat out)"
done
run predict model rows.npy -o labels.npy --proba p.npy --quiet
expect_code "predict: exit code" 0
run eval classes.npy labels.npy
expect_same "eval prints what fit --labels prints" out scores
run verify model rows.npy
expect_code "verify: exit code" 0
run predict model rows.npy -o other.npy --proba q.npy --quiet --draws 9 --adaptive
expect_same "predict --draws changes nothing" q.npy p.npy

for options in "--threads 1" "--threads 2" "--precision f32" "--memory 1" "--preset default"; do
    # shellcheck disable=SC2086
    run fit rows.npy -k 3 -o other --seed 7 --quiet $options
    expect_text "$options: no warning" err ""
    expect_same "$options: the same model" other model
done
{
    head -c 128 rows.npy
    for ((i = 59; i >= 0; i--)); do tail -c +$((129 + 4 * i)) rows.npy | head -c 4; done
} >backwards.npy
run fit backwards.npy -k 3 -o other --seed 7 --quiet
expect_same "backwards: the same model" other model

# Parameters that it does not use change nothing but the record in the model, and are named.
warning="cludi: Warning: the method discriminant does not use --steps and --lr; --method cludi does."$'\n'
run fit rows.npy -k 3 -o other --seed 7 --quiet --lr 0.1 --steps 5
expect_code "unused parameters: exit code" 0
expect_text "unused parameters: the warning" err "$warning"
run predict other rows.npy -o other.npy --proba q.npy --quiet
expect_same "unused parameters change nothing" q.npy p.npy
run fit rows.npy -k 3 -o other --seed 7 --quiet --init-runs 3
expect_text "one of them" err "cludi: Warning: the method discriminant does not use --init-runs; --method cludi does."$'\n'
run fit rows.npy -k 3 -o other --method temi --steps 3 --views 2 --lr 0.1 --hidden-dim 8 --quiet
expect_text "three of them, of another method" err "cludi: Warning: the method temi does not use --views, --hidden-dim and --lr; --method cludi does."$'\n'
run fit rows.npy -k 3 -o other --method kmeans --preset paper --quiet
expect_text "a preset is no parameter" err ""
run fit rows.npy -k 3 -o other --preset paper --lr 0.001 --steps 4 --batch-size 16 --hidden-dim 16 --draws 1 --quiet --allow-collapse
grep -q "not use" err && fail "the paper's preset is of the diffusion model" "$(cat err)" || ok "the paper's preset is of the diffusion model"

# What it has not.
expect_usage "--profile" fit rows.npy -k 3 -o m --profile -- \
    "--profile: the method discriminant does not train in steps. Try 'cludi fit --help'."
expect_usage "--embedding" predict model rows.npy -o l.npy --embedding z.npy -- \
    "--embedding: a model of the method discriminant has no embeddings. Try 'cludi predict --help'."
run plan rows.npy -k 3 --lr 0.1
expect_code "plan: exit code" 0
expect_text "plan: unused parameters" err "cludi: Warning: the method discriminant does not use --lr; --method cludi does."$'\n'
finish
