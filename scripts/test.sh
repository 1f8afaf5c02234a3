#!/bin/bash
# What `make test` (fast) and `make test-long` (long) run, in the repository root. Stops at the first part that fails.
set -euo pipefail
kind=${1:-fast}
heading() { printf '\n== %s\n' "$*"; }
build() { # PRESET [TARGET...]
    local preset=$1 && shift
    cmake --preset "$preset" --log-level=WARNING >/dev/null
    cmake --build --preset "$preset" "${@/#/--target=}"
}
jobs=$(nproc)

heading "build: gcc, release, warnings are errors"
build test all tests benches
if [ "$kind" = long ]; then
    heading "tests: long"
    ctest --preset long
    heading "line coverage of the parsers"
    bash scripts/coverage.sh
    exit 0
fi
heading "tests: release"
ctest --preset test -j "$jobs" --output-log build-test/ctest.log
heading "build: clang with its UBSan, warnings are errors"
build ubsan-clang all tests benches
heading "tests: clang's UBSan"
ctest --preset ubsan-clang -E '^(cli|python|check)_' -j "$jobs" --output-log build-ubsan/ctest.log
heading "build: ASan + UBSan"
build asan all tests
heading "tests: ASan + UBSan"
ctest --preset asan -j "$jobs" --output-log build-asan/ctest.log
heading "release"
sed -n '/tests passed/,$p' build-test/ctest.log
heading "clang's UBSan"
sed -n '/tests passed/,$p' build-ubsan/ctest.log
heading "ASan + UBSan"
sed -n '/tests passed/,$p' build-asan/ctest.log
