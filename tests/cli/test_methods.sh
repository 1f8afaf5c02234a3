#!/bin/bash
# --resume, --profile and plan with every method that trains in steps. noasan: the steps until a signal are those of a program that
# is not slowed down; property/test_checkpoint.c has the sanitizers.
. "$(dirname "$0")/lib.sh"
groups rows.npy 60

for method in self-classifier temi scan tsp; do
    FIT=(fit rows.npy -k 3 --method "$method" --seed 7 --steps 400 --threads 1 --allow-collapse)
    run "${FIT[@]}" -o whole --profile --quiet --json
    expect_words "$method: --profile" out '"phase": "setup"' '"phase": "backward"' '"phase": "update"'
    expect_missing "$method: no checkpoint is left" whole.checkpoint

    # Stopped, it goes on to the model of the whole run.
    "$CLUDI" "${FIT[@]}" -o m --quiet --checkpoint-every 1 >out 2>err &
    program=$!
    wait_until $program test -e m.checkpoint
    kill -s TERM $program 2>/dev/null
    wait $program
    [ -e m.checkpoint ] && ok "$method: a checkpoint" || fail "$method: a checkpoint" "it was through before: $(cat err)"
    run "${FIT[@]}" -o m --resume
    expect_words "$method: --resume" err "cludi: Going on after step "
    expect_same "$method: --resume: the model of the whole run" m whole
    expect_missing "$method: --resume: the checkpoint is gone" m.checkpoint

    run plan rows.npy -k 3 --method $method --threads 1
    expect_code "$method: plan: exit code" 0
    expect_words "$method: plan" out ", 1000 steps of " "predict  "
done

# Its last steps learn other things than the first: plan comes to them too.
for steps in 1 2 3 41; do
    run plan rows.npy -k 3 --method scan --threads 1 --steps $steps
    expect_code "plan of $steps steps: exit code" 0
    expect_words "plan of $steps steps" out ", $steps steps of "
done
finish
