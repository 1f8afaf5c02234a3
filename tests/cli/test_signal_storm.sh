#!/bin/bash
# A signal that is caught must leave a computation as it was, wherever it comes: the model is that of a run without signals.
# noasan: what is loaded before the sanitizers' library is refused by them.
. "$(dirname "$0")/lib.sh"
: "${CLUDI_PRELOAD:?set CLUDI_PRELOAD to the folder of libsignal_storm.so}"
head -c 256000 /dev/urandom | npy rows.npy '|u1' '(2000, 128)'
FIT=(fit rows.npy -k 200 --method cludi --init-runs 2 --steps 3 --batch-size 64 --threads 1 --quiet --allow-collapse --checkpoint-every 0)
run "${FIT[@]}" -o calm
expect_code "calm" 0
for ((i = 0; i < 2; i++)); do
    code=0
    { LD_PRELOAD=$CLUDI_PRELOAD/libsignal_storm.so timeout 1200 "$CLUDI" "${FIT[@]}" -o storm >out 2>err </dev/null; } 2>/dev/null || code=$?
    expect_code "storm" 0
    cmp -s storm calm && ok "storm: the same model" || fail "storm: the same model" "another one"
done
finish
