#!/bin/bash
# Each allocation of these command lines fails in turn: success, or exit 1 and a sentence; no signal, no wait, the output that was there
# before is there still, and nothing else. Allocations from the same place in the code, with the same callers, are one: the first, the
# second and the last of them fail. CLUDI_EVERY=N takes each N-th place (test_long_failing_alloc.sh: all; CLUDI_FULL: 25). noasan:
# sanitizers have an allocator of their own.
. "$(dirname "$0")/lib.sh"
: "${CLUDI_PRELOAD:?set CLUDI_PRELOAD to the folder of libfail_alloc.so}"
[ -n "${CLUDI_FULL:-}" ] && every=25 || every=60
EVERY=${CLUDI_EVERY:-$every}
LIBRARY=$CLUDI_PRELOAD/libfail_alloc.so
groups rows.npy 60
group_labels classes.npy 60
bytes 1 2 3 1 2 3 | { tr '\001\002\003' '123' | sed 's/./&,1,2,3\n/g'; } >rows.csv
command -v zip >/dev/null && zip -q rows.npz rows.npy
REF=(--backend ref --threads 1 --quiet)
FIT=(fit rows.npy -k 3 "${SMALL[@]}" "${REF[@]}" --allow-collapse)
run "${FIT[@]}" -o model || exit 1
run fit rows.csv -k 3 "${SMALL[@]}" "${REF[@]}" --allow-collapse -o model.csv

# N ARGUMENT...: as run(), with the N-th allocation failing.
run_failing() {
    local at=$1
    shift
    code=0
    rm -f report
    { timeout 600 env FAIL_AT="$at" FAIL_REPORT=report LD_PRELOAD="$LIBRARY" "$CLUDI" "$@" >out 2>err </dev/null; } \
        2>/dev/null || code=$? # bash tells of programs that a signal ended
}

# Those to try, of the last counted run.
choose() {
    awk -v every="$EVERY" '
        /^calls/ || /^failed/ { next }
        !($2 in times) { place[++places] = $2; first[$2] = $1 }
        { times[$2]++; if (times[$2] == 2) second[$2] = $1; last[$2] = $1 }
        END { for (i = 1; i <= places; i += every) { h = place[i]; print first[h]
                  if (every == 1 && times[h] > 1) print second[h]; if (times[h] > 2) print last[h] } }' report | sort -n
}

# What others do with no memory, by the object that asked for it; everything else is ours to handle.
#   libgomp    ends the program itself (gomp_malloc: "libgomp: Out of memory"), whatever files it has open
#   libpopt    ends the program itself ("virtual memory exhausted."), or takes what it could not copy for not given
#   libdnnl, libstdc++   oneDNN throws std::bad_alloc through its C functions, and the program aborts; dnnl_memory_create reads through
#              a pointer that it did not get
#   libjansson  takes a text that it could not lengthen for whole, reads and writes past its end, and asserts or crashes (elsewhere
#              it says that the JSON is not valid)
is_excused() {
    local owner
    owner=$(sed -n 's/^failed //p' report | tr ' ' '\n' | grep -vm1 -e '^libc\.' -e '^fail_alloc' -e '^libfail_alloc')
    case $owner in
    libgomp*) [ $code -eq 1 ] && grep -q 'libgomp: Out of memory' err ;;
    libpopt*) { [ $code -eq 1 ] && grep -q 'virtual memory exhausted' err; } || [ $code -eq 2 ] ;;
    libjansson* | libdnnl* | libstdc++*) [ $code -eq 134 ] || [ $code -eq 139 ] ;;
    *) false ;;
    esac
}

# Is the end of the last run as it should be? Else why.
judge() { # OUTPUT
    why=
    if [ $code -eq 0 ]; then
        [ -z "$1" ] || cmp -s "$1" "$1.good" || why="success, and another output"
        [ -n "$1" ] || cmp -s out out.good || why="success, and something else printed"
    elif [ $code -ne 1 ] && [ $code -ne "$usual" ]; then
        why="exit code $code"
    else
        tail -n 1 err | grep -q '^cludi: ' || why="no sentence: $(head -c 300 err)"
        [ -z "$1" ] || cmp -s "$1" old || cmp -s "$1" "$1.good" || why="the output of before is gone"
    fi
    [ -z "$(find . -name '.*cludi-*')" ] || why="$why; left: $(find . -name '.*cludi-*')"
}

