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
{ echo a,b,c,d; bytes 1 2 3 1 2 3 | tr '\001\002\003' '123' | sed 's/./&,1,2,3\n/g'; } >rows.csv
command -v zip >/dev/null && zip -q rows.npz rows.npy
REF=(--backend ref --threads 1 --quiet)
FIT=(fit rows.npy -k 3 "${SMALL[@]}" "${REF[@]}" --allow-collapse)
run "${FIT[@]}" -o model
expect_code "model" 0
run fit rows.csv -k 3 "${SMALL[@]}" "${REF[@]}" --allow-collapse -o named
expect_code "model of named columns" 0

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
# A crash is theirs only where it is in their own code, or in what of the C library that calls.
is_excused() {
    local owner crashed
    owner=$(innermost failed) crashed=$(innermost crashed)
    case $owner in
    libgomp*) [ $code -eq 1 ] && grep -q 'libgomp: Out of memory' err ;;
    libpopt*) { [ $code -eq 1 ] && grep -q 'virtual memory exhausted' err; } || [ $code -eq 2 ] ;;
    libjansson*) [[ $crashed == libjansson* ]] ;;
    libdnnl* | libstdc++*) [[ $crashed == libdnnl* || $crashed == libstdc++* ]] ;;
    *) false ;;
    esac
}

# failed|crashed: the innermost object of that line of the report that is not the C library, with its function.
innermost() {
    sed -n "s/^$1 //p" report | tr ' ' '\n' | grep -vm1 -e '^libc\.' -e '^libfail_alloc'
}

# FILE: without its numbers where they are measured.
shown() {
    if [ -n "$MEASURED" ]; then tr -d '0-9.e+-' <"$1"; else cat "$1"; fi
}

# Is the end of the last run as it should be? Else why.
judge() { # OUTPUT
    why=
    if [ $code -eq 0 ]; then
        [ -z "$1" ] || cmp -s "$1" "$1.good" || why="success, and another output"
        [ -n "$1" ] || cmp -s <(shown out) <(shown out.good) || why="success, and something else printed"
    elif [ $code -ne 1 ] && [ $code -ne "$usual" ]; then
        why="exit code $code"
    else
        tail -n 1 err | grep -q '^cludi: ' || why="no sentence: $(head -c 300 err)"
        [ -z "$1" ] || cmp -s "$1" old || cmp -s "$1" "$1.good" || why="the output of before is gone"
    fi
    [ -z "$(find . -name '.*cludi-*')" ] || why="$why; left: $(find . -name '.*cludi-*')"
}

# A crash of another program's own is known as such, whatever failed before it.
if python3 -c '' 2>/dev/null; then
    rm -f report
    { FAIL_REPORT=report LD_PRELOAD="$LIBRARY" python3 -c 'import os; os.abort()'; } 2>/dev/null
    echo "failed libc.so.6() libjansson.so.4(json_loadb) cludi()" >>report
    [[ $(innermost crashed) == *python* ]] && ! is_excused && ok "whose crash" || fail "whose crash" "$(cat report)"
fi

commands=0 tried=0 handled=0 excused=0
# NAME OUTPUT ARGUMENT...: one command line, which ends with $WANTED; OUTPUT is '' where it has none.
inject() {
    local name=$1 output=$2 at wrong=0 before=$tried
    shift 2
    commands=$((commands + 1))
    echo "what was there before" >old
    code=0
    rm -f report
    FAIL_STACKS=1 FAIL_REPORT=report LD_PRELOAD="$LIBRARY" "$CLUDI" "$@" >out.good 2>err </dev/null || code=$?
    usual=$code
    [ $usual -eq $WANTED ] || { fail "$name" "exit code $usual: $(cat err)" && return; }
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
            [ $wrong -gt 10 ] || fail "$name, allocation $at" "$why; $(grep -e '^failed' -e '^crashed' report | cut -c -400)"
        fi
        find . -name '.*cludi-*' -delete
        rm -f ./*.partial ./*.checkpoint
    done <chosen
    [ $wrong -eq 0 ] && [ $tried -gt $before ] && ok "$name: $((tried - before)) allocations" || fail "$name" "$wrong of $((tried - before))"
}

WANTED=0
MEASURED=
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
MEASURED=1
inject "plan" "" plan rows.npy -k 3 "${SMALL[@]}" --backend ref --threads 1 --json
MEASURED=
inject "predict" l.npy predict model rows.npy -o l.npy "${REF[@]}"
inject "predict from and to CSV" l.csv predict named rows.csv -o l.csv "${REF[@]}"
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
WANTED=2
inject "a wrong word" "" fit rows.npy --stepps 3
WANTED=1
inject "a file that is not there" "" info absent.npy
WANTED=0
if "$CLUDI" fit rows.npy -k 3 "${SMALL[@]}" --backend onednn --threads 1 --allow-collapse --quiet -o fast 2>/dev/null; then
    EVERY=$((EVERY * 10)) # nearly all of its places are within oneDNN, which makes code as it runs
    inject "fit with oneDNN" o fit rows.npy -k 3 "${SMALL[@]}" --backend onednn --threads 1 --quiet --allow-collapse -o o
    inject "predict with oneDNN" l.npy predict fast rows.npy -o l.npy --backend onednn --threads 1 --quiet
fi
echo "allocation failures: $tried over $commands command lines; $handled handled, $excused ended by a library of others"
finish
