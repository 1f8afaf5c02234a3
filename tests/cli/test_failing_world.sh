#!/bin/bash
# A world that fails while the program runs: a limit on file sizes, folders nobody may write to or that vanish, files that are cut or
# replaced while they are read, a full disk, closed streams. A sentence and exit 1; the output of before stays.
. "$(dirname "$0")/lib.sh"
groups rows.npy 60
group_labels classes.npy 60
LONG=(--method cludi --hidden-dim 16 --embedding-dim 8 --batch-size 16 --views 2 --teacher-steps 2 --draws 2 --threads 1 --quiet --allow-collapse)
FIT=(fit rows.npy -k 3 "${LONG[@]}" --steps 12)
run "${FIT[@]}" -o model
echo "an old output" >old
export TMPDIR=$WORK # for models that are rescued

# NAME OUTPUT WORD...: the last run said so, and has not touched the output.
expect_failed() {
    local name=$1 output=$2
    shift 2
    expect_code "$name: exit code" 1
    expect_words "$name: sentence" err "cludi: " "$@"
    [ "$(grep -vc '^cludi: ' err)" -eq 0 ] && ok "$name: sentences alone" || fail "$name: sentences alone" "$(cat err)"
    [ -z "$output" ] || expect_same "$name: the old output" "$output" old
    [ -z "$(find . -name '.*cludi-*')" ] && ok "$name: no rest" || fail "$name: no rest" "$(find . -name '.*cludi-*')"
}

# KIB ARGUMENT...: as run(), where no file may be larger.
run_limited() {
    local most=$1
    shift
    code=0
    (ulimit -f "$most" && exec "$CLUDI" "$@") >out 2>err </dev/null || code=$?
}

# ---- a limit on file sizes ----
cp old m
run_limited 1 "${FIT[@]}" -o m --checkpoint-every 0
expect_failed "size limit, model" m 'Cannot write "m": File too large.'
run_limited $(($(wc -c <model) / 1024 + 1)) "${FIT[@]}" -o m --checkpoint-every 1
expect_code "size limit, checkpoint: training goes on" 0
expect_words "size limit, checkpoint: a warning" err 'The state of the training was not kept: Cannot write "m.checkpoint": File too large.'
[ "$(grep -c 'was not kept' err)" -eq 1 ] && ok "size limit, checkpoint: one warning" || fail "size limit, checkpoint: one warning" "$(cat err)"
cmp -s m model && ok "size limit, checkpoint: the model" || fail "size limit, checkpoint: the model" "another one"
cp old l.npy
head -c 16000 /dev/zero | npy many.npy '|i1' '(4000, 4)'
run_limited 4 predict model many.npy -o l.npy --quiet
expect_failed "size limit, labels" l.npy 'Cannot write "l.npy": File too large.'
cp old l.csv
run_limited 4 predict model many.npy -o l.csv --quiet
expect_failed "size limit, CSV" l.csv 'Cannot write "l.csv": File too large.'
rm -f l.npy l.csv

