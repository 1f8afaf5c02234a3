#!/bin/bash
# 300 times kill -9 and 100 times SIGTERM at random moments of a small fit: --resume then gives the bytes of the model of a run that
# nobody interrupted, and nothing else is left. noasan: the moments are those of a program that starts quickly.
. "$(dirname "$0")/lib.sh"
set -m # without it bash starts background jobs with SIGINT ignored
KILLS=${CLUDI_KILLS:-300} TERMS=${CLUDI_TERMS:-100} INTS=${CLUDI_INTS:-10}
groups rows.npy 60
FIT=(fit rows.npy -k 3 "${SMALL[@]}" --threads 1 --quiet --checkpoint-every 5 --steps)
RANDOM=12345
declare -A seen=()

now() { echo $((${EPOCHREALTIME/./} / 1000)); } # milliseconds

# STEPS: an uninterrupted run, its model in whole, and how long it took in $whole.
whole_run() {
    whole=$(now)
    run "${FIT[@]}" "$1" -o whole
    whole=$(($(now) - whole))
}

# SIGNAL STEPS ARGUMENT...: starts a fit and sends the signal at a random moment of it; exit code in $code, the time from the signal to
# the end in $took. $first: milliseconds before which nothing is sent.
interrupt() {
    local signal=$1 steps=$2 program moment
    shift 2
    "$CLUDI" "${FIT[@]}" "$steps" -o m "$@" >out 2>err </dev/null &
    program=$!
    moment=$((RANDOM % (whole - first) + first))
    sleep "$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))"
    took=$(now)
    kill -s "$signal" $program 2>/dev/null
    code=0
    wait $program 2>/dev/null || code=$?
    took=$(($(now) - took))
}

# What the signal found, for the table at the end.
note_state() {
    local state="before the first checkpoint" rest
    rest=$(find . -name '.m*cludi-*' -size +0 | head -n 1) # the locks are empty
    [ -e m.checkpoint ] && state="steps"
    [ "${rest#./.m.checkpoint}" != "$rest" ] && state="a checkpoint half written"
    [ "${rest#./.m.cludi}" != "$rest" ] && state="a model half written"
    [ -e m ] && state="the model written, the checkpoint not removed"
    seen[$state]=$((${seen[$state]:-0} + 1))
}

# A whole checkpoint or none, a whole model or none.
is_whole() {
    [ ! -e m.checkpoint ] || "$CLUDI" info m.checkpoint >info 2>&1 ||
        { why="m.checkpoint: $(cat info)"; return 1; }
    [ ! -e m ] || cmp -s m whole || { why="m is another"; return 1; }
}

is_identical() {
    run "${FIT[@]}" "$1" -o m --resume
    [ $code -eq 0 ] || { why="resume: exit code $code: $(cat err)"; return 1; }
    cmp -s m whole || { why="another model"; return 1; }
    rest=$(find . -name 'm.*' -o -name '.m*')
    [ -z "$rest" ] || { why="left: $rest"; return 1; }
}

clean() { rm -f m m.* .m*; }

good=0
for ((i = 0; i < KILLS; i++)); do
    [ $((i % 25)) -ne 0 ] || whole_run 60 # again and again: the machine may be more busy than before
    first=0
    clean
    interrupt KILL 60
    for ((again = 0; code != 137 && again < 100; again++)); do # it was quicker
        clean
        interrupt KILL 60
    done
    note_state
    why=
    is_whole
    for ((again = i % 3; again < 2 && ${#why} == 0; again++)); do # killed again on its way
        interrupt KILL 60 --resume
        is_whole
    done
    [ -z "$why" ] && is_identical 60 && good=$((good + 1)) || fail "kill -9, round $i" "$why"
done
echo "kill -9: $good of $KILLS resumed to the identical model"
for state in "${!seen[@]}"; do echo "    ${seen[$state]} found: $state"; done

# SIGNAL EXIT-CODE ROUNDS
stop_rounds() {
    local i good=0 longest=0
    for ((i = 0; i < $3; i++)); do
        [ $((i % 25)) -ne 0 ] || whole_run 400
        for ((again = 0, code = 0; code == 0 && again < 100; again++)); do
            clean
            interrupt "$1" 400
        done
        why=
        [ $code -eq "$2" ] || why="exit code $code: $(cat err)"
        [ $took -lt 2000 ] || why="$took ms"
        [ -z "$(find . -name '.m*')" ] || why="left: $(find . -name '.m*')"
        longest=$((took > longest ? took : longest))
        [ -z "$why" ] && is_identical 400 && good=$((good + 1)) || fail "$1, round $i" "$why"
    done
    echo "SIG$1: $good of $3 ended with $2 and resumed to the identical model, at most $longest ms after the signal"
}
first=0
stop_rounds TERM 143 "$TERMS"
stop_rounds INT 130 "$INTS"
finish
