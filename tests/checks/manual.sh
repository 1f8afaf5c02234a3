#!/bin/bash
# manual.sh CLUDI: docs/cludi.1 names exactly the options that the --help of the commands names. Run in the root.
set -euo pipefail
options() { grep -oE -- '--[A-Za-z][A-Za-z0-9-]*' | LC_ALL=C sort -u; }
diff -u --label docs/cludi.1 --label "cludi --help" <(sed 's/\\-/-/g' docs/cludi.1 | options) \
    <({ for command in embed fit plan predict eval compare sweep verify info; do "$1" $command --help; done && "$1" --help; } | options) >&2
if command -v man >/dev/null; then
    [ -z "$(LC_ALL=C.UTF-8 MANWIDTH=100 man --warnings -E UTF-8 -l -Tutf8 -Z docs/cludi.1 2>&1 >/dev/null)" ]
fi
