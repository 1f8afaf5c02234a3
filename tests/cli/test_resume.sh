#!/bin/bash
# A fit that was interrupted goes on with --resume to the model of one that was not; others are refused by name.
# noasan: the steps between two signals are those of a program that is not slowed down; property/test_checkpoint.c has the sanitizers.
. "$(dirname "$0")/lib.sh"
set -m # without it bash starts background jobs with SIGINT ignored
groups rows.npy 60
groups others.npy 61
FIT=(fit rows.npy -k 3 "${SMALL[@]}" --steps 1200 --threads 1)
run "${FIT[@]}" -o whole --quiet
expect_code "the whole run" 0
expect_missing "the whole run leaves no checkpoint" whole.checkpoint

# A checkpoint of a step, not of the search for the first partition.
has_stepped() { [ -e m.checkpoint ] && ! head -c 8192 m.checkpoint | grep -aq '"done":"0"'; }

# SIGNAL EXIT-CODE ARGUMENT...: starts a fit, and stops it when its checkpoint is there and has been for a moment.
interrupt() {
    local signal=$1 program try
    shift
    for ((try = 0; try < 20; try++)); do # on a busy machine it may be through before its checkpoint is seen
        rm -f m m.* .m*
        "$CLUDI" "$@" >out 2>err &
        program=$!
        wait_until $program has_stepped
        kill -s "$signal" $program 2>/dev/null
        code=0
        wait $program 2>/dev/null || code=$?
        [ -e m ] || break
    done
}

for signal in INT TERM; do
    rm -f m m.*
    interrupt $signal "${FIT[@]}" -o m --checkpoint-every 20
    expect_code "$signal: exit code" $([ $signal = INT ] && echo 130 || echo 143)
    expect_missing "$signal: no model" m
    expect_words "$signal: sentence" err "the same command with --resume continues"
    run "${FIT[@]}" -o m --resume
    expect_code "$signal: the rest" 0
    expect_words "$signal: it says so" err "cludi: Going on after step "
    expect_same "$signal: the model of the whole run" m whole
    expect_missing "$signal: the checkpoint is gone" m.checkpoint
    expect_missing "$signal: the partial model is gone" m.partial
done

# kill -9: whatever there is then is a whole checkpoint, or none.
for ((round = 0; round < 3; round++)); do
    rm -f m m.* .m*
    interrupt KILL "${FIT[@]}" -o m --checkpoint-every 10 --quiet
    expect_code "kill -9, round $round" 137
    run "${FIT[@]}" -o m --resume --quiet
    expect_code "kill -9, round $round: the rest" 0
    expect_same "kill -9, round $round: the model of the whole run" m whole
    [ -z "$(find . -name '.m*cludi*')" ] && ok "kill -9, round $round: no rest" || fail "kill -9: rest" "$(ls -a)"
done

# Others are refused, and the checkpoint stays.
rm -f m m.*
interrupt TERM "${FIT[@]}" -o m --checkpoint-every 20 --quiet
cp m.checkpoint kept
refused() { # NAME SENTENCE ARGUMENT...
    local name=$1 sentence=$2
    shift 2
    run "$@"
    expect_code "$name" 1
    expect_text "$name: sentence" err "cludi: $sentence"$'\n'
    expect_same "$name: the checkpoint stays" m.checkpoint kept
}
refused "another seed" '"m.checkpoint" is the checkpoint of another training: its seed is 0, now 3 was given.' \
    "${FIT[@]}" -o m --resume --seed 3 --quiet
refused "another option" '"m.checkpoint" is the checkpoint of another training: its lr is 0.0003, now 0.002 was given.' \
    "${FIT[@]}" -o m --resume --lr 0.002 --quiet
refused "other rows" '"m.checkpoint" is the checkpoint of another training: its rows is 60, now 61 was given.' \
    fit others.npy -k 3 "${SMALL[@]}" --steps 1200 --threads 1 -o m --resume --quiet

# Without --resume a checkpoint is replaced, not without a word; without a checkpoint --resume begins at the beginning.
run "${FIT[@]}" -o m
expect_code "a new start" 0
expect_words "a new start: a note" err '"m.checkpoint" is from an unfinished training and will be replaced; --resume would continue it.'
expect_same "a new start: the model of the whole run" m whole
run "${FIT[@]}" -o m --resume
expect_code "nothing to go on from" 0
expect_words "nothing to go on from: a note" err 'There is no checkpoint "m.checkpoint": training begins at its beginning.'
run "${FIT[@]}" -o m --checkpoint-every 0 --quiet
expect_code "never" 0

expect_usage "a wrong interval" "${FIT[@]}" -o m --checkpoint-every 5x -- \
    "--checkpoint-every is '5x'; it must be a time such as 60s, 10min or 1h, a number of steps such as 500, or 0 for never. Try 'cludi fit --help'."
expect_usage "never and resume" "${FIT[@]}" -o m --checkpoint-every 0s --resume -- \
    "--resume and --checkpoint-every 0 cannot be given together. Try 'cludi fit --help'."
expect_usage "k-means" fit rows.npy -k 3 -o m --method kmeans --resume -- "--resume: the method kmeans keeps no checkpoint. Try 'cludi fit --help'."
expect_usage "a pipe" fit rows.npy -k 3 -o /dev/null --resume -- "--resume: there is no checkpoint beside what is not a file. Try 'cludi fit --help'."
finish
