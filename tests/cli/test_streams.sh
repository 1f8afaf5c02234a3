#!/bin/bash
# What goes where: a full, closed or missing stdout, and the progress on stderr with and without a terminal.
. "$(dirname "$0")/lib.sh"
groups rows.npy 60
group_labels classes.npy 60

if [ -c /dev/full ]; then
    for arguments in "eval classes.npy classes.npy" "eval classes.npy classes.npy --json" "info rows.npy" --help --version; do
        code=0
        "$CLUDI" $arguments >/dev/full 2>err || code=$?
        expect_code "stdout full, $arguments: exit code" 1
        expect_words "stdout full, $arguments: sentence" err "cludi: The results could not be written to standard output"
    done
    code=0
    TMPDIR=$PWD "$CLUDI" fit rows.npy -k 3 -o /dev/full "${SMALL[@]}" --allow-collapse --quiet 2>err || code=$?
    expect_code "no room for the model: exit code" 1
    expect_words "no room for the model: it is kept" err "No space left on device" "The trained model is kept in"
    run info cludi-rescued-*.safetensors
    expect_words "no room for the model: what is kept is a model" out "format           model"
else
    skip "stdout full" "/dev/full is not there, or is not the device"
fi
code=0
"$CLUDI" info rows.npy >&- 2>err || code=$?
expect_code "stdout closed: exit code" 1
expect_words "stdout closed: sentence" err "cludi: The results could not be written to standard output"
code=0
"$CLUDI" fit rows.npy -k 3 -o model "${SMALL[@]}" --allow-collapse --quiet <&- >&- 2>&- || code=$?
expect_code "all closed: exit code" 0
run info model
expect_words "all closed: the model has nothing but the model" out "format           model"

# Without a terminal: whole lines, no control characters.
run fit rows.npy -k 3 -o model "${SMALL[@]}" --allow-collapse --labels classes.npy
expect_code "no terminal: exit code" 0
grep -q "$(printf '[\r\033]')" err && fail "no terminal: plain lines" "$(cat -v err)" || ok "no terminal: plain lines"
expect_words "no terminal: last lines" err "fit: 12/12, " "predict: 60/60, "
run fit rows.npy -k 3 -o model "${SMALL[@]}" --allow-collapse --quiet
expect_text "quiet" err ""

# On a terminal: one line that is drawn again, and never wider than the terminal.
if command -v stty >/dev/null && script -qec true terminal >/dev/null 2>&1 </dev/null; then
    line="'$CLUDI' fit rows.npy -k 3 -o model ${SMALL[*]} --allow-collapse"
    TERM=xterm script -qec "stty cols 100; $line" terminal >/dev/null </dev/null
    expect_words "terminal: bar" terminal "fit [####" "] 12/12, loss " "0:00 left" "$(printf '\033[K')"
    tr '\r' '\n' <terminal | sed 's/\x1b\[K//g' | grep '^fit' | awk 'length > 99 { bad = 1 } END { exit bad || NR == 0 }' &&
        ok "terminal: width" || fail "terminal: width" "$(cat -v terminal)"
    TERM=xterm script -qec "stty cols 30; $line" terminal >/dev/null </dev/null
    tr '\r' '\n' <terminal | sed 's/\x1b\[K//g' | grep '/12, ' | awk 'length > 29 { bad = 1 } END { exit bad || NR == 0 }' &&
        ok "narrow terminal: width" || fail "narrow terminal: width" "$(cat -v terminal)"
    TERM=dumb script -qec "$line" terminal >/dev/null </dev/null
    grep -q "$(printf '\033')" terminal && fail "dumb terminal" "$(cat -v terminal)" || ok "dumb terminal"
else
    skip "terminal" "script or stty is not there, or gives no pseudo-terminal"
fi
finish
