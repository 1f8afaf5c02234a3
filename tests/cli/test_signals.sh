#!/bin/bash
# Ctrl-C, SIGTERM and SIGHUP: the model so far in MODEL.partial, the old model as it was, exit 130, 143 and 129.
. "$(dirname "$0")/lib.sh"
set -m # without it bash starts background jobs with SIGINT ignored
groups rows.npy 60
open_terminal shown

# NAME SIGNAL MODEL: starts a long training, waits until it shows a step, sends the signal; exit code in $code.
stop_training() {
    local program
    "$CLUDI" fit rows.npy -k 3 -o "$3" "${SMALL[@]}" --steps 100000000 >"$3.out" 2>"$terminal" &
    program=$!
    wait_until $program grep -q '^fit[: ]' shown
    kill -s "$2" $program
    code=0
    wait $program || code=$?
    cp "$3.out" out
    take_shown err shown
}

# SIGNAL EXIT-CODE
check_stop() {
    echo "an old model" >model
    rm -f model.partial
    stop_training "$1" "$1" model
    expect_code "$1: exit code" "$2"
    expect_text "$1: the old model" model "an old model"$'\n'
    expect_text "$1: stdout" out ""
    tail -n 1 err | grep -qE '^cludi: Stopped after [0-9]+ steps; the model so far is in "model.partial"; the same command with --resume continues.$' &&
        ok "$1: sentence" || fail "$1: sentence" "$(cat err)"
    run predict model.partial rows.npy -o labels.npy --quiet
    expect_code "$1: the partial model predicts" 0
    run info model.partial
    expect_words "$1: the partial model knows its steps" out "--steps" "(default 0)"
}

check_stop INT 130
check_stop TERM 143
check_stop HUP 129

# Before the first step there is no model: while neighbors are sought, and while the start is sought.
# PHASE SIGNAL EXIT-CODE ARGUMENT...
check_early_stop() {
    local phase=$1 signal=$2 wanted=$3 program try
    shift 3
    for ((try = 0; try < 10; try++)); do # on a busy machine the phase may be over before it is seen
        rm -f early early.*
        "$CLUDI" fit "$@" -o early "${SMALL[@]}" >early.out 2>"$terminal" &
        program=$!
        wait_until $program grep -qE "^$phase[: ].* [0-9]+/[0-9]+ (blocks|voters), ([0-9:]+|-+|\?) left$" shown
        kill -s "$signal" $program
        code=0
        wait $program || code=$?
        take_shown err shown
        grep -q '^fit[: ]' err || break
    done
    expect_code "$signal in $phase: exit code" "$wanted"
    tail -n 1 err >last
    if [ "$phase" = init ] && [ -e early.checkpoint ]; then # once there are votes
        expect_text "$signal in $phase: sentence" last "cludi: Stopped before the first step; the same command with --resume continues."$'\n'
    else
        expect_text "$signal in $phase: sentence" last "cludi: Stopped before the first step; nothing was written."$'\n'
    fi
    grep -q '^fit[: ]' err && fail "$signal in $phase: no step" "$(cat err)" || ok "$signal in $phase: no step"
    expect_text "$signal in $phase: stdout" early.out ""
    expect_missing "$signal in $phase: no model" early
    expect_missing "$signal in $phase: no partial model" early.partial
}

head -c 1600000 /dev/urandom | npy many.npy '|i1' '(200000, 8)'
check_early_stop neighbors INT 130 many.npy -k 3 --init-runs 0
check_early_stop neighbors TERM 143 many.npy -k 3 --init-runs 0
rm many.npy
head -c 128000 /dev/urandom | npy some.npy '|i1' '(4000, 32)'
check_early_stop init INT 130 some.npy -k 100 --init-runs 10000 --backend ref --threads 1
check_early_stop init HUP 129 some.npy -k 100 --init-runs 10000 --backend ref --threads 1

# The parent that ignores SIGINT (nohup, a job in the background of a script) keeps it ignored.
(trap '' INT; exec "$CLUDI" fit rows.npy -k 3 -o ignored "${SMALL[@]}" --steps 100000000 --quiet 2>err) &
program=$!
wait_until $program catches_signals $program
kill -s INT $program
sleep 0.3
kill -s 0 $program && ok "an ignored SIGINT stays ignored" || fail "an ignored SIGINT stays ignored" "it ended"
kill -s TERM $program
code=0
wait $program || code=$?
expect_code "SIGTERM ends it then" 143

# The second signal does not wait for anything: here the program waits for somebody to read the model from a pipe.
mkfifo pipe
"$CLUDI" fit rows.npy -k 3 -o pipe "${SMALL[@]}" 2>err &
program=$!
# The kernel's word for it; where it does not tell: asleep for a second after the last step.
waits_for_reader() {
    local i
    grep -q wait_for_partner "/proc/$1/wchan" && return
    for ((i = 0; i < 20; i++)); do
        grep -q '^fit: 12/12' err && grep -q '^State:.*S' "/proc/$1/status" || return
        sleep 0.05
    done
}
wait_until $program waits_for_reader $program
kill -s INT $program
sleep 0.3
kill -s 0 $program && ok "the first signal waits" || fail "the first signal waits" "it ended: $(cat err)"
kill -s TERM $program
code=0
wait $program 2>/dev/null || code=$?
expect_code "the second signal ends the program" 143
expect_missing "the second signal: no partial model" pipe.partial
finish