# ---- folders and files nobody may touch, as a user who is not root ----
if [ "$(id -u)" -ne 0 ]; then as=(env)
elif setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
else as=(); fi
[ ${#as[@]} -eq 0 ] || "${as[@]}" test -x "$CLUDI" || as=()
if [ ${#as[@]} -gt 0 ]; then
    chmod 755 . && mkdir locked && cp old locked/m && chmod a-w locked/m && chmod 555 locked && cp rows.npy secret.npy && chmod 0 secret.npy
    run_plain() { code=0; "${as[@]}" "$CLUDI" "$@" >out 2>err </dev/null || code=$?; }
    run_plain "${FIT[@]}" -o locked/new
    expect_failed "read-only folder" "" 'Cannot write "locked/new": the folder "locked/": Permission denied.'
    run_plain "${FIT[@]}" -o locked/m
    expect_failed "read-only file" locked/m "Permission denied"
    run_plain predict model rows.npy -o locked/new.npy --quiet
    expect_failed "read-only folder, labels" "" "Permission denied"
    run_plain fit secret.npy -k 3 -o /dev/null --quiet
    expect_failed "unreadable data" "" 'Cannot read "secret.npy": Permission denied.'
    run_plain info secret.npy
    expect_failed "unreadable file" "" 'Cannot read "secret.npy": Permission denied.'
    chmod 755 locked
else
    skip "read-only folder" "root cannot become another user here, or the program is out of that user's reach"
fi

# ---- full devices and closed streams ----
if [ -c /dev/full ]; then
    run predict model rows.npy -o /dev/full --quiet
    expect_failed "full device, labels" "" 'Cannot write "/dev/full": No space left on device.'
    run predict model rows.npy -o l.npy --proba /dev/full --quiet
    expect_failed "full device, probabilities" "" 'Cannot write "/dev/full": No space left on device.'
    expect_missing "full device, probabilities: no labels" l.npy
    code=0
    "$CLUDI" "${FIT[@]}" -o m --labels classes.npy --json >/dev/full 2>err || code=$?
    expect_code "full stdout, fit: exit code" 1
    expect_words "full stdout, fit: sentence" err "could not be written to standard output"
    cmp -s m model && ok "full stdout, fit: the model is there" || fail "full stdout, fit: the model" "it is not"
    code=0
    "$CLUDI" info absent.npy >out 2>/dev/full || code=$?
    expect_code "full stderr: exit code" 1
else
    skip "full device" "/dev/full is not there, or is not the device"
fi
code=0
"$CLUDI" eval classes.npy classes.npy >&- 2>err || code=$?
expect_failed "closed stdout, eval" "" "could not be written to standard output"
code=0
"$CLUDI" plan rows.npy -k 3 "${SMALL[@]}" >&- 2>err || code=$?
expect_failed "closed stdout, plan" "" "could not be written to standard output"
code=0
"$CLUDI" info absent.npy >out 2>&- || code=$?
expect_code "closed stderr: exit code" 1
expect_text "closed stderr: stdout" out ""
if mkdir small && mount -t tmpfs -o size=64k tmpfs small 2>/dev/null; then
    cp old small/m && head -c 60000 /dev/zero >small/filler 2>/dev/null
    run "${FIT[@]}" -o small/m --checkpoint-every 5
    expect_failed "full disk" small/m 'The state of the training was not kept: Cannot write "small/m.checkpoint": No space left on device.' \
        'Cannot write "small/m": No space left on device.' "The trained model is kept in"
    run predict model many.npy -o small/l.npy --quiet
    expect_failed "full disk, labels" small/m "No space left on device"
    umount small
else
    skip "full disk" "no file system can be mounted here"
fi
rm -f cludi-rescued-*

# ---- what changes while it is read or written ----
# COMMAND STEPS ARGUMENT...: starts a training, runs the command once its first checkpoint is there, and waits for its end. A training
# that was done before that, as may be where the machine is busy, is begun again with more steps.
while_training() {
    local change=$1 steps=$2 program
    shift 2
    cp "$OUTPUT" before 2>/dev/null
    for ((; steps <= 100000000; steps *= 4)); do
        rm -f "$OUTPUT" "$OUTPUT.checkpoint"
        [ ! -e before ] || cp before "$OUTPUT"
        "$CLUDI" "$@" -o "$OUTPUT" "${LONG[@]}" --checkpoint-every 5 --steps "$steps" >out 2>err </dev/null &
        program=$!
        if wait_until $program test -e "$OUTPUT.checkpoint" && hold_still $program; then
            $change
            go_on $program
            break
        fi
        wait $program
    done
    rm -f before
    code=0
    wait $program || code=$?
}
OUTPUT=m
cp old m
# More rows than the sample that is kept in memory.
head -c 120000 /dev/urandom | npy data.npy '|i1' '(30000, 4)'
cp data.npy short.npy
cut_data() { truncate -s 20000 short.npy; }
while_training cut_data 100000000 fit short.npy -k 3 --memory 1
expect_failed "data cut" m '"short.npy" is truncated'
replace_data() { rm data.npy && mkfifo data.npy; }
while_training replace_data 600 fit data.npy -k 3 --memory 1
expect_code "data replaced by a FIFO: those that are open are read" 0
rm -f data.npy m
mkfifo pipe.npy
head -c 200 rows.npy >pipe.npy &
run fit pipe.npy -k 3 -o m "${LONG[@]}" --steps 3
expect_failed "a FIFO that breaks off" "" '" is truncated: wanted '
export TMPDIR=$WORK/none
cat rows.npy >pipe.npy 2>/dev/null &
run fit pipe.npy -k 3 -o m "${LONG[@]}" --steps 3
expect_failed "no place for what comes from a FIFO" "" "in the folder \"$TMPDIR\": No such file or directory. TMPDIR can name another one."
export TMPDIR=$WORK
code=0
(ulimit -f 100 && head -c 300000 /dev/zero | "$CLUDI" info - >out 2>err) || code=$?
expect_failed "too little room for what comes from a pipe" "" 'Cannot keep what comes from "/dev/stdin"' "File too large"

mkdir gone && OUTPUT=gone/m
remove_folder() { mv gone elsewhere; }
while_training remove_folder 3000 fit rows.npy -k 3
expect_failed "output folder removed" "" 'The state of the training was not kept: Cannot write "gone/m.checkpoint": No such file or directory.' \
    'Cannot write "gone/m": No such file or directory.' "The trained model is kept in"
ls cludi-rescued-* >/dev/null 2>&1 && ok "output folder removed: the model is rescued" || fail "output folder removed" "no model is rescued"
finish
