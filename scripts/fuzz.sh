#!/bin/bash
# fuzz.sh SECONDS [NAME [RUNS]]: runs the harness tests/fuzz/fuzz_NAME.c, or each of them, with libFuzzer for at most that
# long (or so many runs), from its corpus on, and adds a line to tests/fuzz/LEDGER.md. Inputs that fail come to
# build-fuzz/findings. What it learns stays in build-fuzz/corpus. Run in the repository root.
set -euo pipefail
seconds=$1 only=${2:-} runs=${3:--1}
ledger=$PWD/tests/fuzz/LEDGER.md
cmake --preset fuzz --log-level=WARNING >/dev/null
cmake --build --preset fuzz >&2
commit=$(git describe --always --dirty --abbrev=10)
failed=0
for source in tests/fuzz/fuzz_${only:-*}.c; do
    name=${source##*/fuzz_} && name=${name%.c}
    corpus=build-fuzz/corpus/$name findings=build-fuzz/findings/$name
    mkdir -p "$corpus" "$findings"
    limits=(-max_len=4096 -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=256)
    [ "$name" != hdf5 ] || limits+=(-malloc_limit_mb=65536 -max_len=16384) # its harness has a limit of its own; a heap of strings has 4096 bytes
    [ ! -e "tests/fuzz/$name.dict" ] || limits+=("-dict=tests/fuzz/$name.dict")
    nice -n 15 "build-fuzz/fuzz_$name" "${limits[@]}" -max_total_time="$seconds" -runs="$runs" -print_final_stats=1 \
        -artifact_prefix="$findings/" "$corpus" "tests/fuzz/corpus/$name" >"build-fuzz/$name.log" 2>&1 || failed=1
    # libFuzzer's own account; after a finding it stops at it.
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "build-fuzz/$name.log")
    spent=$(sed -n 's/^Done [0-9]* runs in \([0-9]*\) second(s)$/\1/p' "build-fuzz/$name.log")
    finding=$(sed -n 's/^SUMMARY: //p' "build-fuzz/$name.log" | head -n 1)
    printf '| %s | %s | %s | %s | %s | %s |\n' "$(date -u +%F)" "$commit" "$name" "${executions:-?}" "${spent:-?}" \
        "${finding:-none}" | tee -a "$ledger"
done
[ $failed = 0 ] || echo "fuzz.sh: findings are in build-fuzz/findings, what they say in build-fuzz/*.log" >&2
exit $failed
