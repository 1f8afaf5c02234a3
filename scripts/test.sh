#!/bin/bash
# What `make test` (fast), `make check` (check) and `make test-long` (long) run, in the repository root. Stops at the first part
# that fails.
set -euo pipefail
kind=${1:-fast}
heading() { printf '\n== %s\n' "$*"; }
build() { # PRESET [TARGET...]
    local preset=$1 && shift
    cmake --preset "$preset" --log-level=WARNING >/dev/null
    cmake --build --preset "$preset" "${@/#/--target=}"
}
parts=()
run_tests() { # BUILD-FOLDER HEADING CTEST-ARGUMENT...: the end of what it prints is printed once more by summarize
    heading "tests: $2"
    parts+=("$1/$2")
    ctest "${@:3}" -j "$(nproc)" --output-log "$1/$2.log"
}
summarize() {
    local part
    for part in "${parts[@]}"; do
        heading "${part#*/}"
        sed -n '/tests passed/,$p' "$part.log"
    done
}

heading "build: gcc, release, warnings are errors"
case $kind in
fast)
    build test all tests
    run_tests build-test fast --preset test
    ;;
check)
    build test all tests benches
    run_tests build-test slow --preset check
    heading "build: clang with its UBSan, warnings are errors"
    build ubsan-clang all tests benches
    run_tests build-ubsan "clang's UBSan" --preset ubsan-clang -E '^(cli|python|check)_'
    heading "build: ASan + UBSan"
    build asan all tests
    run_tests build-asan "ASan + UBSan" --preset asan
    summarize
    ;;
long)
    build test all tests benches
    heading "tests: long"
    ctest --preset long
    heading "line coverage of the parsers"
    bash scripts/coverage.sh
    ;;
*) echo "test.sh: fast, check or long" >&2 && exit 2 ;;
esac
