# Helper of test_odd_*.sh: verdicts on files, within limits of memory and time. Sourced behind peak.sh.
# libvips and the libraries under it are mapped by every run: 11 MiB of these.
most_kib=81920 most_milliseconds=2000
grep -q __asan_init "$CLUDI" && most_kib=1000000 most_milliseconds=20000
cases=0

# NAME CODE: the last run ended so, within the limits.
expect_end() {
    local why=
    [ "$code" -eq "$2" ] || why="exit code $code, expected $2; $(head -c 300 out err)"
    [ "$kib" -le $most_kib ] || why="$kib KiB"
    [ "$processor" -le $most_milliseconds ] || why="$processor ms of processor time"
    [ "$2" -eq 0 ] || [ "$(wc -l <err)" -eq 1 ] || why="$(wc -l <err) lines on stderr"
    [ "$2" -eq 0 ] || [ ! -s out ] || why="something on stdout"
    [ "$2" -eq 0 ] || [ "$(head -c 7 err)" = "cludi: " ] || why="stderr: $(head -c 300 err)"
    ! LC_ALL=C grep -q '[^[:print:]]' err || [ "$2" -eq 0 ] || why="not printable: $(cat -v err)"
    [ -z "$why" ] && ok "$1" || fail "$1" "$why"
}
read_() { run_measured info "$1" && expect_end "read ${2:-$1}" 0 && cases=$((cases + 1)); }
refused() { run_measured info "$1" && expect_end "refused ${2:-$1}" 1 && cases=$((cases + 1)); }
refuse_fit() { run_measured fit "$1" -k 2 -o none "${SMALL[@]}" --quiet && expect_end "not fitted: $1" 1 && cases=$((cases + 1)); }
