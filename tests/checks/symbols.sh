#!/bin/bash
# symbols.sh SHARED STATIC: what the libraries export, what the headers declare and tests/checks/symbols.txt are the same list.
# A new public function: add its name there. Run in the root.
set -euo pipefail
list=tests/checks/symbols.txt
diff -u --label "$list" --label "exported by $1" $list <(nm -D --defined-only "$1" | awk '{ print $3 }' | LC_ALL=C sort) >&2
diff -u --label "$list" --label "exported by $2" $list <(nm --defined-only --extern-only "$2" | awk 'NF == 3 { print $3 }' | LC_ALL=C sort) >&2
diff -u --label "$list" --label "declared in include/cludi" $list \
    <(cat include/cludi/*.h | tr '\n' ' ' | grep -oE 'CLUDI_API [^;(]*\(' | grep -oE 'cludi_[a-z_0-9]+\($' | tr -d '(' | LC_ALL=C sort) >&2
