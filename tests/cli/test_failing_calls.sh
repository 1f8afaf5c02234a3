#!/bin/bash
# A fit that writes two checkpoints and its model, at each of its system calls about files: killed there, killed in the middle of each
# write, and the call failing. What is there then is the old or the new complete file, and --resume gives the identical model.
# CLUDI_EVERY=N takes each N-th call (test_long_failing_calls.sh: all; CLUDI_FULL: 7). noasan: kept quick.
. "$(dirname "$0")/lib.sh"
: "${CLUDI_PRELOAD:?set CLUDI_PRELOAD to the folder of libfail_call.so}"
[ -n "${CLUDI_FULL:-}" ] && every=7 || every=20
EVERY=${CLUDI_EVERY:-$every}
LIBRARY=$CLUDI_PRELOAD/libfail_call.so
ENOSPC=28 EIO=5
groups rows.npy 60
FIT=(fit rows.npy -k 3 "${SMALL[@]}" --threads 1 --quiet --allow-collapse)
run "${FIT[@]}" -o whole --checkpoint-every 0
echo "an old model" >old

# N HOW ARGUMENT...
run_failing() {
    local at=$1 how=$2
    shift 2
    code=0
    rm -f report
    { timeout 600 env FAIL_AT="$at" FAIL_WITH="$how" FAIL_REPORT=report LD_PRELOAD="$LIBRARY" "$CLUDI" "$@" >out 2>err </dev/null; } \
        2>/dev/null || code=$?
}

# Checkpoints of both moments, for what may be there.
run_failing 0 kill "${FIT[@]}" -o m --checkpoint-every 5
calls=$(sed -n 's/^calls //p' report)
[ "$calls" -gt 50 ] && ok "$calls calls" || fail "calls" "only $calls"

# A checkpoint that is there is whole.
is_whole() {
    [ ! -e m.checkpoint ] || "$CLUDI" info m.checkpoint >info 2>&1 ||
        { why="m.checkpoint: $(cat info)"; return 1; }
    cmp -s m old || cmp -s m whole || { why="m is neither the old nor the new one"; return 1; }
}

resumes() {
    run "${FIT[@]}" -o m --resume --checkpoint-every 5
    [ $code -eq 0 ] || { why="resume: exit code $code: $(cat err)"; return 1; }
    cmp -s m whole || { why="resume: another model"; return 1; }
    rest=$(find . -name 'm.*' -o -name '.m*')
    [ -z "$rest" ] || { why="left: $rest"; return 1; }
}

# One failing call is either harmless, or said: a warning at a checkpoint, exit 1 and a sentence elsewhere.
is_said() {
    [ $code -eq 0 ] && { cmp -s m whole || { why="success, and another model"; return 1; }; return 0; }
    [ $code -eq 1 ] || { why="exit code $code"; return 1; }
    head -n 1 err | grep -q '^cludi: ' || { why="no sentence: $(cat err)"; return 1; }
    rest=$(find . -name '.m*')
    [ -z "$rest" ] || grep -q '^failed unlink' report || { why="left: $rest"; return 1; }
}

total=0 good=0
for how in kill half $EIO $ENOSPC; do
    for ((at = 1; at <= calls; at += EVERY)); do
        rm -rf m m.* .m* cludi-rescued-*
        cp old m
        TMPDIR=. run_failing $at $how "${FIT[@]}" -o m --checkpoint-every 5
        why=
        total=$((total + 1))
        case $how in
        kill | half) [ $code -eq 137 ] || why="exit code $code" ;;
        *) is_said ;;
        esac
        [ -z "$why" ] && is_whole && resumes && good=$((good + 1)) ||
            fail "$how at call $at ($(sed -n 's/^failed //p' report))" "$why"
    done
done
echo "system calls: $good of $total killed or failing, of $calls in a run"
[ $good -eq $total ] && ok "calls" || fail "calls" "$good of $total"
finish
