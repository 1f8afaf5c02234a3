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
# Every format, method and backend is named in the help of fit, in the manual page and in README.md.
choices() { "$1" fit --help | sed -n "s/^  --$2 \([a-z0-9|-]*\).*/\1/p" | tr '|' ' '; }
formats=".npy .npz CSV TSV IDX HDF5 .h5ad safetensors gzip"
for name in $formats $(choices "$1" method) $(choices "$1" backend); do
    grep -qiF -- "$name" <("$1" fit --help) || fail "fit --help does not name $name"
    grep -qiF -- "$name" <(sed 's/\\-/-/g' "$page") || fail "$page does not name $name"
    grep -qiF -- "$name" README.md || fail "README.md does not name $name"
done
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
