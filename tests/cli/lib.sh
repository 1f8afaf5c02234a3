# Helpers of the command-line tests; sourced by each test_*.sh. Needs CLUDI, the path of the program.
set -u
: "${CLUDI:?set CLUDI to the path of the program}"
CLUDI=$(realpath "$CLUDI")
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK" || exit 1
failures=0
# A diffusion model small enough to train in a moment; and without its method, for what gives that itself.
SIZES=(--hidden-dim 16 --embedding-dim 8 --batch-size 16 --views 2 --teacher-steps 2 --draws 2 --steps 12)
SMALL=(--method cludi "${SIZES[@]}")

ok() { echo "ok $1"; }

fail() { # NAME WHY
    echo "FAIL $1: $2"
    failures=$((failures + 1))
}

skip() { echo "skip $1: $2"; }

finish() { exit $((failures > 0)); }

# Runs the program: its output is in the files out and err, its exit code in $code.
run() {
    code=0
    "$CLUDI" "$@" >out 2>err </dev/null || code=$?
}

# PROGRAM CONDITION...: waits until the condition, a command, holds; minutes if need be, as other programs may be using the machine, but
# not longer than the program, a process in the background, runs. Returns 1 when the condition never held.
wait_until() {
    local program=$1 i
    shift
    for ((i = 0; i < 12000; i++)); do
        "$@" 2>/dev/null && return 0
        kill -s 0 "$program" 2>/dev/null || return 1
        sleep 0.05
    done
    return 1
}

# FILE: a terminal, whose name is then in $terminal; what it shows is in the file, each line once more when it is redrawn. There
# progress is shown at once and every tenth of a second, elsewhere every five seconds: what waits for it waits here.
open_terminal() {
    export TERM=xterm
    exec {terminal_names}< <(exec python3 "$HERE/terminal.py" "$1" 2>/dev/null)
    read -r terminal <&"$terminal_names" || terminal=$1 # without Python: lines in the file itself, and patience
}

# NAME FILE: what the terminal of this file has shown since the last call, moved to the file NAME.
take_shown() {
    echo "terminal: end" >"$terminal"
    wait_until $$ grep -q '^terminal: end' "$2"
    grep -v -e '^terminal: end' -e '^$' "$2" >"$1"
    : >"$2"
}

# PROGRAM: does it catch SIGTERM (bit 15 of the mask in /proc) by now? The shell that is to become it does so too.
catches_signals() {
    local caught
    [ "$(readlink "/proc/$1/exe")" = "$CLUDI" ] || return 1
    caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$1/status")
    [ -n "$caught" ] && [ $((16#$caught & 1 << 14)) -ne 0 ]
}

# PROGRAM: stands it still, until it gets SIGCONT. Returns 1 when it has ended before.
hold_still() {
    kill -s STOP "$1" 2>/dev/null && wait_until "$1" grep -q '^State:.*T' "/proc/$1/status"
}

# PROGRAM...: they have ended, whether or not somebody has asked for their exit codes.
have_ended() {
    local program
    for program in "$@"; do
        [ ! -e "/proc/$program" ] || grep -q '^State:.*Z' "/proc/$program/status" || return 1
    done
}

# Lets a program that hold_still stopped run to its end. Then wait has its exit code; before, wait may tell of the stop.
go_on() {
    kill -s CONT "$1"
    wait_until "$1" have_ended "$1"
}

# NAME CODE: the exit code of the last run. What it printed is shown where it differs.
expect_code() {
    if [ "$code" -eq "$2" ]; then
        ok "$1"
    else
        fail "$1" "exit code $code, expected $2; stderr: $(head -c 600 err)"
    fi
}

# NAME FILE TEXT: the file holds exactly this.
expect_text() {
    if [ "$(cat "$2"; echo .)" = "$3." ]; then
        ok "$1"
    else
        fail "$1" "$2 is '$(cat "$2")', expected '$3'"
    fi
}

# NAME FILE EXPECTED-FILE: equal bytes.
expect_same() {
    if cmp -s "$2" "$3"; then
        ok "$1"
    else
        fail "$1" "$2 and $3 differ: $(diff -a "$2" "$3" | head -n 8)"
    fi
}

# NAME FILE WORD...: each word is somewhere in the file.
expect_words() {
    local name=$1 file=$2 word
    shift 2
    for word in "$@"; do
        if ! grep -qF -- "$word" "$file"; then
            fail "$name" "no '$word' in: $(head -c 600 "$file")"
            return
        fi
    done
    ok "$name"
}

# NAME PATH: nothing is there.
expect_missing() {
    if [ -e "$2" ]; then fail "$1" "$2 is there"; else ok "$1"; fi
}

# NAME ARGUMENT... -- SENTENCE: a wrong command line: exit 2, nothing on stdout, exactly this on stderr.
expect_usage() {
    local name=$1 arguments=()
    shift
    while [ "$1" != -- ]; do
        arguments+=("$1")
        shift
    done
    run "${arguments[@]}"
    expect_code "$name: exit code" 2
    expect_text "$name: stdout" out ""
    expect_text "$name: stderr" err "cludi: $2"$'\n'
}

# NAME WORD... -- ARGUMENT...: bad input: exit 1, nothing on stdout, one line "cludi: ..." with these words on stderr.
expect_refused() {
    local name=$1 words=()
    shift
    while [ "$1" != -- ]; do
        words+=("$1")
        shift
    done
    shift
    run "$@"
    expect_code "$name: exit code" 1
    expect_text "$name: stdout" out ""
    expect_words "$name: words" err "cludi: " "${words[@]}"
    [ "$(wc -l <err)" -eq 1 ] && ok "$name: one line" || fail "$name: one line" "$(cat err)"
}

# FILE DTYPE SHAPE: writes a .npy file whose numbers are the bytes of stdin. The header takes 128 bytes.
npy() {
    {
        printf '\x93NUMPY\x01\x00\x76\x00'
        printf '%-117s\n' "{'descr': '$2', 'fortran_order': False, 'shape': $3, }"
        cat
    } >"$1"
}

# NUMBER...: bytes, as int8.
bytes() {
    local number text=
    for number in "$@"; do
        printf -v number '\\x%02x' $((number & 255))
        text+=$number
    done
    printf '%b' "$text"
}

# FILE NUMBER...: labels, int8.
labels() {
    local file=$1
    shift
    bytes "$@" | npy "$file" '|i1' "($#,)"
}

# FILE ROWS: rows of 4 int8 columns in three groups, one after the other: around (100,0,0,0), (0,100,0,0), (0,0,100,0).
groups() {
    local i numbers=()
    for ((i = 0; i < $2; i++)); do
        local row=($((i * 7 % 11)) $((i * 5 % 13)) $((i * 3 % 7)) $((i * 11 % 17)))
        row[i % 3]=100
        numbers+=("${row[@]}")
    done
    bytes "${numbers[@]}" | npy "$1" '|i1' "($2, 4)"
}

# FILE ROWS: the groups' numbers.
group_labels() {
    local i numbers=()
    for ((i = 0; i < $2; i++)); do
        numbers+=($((i % 3)))
    done
    labels "$1" "${numbers[@]}"
}
