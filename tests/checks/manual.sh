#!/bin/bash
# manual.sh CLUDI PAGES: the manual page in PAGES names exactly the options that the --help of the commands names, every command and every
# exit code; the completions in PAGES are such as their shells take. Run in the root.
set -euo pipefail
page=$2/cludi.1
fail() { echo "manual.sh: $*" >&2 && exit 1; }
options() { grep -oE -- '--[A-Za-z][A-Za-z0-9-]*' | LC_ALL=C sort -u; }
commands=$("$1" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
diff -u --label "$page" --label "cludi --help" <(sed 's/\\-/-/g' "$page" | options) \
    <({ for command in $commands; do "$1" "$command" --help; done && "$1" --help; } | options) >&2
for command in $commands; do
    grep -qx "@OPTIONS $command" docs/cludi.1.in || fail "docs/cludi.1.in has no line '@OPTIONS $command'"
done
# Every format, method and backend of the library's tables is named in the help of fit, in the manual page and in documents. Help takes
# methods and backends from the tables; formats have their titles in src/io.
choices() { "$1" fit --help | sed -n "s/^  --$2 \([a-z0-9|-]*\).*/\1/p" | tr '|' ' '; }
formats=$(grep -ohP 'array_format [A-Z0-9]*_FORMAT = {.title = "\K[^"]+' src/io/*.c | sed -E 's/^an? //; s/ file$//' | sort -u)
methods=$(choices "$1" method) && backends=$(choices "$1" backend)
[ "$(wc -w <<<"$formats")" -ge 6 ] && [ "$(wc -w <<<"$methods")" -ge 6 ] && [ "$(wc -w <<<"$backends")" -ge 2 ] ||
    fail "names found: formats $formats; methods $methods; backends $backends"
named() { # DOCUMENT TEXT NAME...
    local document=$1 text=$2 name && shift 2
    for name in "$@"; do grep -qwF -- "$name" <<<"$text" || fail "$document does not name $name"; done
}
named "fit --help" "$("$1" fit --help)" $formats TSV .h5ad gzipped
for document in README.md "$page"; do
    named $document "$(sed 's/\\-/-/g; s/\\f.//g' "$document")" $formats TSV .h5ad gzipped $methods $backends
done
named docs/formats.md "$(<docs/formats.md)" $formats TSV .h5ad gzipped
named python/cludi/files.py "$(<python/cludi/files.py)" $formats TSV .h5ad
named docs/rivals.md "$(<docs/rivals.md)" $methods
for command in $commands; do
    grep -qF "cludi $command" README.md || fail "README.md has no example of 'cludi $command'"
done
for code in 0 1 2 3 4 129 130 143; do
    "$1" --help | sed -n '/^Exit codes:/,$p' | grep -qw -- "$code" || fail "cludi --help: no exit code $code"
    sed -n '/^.SH EXIT STATUS/,/^.SH FILES/p' "$page" | grep -qw -- "$code" || fail "$page: no exit status $code"
done
if command -v man >/dev/null; then
    [ -z "$(LC_ALL=C.UTF-8 MANWIDTH=100 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)" ]
fi
bash -n "$2/cludi"
if command -v zsh >/dev/null; then
    zsh -n "$2/_cludi"
fi
