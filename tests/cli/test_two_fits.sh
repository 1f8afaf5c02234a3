#!/bin/bash
# Two fits with one output: the second is refused at once, whatever it calls the output, and the first is unharmed. A killed fit keeps
# nobody out, and nothing is left in the end.
# noasan: unit/test_out_lock.c has the sanitizers.
. "$(dirname "$0")/lib.sh"
groups rows.npy 60
FIT=(fit rows.npy -k 3 "${SMALL[@]}" --steps 400 --threads 1 --quiet --allow-collapse)
run "${FIT[@]}" -o whole
expect_code "alone" 0

# ARGUMENT...: starts a fit and stands it still once it has its output; its process is $program.
hold() {
    local try
    has_output() { [ -n "$(find . -name '.*.cludi-*')" ]; }
    for ((try = 0; try < 20; try++)); do # it may be through before its output is seen, or before it stands still
        "$CLUDI" "$@" >first.out 2>first.err &
        program=$!
        wait_until $program has_output && hold_still $program && has_output && return
        kill -s CONT $program 2>/dev/null
        wait $program
        rm -f m killed planted
    done
}

# NAME OUTPUT ARGUMENT...: fit with this output is refused within a second.
expect_kept_out() {
    local name=$1 output=$2 began=${EPOCHREALTIME/[.,]/}
    shift 2
    run "${FIT[@]}" -o "$output" "$@"
    local took=$((${EPOCHREALTIME/[.,]/} - began))
    expect_code "$name" 1
    expect_text "$name: sentence" err "cludi: Another cludi is writing to \"$output\"."$'\n'
    [ $took -lt 1000000 ] && ok "$name: at once" || echo "slow $name: $took microseconds"
}

hold "${FIT[@]}" -o m --checkpoint-every 1 --plot
[ -n "${CLUDI_FULL:-}" ] && times=20 || times=3
for ((i = 1; i <= times; i++)); do expect_kept_out "second fit, $i" m; done
mkdir sub && ln -s m link && ln -s link link2 && ln -s . here
expect_kept_out "another spelling" sub/../m
expect_kept_out "absolute" "$PWD/m"
expect_kept_out "a link" link2
expect_kept_out "a folder that is a link" here/m
expect_kept_out "--resume" m --resume
expect_kept_out "no checkpoints" m --checkpoint-every 0
expect_kept_out "another method" m --method kmeans
for name in m.partial m.checkpoint here/m.partial; do expect_kept_out "what is beside it, $name" $name; done
for name in m m.partial m.checkpoint m.curves.svg m.partial.curves.svg; do
    ln -sf "$name" to_it && ln -sf "$name" to_it.npy
    expect_kept_out "k-means over $name" to_it --method kmeans
    expect_refused "labels over $name" 'Another cludi is writing to "to_it.npy".' -- predict whole rows.npy -o to_it.npy --quiet
    expect_refused "probabilities over $name" 'Another cludi is writing to "to_it.npy".' -- predict whole rows.npy -o l.npy --proba to_it.npy --quiet
done
expect_missing "nothing is written meanwhile" m
run "${FIT[@]}" -o other
expect_code "another output" 0
go_on $program
wait $program && ok "the first ends well" || fail "the first ends well" "$(cat first.err)"
expect_same "the first is unharmed" m whole
rm -f link link2 here to_it to_it.npy m.curves.svg
[ -z "$(find . -name '*cludi-*' -o -name '*.checkpoint' -o -name '*.partial')" ] && ok "no rest" || fail "no rest" "$(ls -a)"

# k-means has no checkpoint to lock. Enough rows for the first to be seen at work.
head -c 1600000 /dev/urandom | npy many.npy '|i1' '(200000, 8)'
hold fit many.npy -k 20 -o m --method kmeans --quiet
expect_kept_out "beside k-means" m
kill -s TERM $program
go_on $program
wait $program

hold "${FIT[@]}" -o killed --checkpoint-every 1
kill -s KILL $program
wait $program 2>/dev/null
run "${FIT[@]}" -o killed
expect_code "after a killed one" 0
expect_same "after a killed one: the model" killed whole
[ -z "$(find . -name '.*cludi-*')" ] && ok "after a killed one: no rest" || fail "after a killed one: no rest" "$(ls -a)"

# Devices and pipes are locked by nobody.
hold "${FIT[@]}" -o m
run "${FIT[@]}" -o /dev/null
expect_code "a device" 0
"$CLUDI" "${FIT[@]}" -o /dev/stdout 2>err | cmp - whole && ok "a pipe" || fail "a pipe" "$(cat err)"
go_on $program
wait $program

# What is planted under the name of the lock is neither followed nor waited for.
hold "${FIT[@]}" -o planted
lock=$(find . -name '.planted.cludi-*')
go_on $program
wait $program
echo precious >important && ln -s important "$lock"
expect_refused "a planted link" "$(basename "$lock")" "Too many levels of symbolic links." -- "${FIT[@]}" -o planted
rm "$lock" && mkfifo "$lock"
expect_refused "a planted pipe" "$(basename "$lock")" "File exists." -- "${FIT[@]}" -o planted
[ "$(cat important)" = precious ] && ok "a planted link: untouched" || fail "a planted link" "followed"

# Of predictions with one output one at least goes on, and the labels are whole.
run predict whole rows.npy -o wanted.npy --quiet
for ((i = 0; i < 8; i++)); do "$CLUDI" predict whole rows.npy -o labels.npy --quiet --threads 1 2>>both.err & done
wait
[ -z "$(grep -vxF 'cludi: Another cludi is writing to "labels.npy".' both.err)" ] && ok "predictions at a time: sentence" || fail "predictions at a time" "$(cat both.err)"
expect_same "predictions at a time" labels.npy wanted.npy
[ -z "$(find . -name '.labels*')" ] && ok "predictions at a time: no rest" || fail "predictions: rest" "$(ls -a)"
finish