commands=0 tried=0 handled=0 excused=0
# NAME OUTPUT ARGUMENT...: one command line; OUTPUT is '' where it has none.
inject() {
    local name=$1 output=$2 at wrong=0 before=$tried
    shift 2
    commands=$((commands + 1))
    echo "what was there before" >old
    code=0
    rm -f report
    FAIL_STACKS=1 FAIL_REPORT=report LD_PRELOAD="$LIBRARY" "$CLUDI" "$@" >out.good 2>err </dev/null || code=$?
    usual=$code
    [ -z "$output" ] || mv "$output" "$output.good"
    choose >chosen
    [ -s chosen ] || fail "$name" "no allocation was counted: $(cat err)"
    while read -r at; do
        [ -z "$output" ] || cp old "$output"
        [ -z "$CHECKPOINT" ] || cp "$CHECKPOINT" "$output.checkpoint"
        run_failing "$at" "$@"
        tried=$((tried + 1))
        judge "$output"
        if [ -z "$why" ]; then
            handled=$((handled + 1))
        elif is_excused; then
            excused=$((excused + 1))
        else
            wrong=$((wrong + 1))
            [ $wrong -gt 10 ] || fail "$name, allocation $at" "$why; $(grep '^failed' report | head -c 400)"
        fi
        find . -name '.*cludi-*' -delete
        rm -f ./*.partial ./*.checkpoint
    done <chosen
    [ $wrong -eq 0 ] && [ $tried -gt $before ] && ok "$name: $((tried - before)) allocations" || fail "$name" "$wrong of $((tried - before))"
}

CHECKPOINT=
inject "fit" o "${FIT[@]}" -o o --checkpoint-every 5
inject "fit with labels as JSON" o "${FIT[@]}" -o o --checkpoint-every 0 --labels classes.npy --json
inject "fit from the file" o "${FIT[@]}" -o o --memory 1
inject "fit of k-means" o fit rows.npy -k 3 -o o --method kmeans --init-runs 2 "${REF[@]}"
for ((try = 0; try < 100; try++)); do # on a busy machine it may be through before its checkpoint is seen
    "$CLUDI" "${FIT[@]}" --steps 200 -o kept --checkpoint-every 5 &
    while ! cp kept.checkpoint CHECKPOINT 2>/dev/null && kill -0 $! 2>/dev/null; do :; done # whole whenever it is there
    wait $!
    [ ! -s CHECKPOINT ] || break
done
rm -f kept*
CHECKPOINT=CHECKPOINT
cp CHECKPOINT o.checkpoint
inject "fit with --resume" o "${FIT[@]}" --steps 200 -o o --checkpoint-every 100000 --resume
CHECKPOINT=
inject "plan" "" plan rows.npy -k 3 "${SMALL[@]}" "${REF[@]}"
inject "predict" l.npy predict model rows.npy -o l.npy "${REF[@]}"
inject "predict from and to CSV" l.csv predict model.csv rows.csv -o l.csv "${REF[@]}"
[ ! -e rows.npz ] || inject "predict of .npz with probabilities" p.npy predict model rows.npz -o /dev/null --proba p.npy "${REF[@]}"
inject "eval" "" eval classes.npy classes.npy
inject "eval as JSON" "" eval classes.npy classes.npy --json
COMPARE=(compare rows.npy -k 3 --methods kmeans --seeds 2 --labels classes.npy --quiet)
run "${COMPARE[@]}" -o found && inject "compare of runs that are there" "" "${COMPARE[@]}" -o found
inject "compare of runs that are there as JSON" "" "${COMPARE[@]}" -o found --json
inject "info of .npy" "" info rows.npy
inject "info of a CSV" "" info rows.csv
[ ! -e rows.npz ] || inject "info of .npz" "" info rows.npz
inject "info of a model" "" info model
inject "help" "" fit --help
inject "a wrong word" "" fit rows.npy --stepps 3
inject "a file that is not there" "" info absent.npy
if "$CLUDI" fit rows.npy -k 3 "${SMALL[@]}" --backend onednn --threads 1 --allow-collapse --quiet -o fast 2>/dev/null; then
    EVERY=$((EVERY * 10)) # nearly all of its places are within oneDNN, which makes code as it runs
    inject "fit with oneDNN" o fit rows.npy -k 3 "${SMALL[@]}" --backend onednn --threads 1 --quiet --allow-collapse -o o
    inject "predict with oneDNN" l.npy predict fast rows.npy -o l.npy --backend onednn --threads 1 --quiet
fi
echo "allocation failures: $tried over $commands command lines; $handled handled, $excused ended by a library of others"
finish
